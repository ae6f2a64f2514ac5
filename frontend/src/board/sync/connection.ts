/** The line of one board: joins, sends, acknowledges, reconnects, merges, and says in which state it is. */
import * as Y from "yjs";
import {
  ASLEEP, BEAT, GATHER, NEXT_TRY, PATIENCE, PLACE, SAVING, SEND_AGAIN, SILENT, Timers, WAITING, realClock,
} from "./clock.ts";
import { Emitter } from "./emitter.ts";
import type { Notes, NoteView } from "./notes.ts";
import {
  MOST_MERGE,
  MOST_UPDATE,
  PROTOCOL,
  SCHEMA,
  bytes,
  isAhead,
  joinParts,
  readFrame,
  writePlace,
  type Joined,
  type Nack,
  type Refusal,
  type Shown,
} from "./protocol.ts";
import { Queue } from "./queue.ts";
import { bothChanged, viewsOf } from "./report.ts";
import { openSocket } from "./socket.ts";
import type {
  ByeReason,
  Clock,
  ConnectionEvents,
  ConnectionOptions,
  LineState,
  MergeReport,
  Peer,
  Place,
  Role,
  Shelf,
  SocketLike,
  Status,
} from "./types.ts";

export class Connection {
  readonly canvas: string;
  readonly origin: object = { own: true };
  doc: Y.Doc;
  private readonly server: object = { server: true };
  /** What another tab of this person did, and what this device kept of earlier tabs. */
  private readonly elsewhere: object = { elsewhere: true };
  private readonly events = new Emitter<ConnectionEvents>();
  private readonly clock: Clock;
  private readonly socket: SocketLike;
  private readonly shelf: Shelf | undefined;
  private readonly queue = new Queue();
  private readonly seen = new Map<number, Peer>();
  private shown: Status = { state: "connecting", pending: 0, editable: false, reason: null };
  private room = 0;
  private session = 0;
  private role: Role = "editor";
  private joined = false;
  private ready = false;
  private parts: Joined[] = [];
  private ended: LineState | null = null;
  private reason: ByeReason | null = null;
  private stale = false;
  private replacing = false;
  private heardAt = 0;
  private beatAt = 0;
  private tries = 0;
  private place: Place = { note: null, block: null, typing: false };
  private placeAt = -PLACE;
  private readonly timers: Timers;
  /** Since when the line tries to get what is newest. */
  private pullsSince: number;
  /** Notes that my unacknowledged changes touched. */
  private readonly touched = new Set<string>();
  /** The state when the line was lost, where this device keeps nothing. */
  private before: Uint8Array | null = null;
  private both: Promise<MergeReport["both"]> | null = null;

  constructor(options: ConnectionOptions) {
    this.canvas = options.canvas;
    this.clock = options.clock ?? realClock;
    this.timers = new Timers(this.clock);
    this.shelf = options.shelf;
    this.doc = new Y.Doc();
    this.pullsSince = this.clock.now();
    if (options.kept?.base) {
      Y.applyUpdate(this.doc, options.kept.base, this.server);
      // Something to look at; nobody writes into it before it is known to be the newest there is.
      this.ready = this.stale = true;
    }
    this.watch();
    if (options.kept) this.take(options.kept.own);
    options.shelf?.onSibling((updates) => {
      if (this.ended === null) this.take(updates);
    });
    const url = options.url ?? (typeof location === "undefined" ? "" : location.origin);
    this.socket = (options.socket ?? openSocket)(url, options.headers);
    this.listen();
    this.heardAt = this.beatAt = this.clock.now();
    this.refresh();
    this.beat();
    this.socket.connect();
  }

  get notes(): Notes {
    return this.doc.getMap("notes");
  }

  get meta(): Y.Map<string> {
    return this.doc.getMap("meta");
  }

  /** Whether there is something to draw. */
  get isReady(): boolean {
    return this.ready;
  }

  get status(): Status {
    return this.shown;
  }

  get peers(): ReadonlyMap<number, Peer> {
    return this.seen;
  }

  /** Register; the answer unregisters. `ready` is called at once when it was long ago. */
  on<K extends keyof ConnectionEvents>(
    event: K,
    call: (value: ConnectionEvents[K]) => void,
  ): () => void {
    if (event === "ready" && this.ready) call(undefined as ConnectionEvents[K]);
    return this.events.on(event, call);
  }

  /** One change of mine, sent together; throws when `status.editable` is false. */
  edit<T>(change: () => T): T {
    if (!this.shown.editable) throw new Error("the board cannot be edited now");
    return this.doc.transact(change, this.origin);
  }

