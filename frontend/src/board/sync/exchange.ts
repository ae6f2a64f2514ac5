/** What the line exchanges: the shared document, own changes on their way, and what both sides changed. */
import * as Y from "yjs";
import { GATHER, type Timers } from "./clock.ts";
import type { Emitter } from "./emitter.ts";
import type { Notes, NoteView } from "./notes.ts";
import { MOST_MERGE, MOST_UPDATE, isAhead } from "./protocol.ts";
import { Queue } from "./queue.ts";
import { bothChanged, viewsOf } from "./report.ts";
import type { Clock, ConnectionEvents, Kept, MergeReport, Role, Shelf } from "./types.ts";

/** What the exchange needs of the line that it travels on. */
export interface Road {
  /** The server knows this line on the board: what is sent arrives. */
  readonly joined: boolean;
  readonly role: Role;
  send(seq: number, update: Uint8Array): void;
  /** Ask for the state of the board, saying what is here. */
  join(): void;
  /** Something that the status tells may differ. */
  refresh(): void;
}

export class Exchange {
  readonly origin: object = { own: true };
  doc = new Y.Doc();
  readonly queue = new Queue();
  /** Notes that my unacknowledged changes touched. */
  readonly touched = new Set<string>();
  /** A new document waits for the server's state, because the old one held what was refused. */
  replacing = false;
  private readonly server: object = { server: true };
  /** What another tab of this person did, and what this device kept of earlier tabs. */
  private readonly elsewhere: object = { elsewhere: true };
  /** The state when the line was lost, where this device keeps nothing. */
  private before: Uint8Array | null = null;
  private both: Promise<MergeReport["both"]> | null = null;

  private readonly road: Road;
  private readonly events: Emitter<ConnectionEvents>;
  private readonly clock: Clock;
  private readonly timers: Timers;
  private readonly shelf: Shelf | undefined;

  constructor(road: Road, events: Emitter<ConnectionEvents>, clock: Clock, timers: Timers, shelf?: Shelf) {
    this.road = road;
    this.events = events;
    this.clock = clock;
    this.timers = timers;
    this.shelf = shelf;
  }

  get notes(): Notes {
    return this.doc.getMap("notes");
  }

  get meta(): Y.Map<string> {
    return this.doc.getMap("meta");
  }

  /** Begin with what this device kept. */
  begin(kept: Kept | undefined): void {
    if (kept?.base) Y.applyUpdate(this.doc, kept.base, this.server);
    this.watch();
    if (kept) this.take(kept.own);
  }

  /** Everything that this device knows, as one file. */
  copy(): Uint8Array {
    return Y.encodeStateAsUpdate(this.doc);
  }

  // -- from this board

  private watch(): void {
    const doc = this.doc;
    doc.on("update", (update: Uint8Array, origin: unknown) => {
      if (doc !== this.doc) return;
      if (origin === this.server) {
        this.shelf?.shared(update);
        return;
      }
      if (origin !== this.elsewhere) this.shelf?.own(update, !this.road.joined);
      this.offer(update);
    });
    this.notes.observeDeep((events, transaction) => {
      if (doc !== this.doc || transaction.origin === this.server) return;
      for (const event of events) {
        if (event.path.length > 0) this.touched.add(String(event.path[0]));
        else for (const id of event.changes.keys.keys()) this.touched.add(id);
      }
    });
  }

  /** Own changes of another tab: they wait for their acknowledgement here as well. */
  take(updates: readonly Uint8Array[]): void {
    for (const update of updates) {
      const before = this.queue.pending;
      Y.applyUpdate(this.doc, update, this.elsewhere);
      // A change that leans on something not here yet is told later, and counts already.
      if (this.queue.pending === before) this.offer(update);
    }
  }

  private offer(update: Uint8Array): void {
    this.queue.add(update, this.clock.now());
    if (this.road.joined && !this.timers.has("gather")) {
      this.timers.later("gather", GATHER, () => this.flush());
    }
    this.road.refresh();
  }

  flush(): void {
    this.timers.forget("gather");
    if (!this.road.joined || this.road.role !== "editor" || this.queue.isMerging) return;
    if (!this.queue.hasGathered) return;
    const { seq, update } = this.queue.take(MOST_UPDATE);
    this.road.send(seq, update);
    this.road.refresh();
  }

  /** Yjs cannot forget a change: what was refused goes with its document. The rest is offered as a file. */
  replace(): void {
    if (this.replacing) return;
    this.offerUnsent();
    this.queue.clear();
    this.shelf?.restart();
    this.replacing = true;
    this.touched.clear();
    this.doc = new Y.Doc();
    this.watch();
    this.road.join();
  }

  offerUnsent(): void {
    if (this.queue.pending === 0) return;
    this.events.emit("offer", { state: this.copy(), notes: new Set(this.touched) });
  }

  /** The line is lost: what both know now is what a later merge is compared with. */
  remember(): void {
    if (!this.shelf) this.before ??= this.copy();
  }

  // -- from the server

  /** Something that the others did. */
  apply(update: Uint8Array): void {
    Y.applyUpdate(this.doc, update, this.server);
  }

  /** The state that answers a join; says whether more is here than the server has. */
  receive(diff: Uint8Array, vector: Uint8Array, role: Role): boolean {
    const ahead = !this.replacing && (this.queue.pending > 0 || isAhead(this.doc, vector));
    this.both = ahead && role === "editor" ? this.compare(diff) : null;
    this.apply(diff);
    this.before = null;
    return ahead;
  }

  /** The line has joined with that state: send what the server lacks. */
  settle(ahead: boolean, vector: Uint8Array): void {
    if (this.replacing) {
      this.replacing = false;
      this.events.emit("replaced", this.doc);
    } else if (ahead) {
      this.merge(vector);
    } else {
      this.shelf?.settled();
    }
  }

  /** Find what both sides changed; beside the merge, which does not wait for it. */
  private async compare(news: Uint8Array): Promise<MergeReport["both"]> {
    const mine: ReadonlyMap<string, NoteView> = viewsOf(this.doc);
    const known = this.shelf ? this.shelf.base() : Promise.resolve(this.before);
    const base = (await known.catch(() => null)) ?? this.before;
    return base === null ? [] : bothChanged(base, mine, news);
  }

  private merge(vector: Uint8Array): void {
    if (this.road.role !== "editor") {
      this.replace();
      return;
    }
    const update = Y.encodeStateAsUpdate(this.doc, vector);
    if (update.length > MOST_MERGE) {
      this.events.emit("refused", "too_large");
      this.replace();
      return;
    }
    this.queue.merge(this.clock.now());
    this.road.send(0, update);
  }

  /** The server has the change with this number on its disk. */
  acknowledged(seq: number): void {
    const before = this.queue.pending;
    const merging = seq === 0 && this.queue.isMerging;
    this.queue.acknowledge(seq);
    const done = this.queue.pending === 0;
    if (done) {
      this.touched.clear();
      this.shelf?.settled();
    }
    if (merging) {
      const sent = before - this.queue.pending;
      const both = this.both ?? Promise.resolve([]);
      this.both = null;
      void both.then((notes) => this.events.emit("merged", { sent, both: notes }));
      this.flush();
    }
    this.road.refresh();
  }
}
