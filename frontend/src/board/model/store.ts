/** The notes of one board: an ordered index over the shared document, and the verbs that change it. */
import * as Y from "yjs";
import type { Grid } from "./grid.ts";
import { readingOrder } from "./grid.ts";
import { newNoteId, readNote, textOf, USUAL_WEIGHT, type Note, type NoteMap, type Status, type Tier } from "./notes.ts";
import { compareOrder, place } from "./order.ts";
import type { Edit, Step } from "./diff.ts";

/** What one transaction did. Lists name notes; nothing else was touched. */
export interface Change {
  added: Set<string>;
  removed: Map<string, Note>;
  changed: Set<string>;
  /** Those of them that lie elsewhere than before, or are new. */
  placed: Set<string>;
  /** Blocks in which the line of notes is another one. */
  blocks: Set<string>;
  texts: Map<string, readonly Step[]>;
  /** Made in this tab: an edit, or an undo of one. */
  local: boolean;
  /** The whole document was exchanged: what undo knew is gone. */
  replaced: boolean;
}

export interface Draft {
  block: string;
  index: number;
  text?: string;
  status?: Status;
  author: string;
  id?: string;
}

/** What the store needs of the line: a document, and the one way to change it. */
export interface Desk {
  readonly doc: Y.Doc;
  /** The origin of every change made on this board by this person in this tab. */
  readonly origin: object;
  edit<T>(change: () => T): T;
}

export class Store {
  readonly notes = new Map<string, Note>();
  /** How many notes have which status. */
  readonly tally: Record<Status, number> = { untested: 0, testing: 0, supported: 0, refuted: 0, parked: 0 };
  maps: Y.Map<NoteMap>;
  private readonly lines = new Map<string, string[]>();
  private readonly blockIds: ReadonlySet<string>;
  private readonly homeless: string;
  private readonly listeners: ((change: Change) => void)[] = [];

  constructor(readonly desk: Desk, readonly grid: Grid) {
    this.maps = desk.doc.getMap<NoteMap>("notes");
    const order = readingOrder(grid);
    this.blockIds = new Set(order.map((block) => block.id));
    this.homeless = order[0]?.id ?? "";
    for (const block of order) this.lines.set(block.id, []);
    this.maps.forEach((map, id) => {
      if (map instanceof Y.Map) this.read(id, map);
    });
    for (const line of this.lines.values()) line.sort(this.compare);
    this.maps.observeDeep(this.observe);
  }

  close(): void {
    this.maps.unobserveDeep(this.observe);
  }

  /** The line has exchanged its document (it cannot forget a refused change otherwise): follow it. */
  rebind(): void {
    this.close();
    this.maps = this.desk.doc.getMap<NoteMap>("notes");
    this.maps.observeDeep(this.observe);
    const change = emptyChange(false, true);
    const touched = new Set([...this.notes.keys(), ...this.maps.keys()]);
    for (const id of touched) this.patch(id, change);
    for (const listener of this.listeners) listener(change);
  }

  onChange(listener: (change: Change) => void): void {
    this.listeners.push(listener);
  }

  /** The ids of a block, in order. */
  line(block: string): readonly string[] {
    return this.lines.get(block) ?? [];
  }

  /** All ids in reading order. */
  all(): string[] {
    return [...this.lines.values()].flat();
  }

  text(id: string): Y.Text | null {
    const map = this.maps.get(id);
    return map ? textOf(map) : null;
  }

  add(draft: Draft): string {
    const id = draft.id ?? newNoteId();
    const keys = place(this.placed(draft.block, new Set([id])), draft.index, [id]);
    this.desk.edit(() => {
      const map: NoteMap = new Y.Map();
      const values: Record<string, string | number | Y.Text> = {
        block: draft.block,
        order: keys.get(id)!,
        text: new Y.Text(draft.text ?? ""),
        status: draft.status ?? "untested",
        tier: "team",
        kind: "",
        weight: USUAL_WEIGHT,
        author: draft.author,
        created: Date.now(),
      };
      for (const [key, value] of Object.entries(values)) map.set(key, value);
      this.maps.set(id, map);
      this.rekey(keys, id);
    });
    return id;
  }

