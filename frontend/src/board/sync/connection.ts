/** The line of one board: joins, sends, acknowledges, reconnects, merges, and says in which state it is. */
import * as Y from "yjs";
import {
  ASLEEP, BEAT, NEXT_TRY, PATIENCE, PLACE, SAVING, SEND_AGAIN, SILENT, Timers, WAITING, realClock,
} from "./clock.ts";
import { Emitter } from "./emitter.ts";
import { Exchange } from "./exchange.ts";
import type { Notes } from "./notes.ts";
import {
  PROTOCOL,
  SCHEMA,
  bytes,
  joinParts,
  readFrame,
  writePlace,
  type Joined,
  type Nack,
  type Refusal,
  type Shown,
} from "./protocol.ts";
import { openSocket } from "./socket.ts";
import type {
  ByeReason,
  Clock,
  ConnectionEvents,
  ConnectionOptions,
  LineState,
  Peer,
  Place,
  Role,
  Shelf,
  SocketLike,
  Status,
} from "./types.ts";

export class Connection {
  readonly canvas: string;
  private readonly exchange: Exchange;
  private readonly events = new Emitter<ConnectionEvents>();
  private readonly clock: Clock;
  private readonly socket: SocketLike;
  private readonly shelf: Shelf | undefined;
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
  private heardAt = 0;
  private beatAt = 0;
  private tries = 0;
  private place: Place = { note: null, block: null, typing: false };
  private placeAt = -PLACE;
  private readonly timers: Timers;
  /** Since when the line tries to get what is newest. */
  private pullsSince: number;

  constructor(options: ConnectionOptions) {
    this.canvas = options.canvas;
    this.clock = options.clock ?? realClock;
    this.timers = new Timers(this.clock);
    this.shelf = options.shelf;
    this.exchange = this.makeExchange();
    this.pullsSince = this.clock.now();
    // Something to look at; nobody writes into it before it is known to be the newest there is.
    if (options.kept?.base) this.ready = this.stale = true;
    this.exchange.begin(options.kept);
    options.shelf?.onSibling((updates) => {
      if (this.ended === null) this.exchange.take(updates);
    });
    const url = options.url ?? (typeof location === "undefined" ? "" : location.origin);
    this.socket = (options.socket ?? openSocket)(url, options.headers);
    this.listen();
    this.heardAt = this.beatAt = this.clock.now();
    this.refresh();
    this.beat();
    this.socket.connect();
  }

  private makeExchange(): Exchange {
    const line = this;
    const road = {
      get joined() { return line.joined; },
      get role() { return line.role; },
      send: (seq: number, update: Uint8Array) => void line.socket.emit("u", line.room, seq, update),
      join: () => line.join(),
      refresh: () => line.refresh(),
    };
    return new Exchange(road, this.events, this.clock, this.timers, this.shelf);
  }

  get doc(): Y.Doc {
    return this.exchange.doc;
  }

  /** The origin of every change of mine. */
  get origin(): object {
    return this.exchange.origin;
  }

  get notes(): Notes {
    return this.exchange.notes;
  }

  get meta(): Y.Map<string> {
    return this.exchange.meta;
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
    return this.exchange.copy();
  }

  private get pending(): number {
    return this.exchange.queue.pending;
  }

  /** The notes in which something is that the server has not acknowledged. */
  get unsent(): ReadonlySet<string> {
    return this.exchange.touched;
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
    this.exchange.flush();
    if (this.ended === null) this.shelf?.leave(this.pending > 0);
    if (this.joined) this.socket.emit("leave", this.room);
    this.end("closed", null);
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
    const role = head.role ?? "viewer";
    const ahead = this.exchange.receive(diff, vector, role);
    this.room = head.room;
    this.session = head.session ?? 0;
    this.role = role;
    this.joined = true;
    this.stale = false;
    this.seen.clear();
    this.meet(head.others ?? [], true);
    this.exchange.settle(ahead, vector);
    if (!this.ready) {
      this.ready = true;
      this.events.emit("ready", undefined);
    }
    if (this.place.note !== null || this.place.block !== null) this.sendPlace();
    this.refresh();
  }

  private hear(blob: Uint8Array): void {
    const frame = readFrame(blob);
    if (!this.joined || frame.room !== this.room) return;
    if (frame.update.length > 0) this.exchange.apply(frame.update);
    if (frame.others.length > 0) this.meet(frame.others);
    for (const [session, seq] of frame.acks) {
      if (session !== this.session) continue;
      this.tries = 0;
      this.exchange.acknowledged(seq);
    }
  }

  private meet(others: readonly Shown[], anew = false): void {
    const elsewhere = others.filter((other) => other.session !== this.session);
    // My own steps come back to me as well.
    if (!anew && elsewhere.length === 0) return;
    for (const other of elsewhere) {
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
      else this.exchange.replace();
      return;
    }
    if (nack.room !== this.room || !this.joined) return;
    if (nack.code === "gap" || nack.code === "rate") this.again();
    else if (nack.code === "readonly") this.become("viewer");
    else if (nack.code === "too_large" || nack.code === "bad_update") {
      this.events.emit("refused", nack.code);
      this.exchange.replace();
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
    if (role === "viewer" && this.pending > 0) this.exchange.replace();
    this.refresh();
  }

  private farewell(reason: ByeReason, jitter: number): void {
    if (reason !== "restart") {
      this.exchange.offerUnsent();
      this.end("closed", reason);
      return;
    }
    this.lost("restart");
    this.socket.disconnect();
    this.later("connect", Math.max(jitter, 100), () => this.socket.connect());
  }

  private lost(why: string): void {
    if (this.joined) this.exchange.remember();
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
    } else if (this.joined && now - (this.exchange.queue.oldest ?? now) > SEND_AGAIN * (1 + this.tries)) {
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
      !this.exchange.replacing;
    const next: Status = { state, pending: this.pending, editable, reason: this.reason };
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
    if (this.stale || this.exchange.replacing) return "stale";
    if (!this.joined) return "offline";
    if (this.role !== "editor") return "readonly";
    const oldest = this.exchange.queue.oldest;
    if (oldest === null) return "saved";
    const age = this.clock.now() - oldest;
    if (this.exchange.queue.isMerging && age < WAITING) return "merging";
    if (age >= WAITING) return this.exchange.queue.isMerging ? "merging" : "waiting";
    return age >= SAVING ? "saving" : "saved";
  }

  /** Look again at the moment when "saved" becomes untrue to say. */
  private watchSaving(state: LineState): void {
    const oldest = this.exchange.queue.oldest;
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