  /** Tell the others where I am; sent at most 10 times a second, the last word always. */
  here(place: Partial<Place>): void {
    this.place = { ...this.place, ...place };
    const wait = this.placeAt + PLACE - this.clock.now();
    if (wait <= 0) this.sendPlace();
    else this.later("place", wait, () => this.sendPlace());
  }

  /** Undo of my own changes only, since now. Make it anew after `replaced`. */
  undo(captureMs = 500): Y.UndoManager {
    return new Y.UndoManager([this.notes, this.meta], {
      trackedOrigins: new Set([this.origin]),
      captureTimeout: captureMs,
    });
  }

  /** Everything that this device knows, as one file. */
  copy(): Uint8Array {
    return Y.encodeStateAsUpdate(this.doc);
  }

  /** The notes in which something is that the server has not acknowledged. */
  get unsent(): ReadonlySet<string> {
    return this.touched;
  }

  /** The browser says that there is no network: do not wait for the silence. */
  cut(): void {
    if (this.ended !== null) return;
    if (this.joined) this.lost("cut");
    this.stale = false;
    this.socket.disconnect();
    this.later("connect", NEXT_TRY, () => this.socket.connect());
    this.refresh();
  }

  /** The browser says that there is a network again. */
  wake(): void {
    if (this.ended === null && !this.socket.connected) this.socket.connect();
  }

  close(): void {
    this.flush();
    if (this.ended === null) this.shelf?.leave(this.queue.pending > 0);
    if (this.joined) this.socket.emit("leave", this.room);
    this.end("closed", null);
  }

  // -- the document

