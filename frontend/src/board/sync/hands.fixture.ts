/** A socket and a clock that tests of the line hold in their hands. */
import * as Y from "yjs";
import { Connection } from "./connection.ts";
import { addNote, notesOf, type Notes } from "./notes.ts";
import type { Clock, ConnectionOptions, LineState, SocketLike } from "./types.ts";

export class Hand implements Clock {
  private at = 0;
  private next = 1;
  private timers = new Map<number, { due: number; call: () => void }>();

  now(): number {
    return this.at;
  }

  after(ms: number, call: () => void): number {
    this.timers.set(this.next, { due: this.at + ms, call });
    return this.next++;
  }

  cancel(timer: number): void {
    this.timers.delete(timer);
  }

  pass(ms: number): void {
    const until = this.at + ms;
    for (;;) {
      const due = [...this.timers].filter(([, timer]) => timer.due <= until);
      due.sort(([, a], [, b]) => a.due - b.due);
      const first = due[0];
      if (first === undefined) break;
      this.timers.delete(first[0]);
      this.at = Math.max(this.at, first[1].due);
      first[1].call();
    }
    this.at = until;
  }

  /** The machine sleeps: time passes, no timer runs. */
  sleep(ms: number): void {
    this.at += ms;
    this.pass(1);
  }
}

/** A server with one document and a hand on the line. */
export class Server implements SocketLike {
  connected = false;
  readonly doc = new Y.Doc();
  readonly sent: [string, unknown[]][] = [];
  role = "editor";
  schema = 1;
  private readonly listeners = new Map<string, (...values: never[]) => void>();
  private heard = (): void => undefined;
  session = 100;

  on(event: string, listener: (...values: never[]) => void): void {
    this.listeners.set(event, listener);
  }

  onHeard(listener: () => void): void {
    this.heard = listener;
  }

  emit(event: string, ...values: unknown[]): void {
    this.sent.push([event, values]);
  }

  connect(): void {
    this.connected = true;
    this.say("connect");
  }

  disconnect(): void {
    if (!this.connected) return;
    this.connected = false;
    this.say("disconnect", "io client disconnect");
  }

  say(event: string, ...values: unknown[]): void {
    this.heard();
    this.listeners.get(event)?.(...(values as never[]));
  }

  beat(): void {
    this.heard();
  }

  of(event: string): unknown[][] {
    return this.sent.filter(([name]) => name === event).map(([, values]) => values);
  }

  /** Answer the last join. */
  welcome(): void {
    const asked = this.of("join").at(-1)?.[0] as { vector: Uint8Array };
    this.session += 1;
    const diff = Y.encodeStateAsUpdate(this.doc, new Uint8Array(asked.vector));
    const half = diff.length >> 1;
    const head = {
      session: this.session,
      role: this.role,
      schema: this.schema,
      row: 1,
      vector: Y.encodeStateVector(this.doc),
      others: [],
      parts: 2,
    };
    this.say("joined", { canvas: "c", room: 7, part: 0, diff: diff.slice(0, half), ...head });
    this.say("joined", { canvas: "c", room: 7, part: 1, diff: diff.slice(half) });
  }

  /** Take the last `u` and acknowledge it. */
  store(): void {
    const [, seq, update] = this.of("u").at(-1) as [number, number, Uint8Array];
    Y.applyUpdate(this.doc, new Uint8Array(update));
    this.acknowledge(seq);
  }

  acknowledge(seq: number): void {
    this.say("s", Uint8Array.from([7, 1, this.session, seq, 0]));
  }

  nack(code: string, room = 7): void {
    const seq = (this.of("u").at(-1)?.[1] as number | undefined) ?? 0;
    this.say("nack", { canvas: "c", room, seq, code, vector: new Uint8Array([0]) });
  }
}

/** A line, its server and its clock, all in the hands of the test. */
export function open(more: Partial<ConnectionOptions> = {}): { line: Connection; server: Server; clock: Hand; states: LineState[] } {
  const server = new Server();
  const clock = new Hand();
  const line = new Connection({
    canvas: "c",
    url: "http://test",
    clock,
    socket: () => server,
    ...more,
  });
  const states: LineState[] = [];
  line.on("status", (status) => {
    if (states.at(-1) !== status.state) states.push(status.state);
  });
  return { line, server, clock, states };
}

export function write(line: Connection, text: string): void {
  line.edit(() => addNote(line.notes, { block: "a", author: "me", text }));
}

export function texts(notes: Notes): string[] {
  return notesOf(notes).map((note) => note.text);
}
