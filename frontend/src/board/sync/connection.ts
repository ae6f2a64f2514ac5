/** The line of one board: joins, sends, acknowledges, reconnects, merges, and says in which state it is. */
import * as Y from "yjs";
import { Emitter } from "./emitter.ts";
import type { Notes } from "./notes.ts";
import {
  MOST_MERGE,
  MOST_UPDATE,
  bytes,
  packed,
  readFrame,
  writePlace,
  type Joined,
  type Nack,
  type Shown,
} from "./protocol.ts";
import { Queue } from "./queue.ts";
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
  SocketLike,
  Status,
} from "./types.ts";

const GATHER = 40;
const SAVING = 400;
const WAITING = 5000;
const SEND_AGAIN = 15_000;
const SILENT = 10_000;
const ASLEEP = 15_000;
const BEAT = 1000;
const PLACE = 100;

const realClock: Clock = {
  now: () => performance.now(),
  after: (ms, call) => setTimeout(call, ms) as unknown as number,
  cancel: (timer) => {
    clearTimeout(timer);
  },
};

export class Connection {
  readonly canvas: string;
  readonly origin: object = { own: true };
  doc: Y.Doc;
  private readonly server: object = { server: true };
  private readonly events = new Emitter<ConnectionEvents>();
  private readonly clock: Clock;
  private readonly socket: SocketLike;
  private readonly queue = new Queue();
  private readonly seen = new Map<number, Peer>();
  private shown: Status = { state: "connecting", pending: 0, editable: false, reason: null };
  private room = 0;
  private session = 0;
  private role: Role = "editor";
  private joined = false;
  private ready = false;
  private fresh: boolean;
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
  private readonly timers = new Map<string, number>();
  private ownNotes = new Set<string>();
  private otherNotes = new Set<string>();

  constructor(options: ConnectionOptions) {
    this.canvas = options.canvas;
    this.clock = options.clock ?? realClock;
    this.doc = options.doc ?? new Y.Doc();
    // A document that was given may hold changes that this line never sent.
    this.fresh = options.doc === undefined;
    this.watch();
    const url = options.url ?? (typeof location === "undefined" ? "" : location.origin);
    this.socket = (options.socket ?? openSocket)(url, options.headers);
    this.listen();
    this.heardAt = this.beatAt = this.clock.now();
    this.beat();
    this.socket.connect();
  }

  get notes(): Notes {
    return this.doc.getMap("notes");
  }