  private watch(): void {
    const doc = this.doc;
    doc.on("update", (update: Uint8Array, origin: unknown) => {
      if (doc !== this.doc) return;
      if (origin === this.server) {
        this.shelf?.shared(update);
        return;
      }
      if (origin !== this.elsewhere) this.shelf?.own(update, !this.joined);
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
  private take(updates: readonly Uint8Array[]): void {
    for (const update of updates) {
      const before = this.queue.pending;
      Y.applyUpdate(this.doc, update, this.elsewhere);
      // A change that leans on something not here yet is told later, and counts already.
      if (this.queue.pending === before) this.offer(update);
    }
  }

  private offer(update: Uint8Array): void {
    this.queue.add(update, this.clock.now());
    if (this.joined && !this.timers.has("gather")) {
      this.later("gather", GATHER, () => this.flush());
    }
    this.refresh();
  }

  private flush(): void {
    this.timers.forget("gather");
    if (!this.joined || this.role !== "editor" || this.queue.isMerging) return;
    if (!this.queue.hasGathered) return;
    const { seq, update } = this.queue.take(MOST_UPDATE);
    this.socket.emit("u", this.room, seq, update);
    this.refresh();
  }

  /** Yjs cannot forget a change: what was refused goes with its document. The rest is offered as a file. */
  private replace(): void {
    if (this.replacing) return;
    this.offerUnsent();
    this.queue.clear();
    this.shelf?.restart();
    this.replacing = true;
    this.touched.clear();
    this.doc = new Y.Doc();
    this.watch();
    this.join();
  }

  private offerUnsent(): void {
    if (this.queue.pending === 0) return;
    this.events.emit("offer", { state: this.copy(), notes: new Set(this.touched) });
  }

  // -- what arrives

  private listen(): void {
    const on = (event: string, call: (...values: never[]) => void): void => {
      this.socket.on(event, (...values: never[]) => {
        if (this.ended === null) call(...values);
      });
    };
    this.socket.onHeard(() => {
      this.heardAt = this.clock.now();
    });
    on("connect", () => this.join());
    on("disconnect", (why: string) => this.lost(why));
    on("connect_error", (error: Refusal) => this.rejected(error));
    on("joined", (message: Joined) => this.arrive(message));
    on("s", (blob: Uint8Array) => this.hear(bytes(blob)));
    on("nack", (message: Nack) => this.refused(message));
    on("role", (message: { room: number; role: Role }) => {
      if (message.room === this.room) this.become(message.role);
    });
    on("bye", (message: { room: number; reason: ByeReason; jitter: number }) => {
      this.farewell(message.reason, message.jitter);
    });
  }

  private join(): void {
    this.joined = false;
    this.parts = [];
    this.heardAt = this.clock.now();
    if (!this.socket.connected) return;
    this.socket.emit("join", {
      canvas: this.canvas,
      vector: Y.encodeStateVector(this.doc),
      row: 0,
      client: this.doc.clientID,
    });
    // A join without an answer is asked again.
    this.later("join", SILENT, () => this.join());
  }

  private arrive(message: Joined): void {
    if (message.part === 0) this.parts = [];
    this.parts.push(message);
    const head = this.parts[0];
    if (head?.parts === undefined || head.room !== message.room) return;
    if (this.parts.length < head.parts) return;
    this.timers.forget("join");
    const schema = head.schema ?? SCHEMA;
    if (schema !== SCHEMA) {
      this.differs(schema > SCHEMA);
      return;
    }
    const vector = bytes(head.vector as Uint8Array);
    const diff = joinParts(this.parts);
    this.parts = [];
    const ahead = !this.replacing && (this.queue.pending > 0 || isAhead(this.doc, vector));
    this.both = ahead && head.role === "editor" ? this.compare(diff) : null;
    Y.applyUpdate(this.doc, diff, this.server);
    this.before = null;
    this.room = head.room;
    this.session = head.session ?? 0;
    this.role = head.role ?? "viewer";
    this.joined = true;
    this.stale = false;
    this.seen.clear();
    this.meet(head.others ?? []);
    if (this.replacing) {
      this.replacing = false;
      this.events.emit("replaced", this.doc);
    } else if (ahead) {
      this.merge(vector);
    } else {
      this.shelf?.settled();
    }
    if (!this.ready) {
      this.ready = true;
      this.events.emit("ready", undefined);
    }
    if (this.place.note !== null || this.place.block !== null) this.sendPlace();
    this.refresh();
  }

  /** Find what both sides changed; beside the merge, which does not wait for it. */
  private async compare(news: Uint8Array): Promise<MergeReport["both"]> {
    const mine: ReadonlyMap<string, NoteView> = viewsOf(this.doc);
    const known = this.shelf ? this.shelf.base() : Promise.resolve(this.before);
    const base = (await known.catch(() => null)) ?? this.before;
    return base === null ? [] : bothChanged(base, mine, news);
  }

  private merge(vector: Uint8Array): void {
    if (this.role !== "editor") {
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
    this.socket.emit("u", this.room, 0, update);
  }

  private hear(blob: Uint8Array): void {
    const frame = readFrame(blob);
    if (!this.joined || frame.room !== this.room) return;
    if (frame.update.length > 0) Y.applyUpdate(this.doc, frame.update, this.server);
    if (frame.others.length > 0) this.meet(frame.others);
    for (const [session, seq] of frame.acks) {
      if (session === this.session) this.acknowledged(seq);
    }
  }

  private acknowledged(seq: number): void {
    const before = this.queue.pending;
    const merging = seq === 0 && this.queue.isMerging;
    this.queue.acknowledge(seq);
    this.tries = 0;
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
    this.refresh();
  }

  private meet(others: readonly Shown[]): void {
    for (const other of others) {
      if (other.session === this.session) continue;
      if (other.gone === true) this.seen.delete(other.session);
      else this.seen.set(other.session, other);
    }
    this.events.emit("peers", this.seen);
  }

  private refused(nack: Nack): void {
    if (nack.room === 0) {
      if (nack.canvas !== this.canvas) return;
      if (nack.code === "missing") this.farewell("missing", 0);
      else if (nack.code === "rate") this.again();
      else this.replace();
      return;
    }
    if (nack.room !== this.room || !this.joined) return;
    if (nack.code === "gap" || nack.code === "rate") this.again();
    else if (nack.code === "readonly") this.become("viewer");
    else if (nack.code === "too_large" || nack.code === "bad_update") {
      this.events.emit("refused", nack.code);
      this.replace();
    } else this.farewell("missing", 0);
  }

  /** Join again a little later: both sides then send what the other lacks. */
  private again(): void {
    this.joined = false;
    this.tries += 1;
    const pause = Math.min(5000, 250 * 2 ** this.tries) * (0.75 + Math.random() / 2);
    this.later("join", pause, () => this.join());
    this.refresh();
  }

  private become(role: Role): void {
    this.role = role;
    if (role === "viewer" && this.queue.pending > 0) this.replace();
    this.refresh();
  }

  private farewell(reason: ByeReason, jitter: number): void {
    if (reason !== "restart") {
      this.offerUnsent();
      this.end("closed", reason);
      return;
    }
    this.lost("restart");
    this.socket.disconnect();
    this.later("connect", Math.max(jitter, 100), () => this.socket.connect());
  }

  private lost(why: string): void {
    if (this.joined && !this.shelf) this.before ??= this.copy();
    this.joined = false;
    this.timers.forget("join");
    this.timers.forget("gather");
    this.seen.clear();
    this.events.emit("peers", this.seen);
    // socket.io comes back by itself, except when the server ended the connection.
    if (why === "io server disconnect") {
      this.later("connect", 1000 + Math.random() * 2000, () => this.socket.connect());
    }
    this.refresh();
  }

  private rejected({ message: why, data }: Refusal): void {
    // Nothing newer can be had now: what is here may be worked with.
    this.stale = false;
    if (why === "session") this.farewell("session_ended", 0);
    else if (why === "origin") this.farewell("missing", 0);
    else if (why === "protocol") this.differs((data?.v ?? PROTOCOL + 1) > PROTOCOL);
    else if (why === "too_many") this.later("connect", 2 * NEXT_TRY, () => this.socket.connect());
    this.refresh();
  }

  /** Page and server do not speak of the same thing: an older page loads itself anew, a newer one waits. */
  private differs(older: boolean): void {
    if (older) {
      this.end("reload", null);
      return;
    }
    this.stale = false;
    this.socket.disconnect();
    this.later("connect", 2 * NEXT_TRY, () => this.socket.connect());
    this.refresh();
  }

  private end(state: LineState, reason: ByeReason | null): void {
    if (this.ended !== null) return;
    this.ended = state;
    this.reason = reason;
    this.joined = false;
    if (reason !== null) this.shelf?.forget(reason === "session_ended");
    this.timers.forgetAll();
    this.socket.disconnect();
    this.refresh();
  }

  // -- time

  private beat(): void {
    const now = this.clock.now();
    const slept = now - this.beatAt > ASLEEP;
    this.beatAt = now;
    if (slept && this.ready) {
      // What is on the screen may be old: pull before anybody types into it.
      this.stale = true;
      this.pullsSince = now;
      this.join();
    } else if (this.stale && !this.joined && now - this.pullsSince >= PATIENCE) {
      this.stale = false;
    } else if (this.joined && now - this.heardAt > SILENT) {
      this.lost("silent");
      this.socket.disconnect();
      this.later("connect", 100, () => this.socket.connect());
    } else if (this.joined && now - (this.queue.oldest ?? now) > SEND_AGAIN * (1 + this.tries)) {
      this.again();
    }
    this.refresh();
    this.later("beat", BEAT, () => this.beat());
  }

  private sendPlace(): void {
    this.timers.forget("place");
    this.placeAt = this.clock.now();
    if (!this.joined) return;
    this.socket.emit("aw", this.room, writePlace(this.doc.clientID, this.place));
  }

  private later(name: string, ms: number, call: () => void): void {
    if (this.ended === null) this.timers.later(name, ms, call);
  }

  // -- status

  private refresh(): void {
    const state = this.state();
    const editable =
      this.ready &&
      this.ended === null &&
      this.role === "editor" &&
      !this.stale &&
      !this.replacing;
    const next: Status = { state, pending: this.queue.pending, editable, reason: this.reason };
    const old = this.shown;
    this.shown = next;
    if (
      old.state !== next.state ||
      old.pending !== next.pending ||
      old.editable !== next.editable ||
      old.reason !== next.reason
    ) {
      this.events.emit("status", next);
    }
    this.watchSaving(state);
  }

  private state(): LineState {
    if (this.ended !== null) return this.ended;
    if (!this.ready) return "connecting";
    if (this.stale || this.replacing) return "stale";
    if (!this.joined) return "offline";
    if (this.role !== "editor") return "readonly";
    const oldest = this.queue.oldest;
    if (oldest === null) return "saved";
    const age = this.clock.now() - oldest;
    if (this.queue.isMerging && age < WAITING) return "merging";
    if (age >= WAITING) return this.queue.isMerging ? "merging" : "waiting";
    return age >= SAVING ? "saving" : "saved";
  }

  /** Look again at the moment when "saved" becomes untrue to say. */
  private watchSaving(state: LineState): void {
    const oldest = this.queue.oldest;
    if (state === "saved" && oldest !== null && !this.timers.has("saving")) {
      const left = oldest + SAVING - this.clock.now();
      this.later("saving", Math.max(1, left), () => this.refresh());
    }
  }
}

/** Open the line of a board. */
export function connect(options: ConnectionOptions): Connection {
  return new Connection(options);
}
