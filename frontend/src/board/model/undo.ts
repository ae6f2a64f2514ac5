/** Undo and redo of my own changes. It never takes back what somebody else did. */
import * as Y from "yjs";
import type { Store } from "./store.ts";

const TYPING_MS = 500;

/** Does a shared type hold anything that another client wrote? */
function holdsOthers(type: Y.AbstractType<any>, mine: ReadonlySet<number>): boolean {
  const foreign = (item: Y.Item | null): boolean => {
    for (let at = item; at !== null; at = at.right) {
      if (at.deleted) continue;
      if (!mine.has(at.id.client)) return true;
      if (at.content instanceof Y.ContentType && holdsOthers(at.content.type, mine)) return true;
    }
    return false;
  };
  if (foreign(type._start)) return true;
  for (const item of type._map.values()) if (foreign(item)) return true;
  return false;
}

export class Undo {
  private history: Y.UndoManager;
  private readonly listeners: (() => void)[] = [];

  constructor(private readonly store: Store) {
    this.history = this.begin();
  }

  private begin(): Y.UndoManager {
    const { store } = this;
    const mine: ReadonlySet<number> = new Set([store.desk.doc.clientID]);
    const history = new Y.UndoManager(store.maps, {
      trackedOrigins: new Set([store.desk.origin]),
      captureTimeout: 0,
      // Undoing "add a note" would take along what others have typed into it: leave it then.
      deleteFilter: (item) => {
        if (item.content instanceof Y.ContentType && holdsOthers(item.content.type, mine)) return false;
        const note = item.parent;
        const isField = item.parentSub !== null && note instanceof Y.Map && note.parent === store.maps;
        return !(isField && holdsOthers(note, mine));
      },
    });
    for (const event of ["stack-item-added", "stack-item-popped", "stack-cleared"] as const) {
      history.on(event, () => this.listeners.forEach((listener) => listener()));
    }
    return history;
  }

  /** The store has another document: begin with an empty history. */
  renew(): void {
    this.history.destroy();
    this.history = this.begin();
    this.listeners.forEach((listener) => listener());
  }

  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** One step of its own, whatever comes before and after. */
  step<T>(change: () => T): T {
    this.history.stopCapturing();
    this.history.captureTimeout = 0;
    const result = change();
    this.history.stopCapturing();
    return result;
  }

  /** Typing: what follows within half a second joins the same step. */
  typing<T>(change: () => T): T {
    this.history.captureTimeout = TYPING_MS;
    const result = change();
    this.history.captureTimeout = 0;
    return result;
  }

  undo(): boolean {
    this.history.stopCapturing();
    return this.history.undo() !== null;
  }

  redo(): boolean {
    this.history.stopCapturing();
    return this.history.redo() !== null;
  }

  get canUndo(): boolean {
    return this.history.canUndo();
  }

  get canRedo(): boolean {
    return this.history.canRedo();
  }

  /** A place in the history to which `backTo` can return. */
  mark(): number {
    this.history.stopCapturing();
    return this.history.undoStack.length;
  }

  backTo(mark: number): void {
    this.history.stopCapturing();
    // A step that has nothing left to undo makes the undo manager take the one below it as well:
    // what lies below the mark is put out of its reach.
    const below = this.history.undoStack.splice(0, mark);
    while (this.history.undoStack.length > 0) this.history.undo();
    this.history.undoStack.unshift(...below);
  }

  close(): void {
    this.history.destroy();
  }
}