  /** Bring back a note that someone removed while it was being edited here. */
  keep(note: Note): void {
    const index = this.line(note.block).filter((id) => this.notes.get(id)!.order < note.order).length;
    const id = this.add({ block: note.block, index, text: note.text, status: note.status, author: note.author, id: note.id });
    this.set([id], "tier", note.tier);
    this.set([id], "weight", note.weight);
    if (note.kind) this.set([id], "kind", note.kind);
  }

  remove(ids: readonly string[]): void {
    this.desk.edit(() => ids.forEach((id) => this.maps.delete(id)));
  }

  /** Put notes before position `index` of a block, counted without them. */
  move(ids: readonly string[], block: string, index: number): void {
    const keys = place(this.placed(block, new Set(ids)), index, ids);
    this.desk.edit(() => {
      for (const id of ids) {
        const map = this.maps.get(id);
        if (map && map.get("block") !== block) map.set("block", block);
      }
      this.rekey(keys);
    });
  }

  set(ids: readonly string[], key: "status" | "tier" | "weight" | "kind", value: Status | Tier | number | string): void {
    this.desk.edit(() => {
      for (const id of ids) {
        const map = this.maps.get(id);
        if (map && map.get(key) !== value) map.set(key, value);
      }
    });
  }

  write(id: string, edit: Edit): void {
    const text = this.text(id);
    if (!text) return;
    this.desk.edit(() => {
      if (edit.remove > 0) text.delete(edit.at, edit.remove);
      if (edit.insert !== "") text.insert(edit.at, edit.insert);
    });
  }

  private placed(block: string, without: ReadonlySet<string>): Note[] {
    return this.line(block).filter((id) => !without.has(id)).map((id) => this.notes.get(id)!);
  }

  private rekey(keys: ReadonlyMap<string, string>, except?: string): void {
    for (const [id, order] of keys) {
      const map = id === except ? undefined : this.maps.get(id);
      if (map && map.get("order") !== order) map.set("order", order);
    }
  }

  private readonly compare = (a: string, b: string): number => compareOrder(this.notes.get(a)!, this.notes.get(b)!);

  private read(id: string, map: NoteMap): Note {
    const note = readNote(id, map, this.blockIds, this.homeless);
    this.notes.set(id, note);
    this.tally[note.status]++;
    this.lines.get(note.block)?.push(id);
    return note;
  }

  private take(note: Note, change: Change): void {
    const line = this.lines.get(note.block);
    if (line) line.splice(line.indexOf(note.id), 1);
    change.blocks.add(note.block);
  }

  private readonly observe = (events: Y.YEvent<Y.AbstractType<unknown>>[], transaction: Y.Transaction): void => {
    const change = emptyChange(transaction.local, false);
    const touched = new Set<string>();
    for (const event of events) {
      if (event.target === (this.maps as unknown)) {
        event.changes.keys.forEach((_, id) => touched.add(id));
        continue;
      }
      const id = String(event.path[0]);
      touched.add(id);
      if (event instanceof Y.YTextEvent && event.path[1] === "text") change.texts.set(id, event.delta as Step[]);
    }
    for (const id of touched) this.patch(id, change);
    for (const listener of this.listeners) listener(change);
  };

  private patch(id: string, change: Change): void {
    const map = this.maps.get(id);
    const before = this.notes.get(id);
    if (!(map instanceof Y.Map)) {
      if (!before) return;
      this.take(before, change);
      this.notes.delete(id);
      this.tally[before.status]--;
      change.removed.set(id, before);
      return;
    }
    const next = readNote(id, map, this.blockIds, this.homeless);
    (before ? change.changed : change.added).add(id);
    const stays = before && before.block === next.block && before.order === next.order;
    if (!stays && before) this.take(before, change);
    this.notes.set(id, next);
    if (before) this.tally[before.status]--;
    this.tally[next.status]++;
    if (!stays) this.insert(next, change);
  }

  private insert(note: Note, change: Change): void {
    change.placed.add(note.id);
    change.blocks.add(note.block);
    const line = this.lines.get(note.block);
    if (!line) return;
    let low = 0;
    let high = line.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareOrder(this.notes.get(line[middle]!)!, note) < 0) low = middle + 1;
      else high = middle;
    }
    line.splice(low, 0, note.id);
  }
}

const emptyChange = (local: boolean, replaced: boolean): Change =>
  ({ added: new Set(), removed: new Map(), changed: new Set(), placed: new Set(), blocks: new Set(), texts: new Map(), local, replaced });