  get meta(): Y.Map<string> {
    return this.doc.getMap("meta");
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

  close(): void {
    this.flush();
    if (this.joined) this.socket.emit("leave", this.room);
    this.end("closed", null);
  }

  // -- the document

  private watch(): void {
    const doc = this.doc;
    doc.on("update", (update: Uint8Array, origin: unknown) => {
      if (origin !== this.server && doc === this.doc) this.offer(update);
    });
    this.notes.observeDeep((events, transaction) => {
      if (doc !== this.doc) return;
      const own = transaction.origin !== this.server;
      if (own ? false : this.joined) return;
      const ids = own ? this.ownNotes : this.otherNotes;
      for (const event of events) {
        if (event.path.length > 0) ids.add(String(event.path[0]));
        else for (const id of event.changes.keys.keys()) ids.add(id);
      }
    });
  }

  private offer(update: Uint8Array): void {
    this.queue.add(update, this.clock.now());
    if (this.joined && !this.timers.has("gather")) {
      this.later("gather", GATHER, () => this.flush());
    }
    this.refresh();
  }

  private flush(): void {
    this.forget("gather");
    if (!this.joined || this.role !== "editor" || this.queue.isMerging) return;
    if (!this.queue.hasGathered) return;
    const { seq, update } = this.queue.take(MOST_UPDATE);
    this.socket.emit("u", this.room, seq, packed(update));
    this.refresh();
  }

  /** Yjs cannot forget a change: what was refused goes with its document. The rest is offered as a file. */
  private replace(): void {
    if (this.replacing) return;
    if (this.queue.pending > 0) this.events.emit("offer", this.copy());
    this.queue.clear();
    this.replacing = true;
    this.ownNotes.clear();
    this.doc = new Y.Doc();
    this.fresh = true;
    this.watch();
    this.join();
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
    on("connect_error", (error: { message: string }) => this.rejected(error.message));
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
      vector: packed(Y.encodeStateVector(this.doc)),
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
    this.forget("join");
    const vector = bytes(head.vector as Uint8Array);
    this.otherNotes.clear();
    for (const diff of [joinParts(this.parts)]) Y.applyUpdate(this.doc, diff, this.server);
    this.parts = [];
    this.room = head.room;
    this.session = head.session ?? 0;
    this.role = head.role ?? "viewer";
    this.joined = true;
    this.stale = false;
    this.seen.clear();
    this.meet(head.others ?? []);
    const ahead = !this.fresh || this.queue.pending > 0 || isAhead(this.doc, vector);
    this.fresh = true;
    if (this.replacing) {
      this.replacing = false;
      this.events.emit("replaced", this.doc);
    } else if (ahead) {
      this.merge(vector);
    }
    if (!this.ready) {
      this.ready = true;
      this.events.emit("ready", undefined);
    }
    if (this.place.note !== null || this.place.block !== null) this.sendPlace();
    this.refresh();
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
    this.socket.emit("u", this.room, 0, packed(update));
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
    if (merging) {
      const both = [...this.ownNotes].filter((id) => this.otherNotes.has(id));
      const report: MergeReport = { sent: before - this.queue.pending, both };
      this.otherNotes.clear();
      this.flush();
      this.refresh();
      this.events.emit("merged", report);
    }
    if (this.queue.pending === 0) this.ownNotes.clear();
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
      if (nack.code === "missing") this.end("closed", "missing");
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
    } else this.end("closed", "missing");
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
      if (this.queue.pending > 0) this.events.emit("offer", this.copy());
      this.end("closed", reason);
      return;
    }
    this.lost("restart");
    this.socket.disconnect();
    this.later("connect", Math.max(jitter, 100), () => this.socket.connect());
  }

  private lost(why: string): void {
    this.joined = false;
    this.forget("join");
    this.forget("gather");
    this.seen.clear();
    this.events.emit("peers", this.seen);
    // socket.io comes back by itself, except when the server ended the connection.
    if (why === "io server disconnect") {
      this.later("connect", 1000 + Math.random() * 2000, () => this.socket.connect());
    }
    this.refresh();
  }

  private rejected(why: string): void {
    if (why === "protocol") this.end("reload", null);
    else if (why === "session") this.end("closed", "session_ended");
    else if (why === "origin") this.end("closed", "missing");
    else if (why === "too_many") this.later("connect", 10_000, () => this.socket.connect());
    this.refresh();
  }

  private end(state: LineState, reason: ByeReason | null): void {
    if (this.ended !== null) return;
    this.ended = state;
    this.reason = reason;
    this.joined = false;
    for (const name of [...this.timers.keys()]) this.forget(name);
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
      this.join();
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
    this.forget("place");
    this.placeAt = this.clock.now();
    if (!this.joined) return;
    this.socket.emit("aw", this.room, packed(writePlace(this.doc.clientID, this.place)));
  }

  private later(name: string, ms: number, call: () => void): void {
    this.forget(name);
    if (this.ended !== null) return;
    this.timers.set(
      name,
      this.clock.after(ms, () => {
        this.timers.delete(name);
        call();
      }),
    );
  }

  private forget(name: string): void {
    const timer = this.timers.get(name);
    if (timer !== undefined) this.clock.cancel(timer);
    this.timers.delete(name);
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

function joinParts(parts: readonly Joined[]): Uint8Array {
  const pieces = parts.map((part) => bytes(part.diff));
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** Whether the document holds clocks that the server lacks. */
function isAhead(doc: Y.Doc, vector: Uint8Array): boolean {
  const theirs = Y.decodeStateVector(vector);
  const mine = Y.decodeStateVector(Y.encodeStateVector(doc));
  for (const [client, clock] of mine) if (clock > (theirs.get(client) ?? 0)) return true;
  return false;
}
