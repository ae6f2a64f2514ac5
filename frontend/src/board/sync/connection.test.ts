/** The states of the line, against a socket and a clock that the test holds in its hands. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as Y from "yjs";
import { Connection } from "./connection.ts";
import { addNote, notesOf, setText, type Notes } from "./notes.ts";
import type { BothChanged, Clock, ConnectionOptions, LineState, MergeReport, Offer, Shelf, SocketLike } from "./types.ts";

class Hand implements Clock {
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
class Server implements SocketLike {
  connected = false;
  readonly doc = new Y.Doc();
  readonly sent: [string, unknown[]][] = [];
  role = "editor";
  schema = 1;
  private readonly listeners = new Map<string, (...values: never[]) => void>();
  private heard = (): void => undefined;
  private session = 100;

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

function open(more: Partial<ConnectionOptions> = {}): { line: Connection; server: Server; clock: Hand; states: LineState[] } {
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

function write(line: Connection, text: string): void {
  line.edit(() => addNote(line.notes, { block: "a", author: "me", text }));
}

function texts(notes: Notes): string[] {
  return notesOf(notes).map((note) => note.text);
}

test("connecting, then saved; typing is gathered into one update", () => {
  const { line, server, clock } = open();
  assert.equal(line.status.state, "connecting");
  assert.throws(() => write(line, "too early"));
  server.welcome();
  assert.equal(line.status.state, "saved");
  write(line, "one");
  write(line, "two");
  assert.equal(server.of("u").length, 0);
  clock.pass(50);
  assert.equal(server.of("u").length, 1);
  assert.equal(line.status.pending, 2);
  server.store();
  assert.equal(line.status.pending, 0);
  assert.deepEqual(texts(server.doc.getMap("notes") as Notes).sort(), ["one", "two"]);
});

test("saving after 400 ms, waiting after 5 s, saved only when acknowledged", () => {
  const { line, server, clock, states } = open();
  server.welcome();
  write(line, "one");
  clock.pass(450);
  assert.equal(line.status.state, "saving");
  clock.pass(2000);
  server.beat();
  clock.pass(3000);
  assert.equal(line.status.state, "waiting");
  server.store();
  assert.equal(line.status.state, "saved");
  assert.deepEqual(states, ["saved", "saving", "waiting", "saved"]);
});

test("an acknowledgement of another session saves nothing", () => {
  const { line, server, clock } = open();
  server.welcome();
  write(line, "one");
  clock.pass(500);
  server.say("s", Uint8Array.from([7, 1, 5, 1, 0]));
  assert.equal(line.status.pending, 1);
  assert.equal(line.status.state, "saving");
});

test("cut off: editing goes on, coming back merges and reports what both changed", async () => {
  const { line, server, clock, states } = open();
  server.welcome();
  write(line, "before");
  clock.pass(50);
  server.store();
  const id = notesOf(line.notes)[0]?.id ?? "";
  server.disconnect();
  assert.equal(line.status.state, "offline");
  line.edit(() => line.notes.get(id)?.set("status", "testing"));
  write(line, "mine");
  clock.pass(60_000);
  assert.equal(line.status.pending, 2);
  assert.equal(server.of("u").length, 1);
  (server.doc.getMap("notes") as Notes).get(id)?.set("weight", 5);
  const told = (note: BothChanged["mine"]): unknown => [note?.status, note?.weight];
  addNote(server.doc.getMap("notes") as Notes, { block: "a", author: "you", text: "theirs" });
  const merged = new Promise<MergeReport>((resolve) => line.on("merged", resolve));
  server.connect();
  server.welcome();
  assert.equal(line.status.state, "merging");
  assert.equal(server.of("u").at(-1)?.[1], 0);
  server.store();
  assert.equal(line.status.state, "saved");
  const report = await merged;
  assert.equal(report.sent, 2);
  assert.deepEqual(report.both.map((note) => note.id), [id]);
  assert.deepEqual(told(report.both[0]?.before ?? null), ["untested", 3]);
  assert.deepEqual(told(report.both[0]?.mine ?? null), ["testing", 3]);
  assert.deepEqual(told(report.both[0]?.theirs ?? null), ["untested", 5]);
  assert.deepEqual(texts(line.notes).sort(), ["before", "mine", "theirs"]);
  assert.deepEqual(texts(server.doc.getMap("notes") as Notes).sort(), ["before", "mine", "theirs"]);
  assert.deepEqual(states, ["saved", "offline", "merging", "saved"]);
});

test("what was sent and not acknowledged is offered again after a cut", () => {
  const { line, server, clock } = open();
  server.welcome();
  write(line, "one");
  clock.pass(50);
  server.disconnect();
  server.connect();
  server.welcome();
  server.store();
  assert.deepEqual(texts(server.doc.getMap("notes") as Notes), ["one"]);
  assert.equal(line.status.state, "saved");
});

test("typing during a merge waits behind it", () => {
  const { line, server, clock } = open();
  server.welcome();
  server.disconnect();
  write(line, "offline");
  server.connect();
  server.welcome();
  write(line, "meanwhile");
  clock.pass(100);
  assert.equal(server.of("u").length, 1);
  server.store();
  clock.pass(100);
  assert.equal(server.of("u").length, 2);
  server.store();
  assert.equal(line.status.pending, 0);
});

test("a silent socket is offline after 10 s and is opened again", () => {
  const { line, server, clock, states } = open();
  server.welcome();
  clock.pass(9000);
  assert.equal(line.status.state, "saved");
  clock.pass(2500);
  assert.ok(states.includes("offline"));
  assert.equal(server.of("join").length, 2);
});

test("a tab that slept takes no input until it has pulled", () => {
  const { line, server, clock } = open();
  server.welcome();
  clock.sleep(60_000);
  assert.equal(line.status.state, "stale");
  assert.throws(() => write(line, "old"));
  server.welcome();
  assert.equal(line.status.state, "saved");
});

test("a gap makes it join again and send what the server lacks", () => {
  const { line, server, clock } = open();
  server.welcome();
  write(line, "one");
  clock.pass(50);
  server.nack("gap");
  clock.pass(2000);
  assert.equal(server.of("join").length, 2);
  server.welcome();
  server.store();
  assert.deepEqual(texts(server.doc.getMap("notes") as Notes), ["one"]);
});

test("read-only: the local change leaves the board and is offered as a file", () => {
  const { line, server, clock } = open();
  server.welcome();
  write(line, "kept");
  clock.pass(50);
  server.store();
  const offers: Offer[] = [];
  let replaced = 0;
  line.on("offer", (file) => offers.push(file));
  line.on("replaced", () => (replaced += 1));
  write(line, "not allowed");
  clock.pass(50);
  server.role = "viewer";
  server.nack("readonly");
  server.welcome();
  assert.equal(line.status.state, "readonly");
  assert.equal(line.status.editable, false);
  assert.equal(replaced, 1);
  assert.deepEqual(texts(line.notes), ["kept"]);
  const file = new Y.Doc();
  Y.applyUpdate(file, offers[0]?.state as Uint8Array);
  assert.equal(offers[0]?.notes.size, 1);
  assert.deepEqual(texts(file.getMap("notes") as Notes).sort(), ["kept", "not allowed"]);
});

test("a refused change leaves the board, says why and work goes on", () => {
  const { line, server, clock } = open();
  server.welcome();
  const refused: string[] = [];
  line.on("refused", (code) => refused.push(code));
  write(line, "x".repeat(30_000));
  clock.pass(50);
  server.nack("too_large");
  server.welcome();
  assert.deepEqual(refused, ["too_large"]);
  assert.deepEqual(texts(line.notes), []);
  write(line, "short");
  clock.pass(50);
  server.store();
  assert.deepEqual(texts(server.doc.getMap("notes") as Notes), ["short"]);
});

test("a change larger than one update goes as a merge", () => {
  const { line, server, clock } = open();
  server.welcome();
  line.edit(() => {
    for (let turn = 0; turn < 5; turn += 1) {
      addNote(line.notes, { block: "a", author: "me", text: "x".repeat(15_000) });
    }
  });
  clock.pass(50);
  assert.equal(server.of("u").at(-1)?.[1], 0);
  server.store();
  assert.equal(line.status.pending, 0);
});

test("good-byes: removed is final, restart comes back", () => {
  const first = open();
  first.server.welcome();
  first.server.say("bye", { room: 7, canvas: "c", reason: "removed", jitter: 0 });
  assert.deepEqual([first.line.status.state, first.line.status.reason], ["closed", "removed"]);
  const second = open();
  second.server.welcome();
  second.server.say("bye", { room: 7, canvas: "c", reason: "restart", jitter: 1500 });
  assert.equal(second.line.status.state, "offline");
  second.clock.pass(1600);
  second.server.welcome();
  assert.equal(second.line.status.state, "saved");
});

test("a canvas that is missing and a server that is newer", () => {
  const missing = open();
  missing.server.nack("missing", 0);
  assert.deepEqual([missing.line.status.state, missing.line.status.reason], ["closed", "missing"]);
  const newer = open();
  newer.server.say("connect_error", { message: "protocol" });
  assert.equal(newer.line.status.state, "reload");
});

/** A board with one note that the server knows, and one more that it does not. */
function yesterday(server: Y.Doc): { base: Uint8Array; own: Uint8Array[] } {
  addNote(server.getMap("notes") as Notes, { block: "a", author: "me", text: "shared" });
  const base = Y.encodeStateAsUpdate(server);
  const doc = new Y.Doc();
  Y.applyUpdate(doc, base);
  const own: Uint8Array[] = [];
  doc.on("update", (update: Uint8Array) => own.push(update));
  addNote(doc.getMap("notes") as Notes, { block: "a", author: "me", text: "from the train" });
  return { base, own };
}

/** A shelf that only remembers what it was told. */
class Notebook implements Shelf {
  readonly told: string[] = [];
  sibling: (updates: readonly Uint8Array[]) => void = () => undefined;
  known: Uint8Array | null = null;

  own(_update: Uint8Array, alone: boolean): void {
    this.told.push(alone ? "own alone" : "own");
  }

  shared(): void {
    this.told.push("shared");
  }

  settled(): void {
    this.told.push("settled");
  }

  base(): Promise<Uint8Array | null> {
    return Promise.resolve(this.known);
  }

  restart(): void {
    this.told.push("restart");
  }

  forget(butOwn: boolean): void {
    this.told.push(butOwn ? "forget but own" : "forget");
  }

  leave(pending: boolean): void {
    this.told.push(pending ? "leave pending" : "leave");
  }

  onSibling(listener: (updates: readonly Uint8Array[]) => void): void {
    this.sibling = listener;
  }
}

test("what this device kept is shown, taken for new only when pulled, and what was not sent is sent", () => {
  const server = new Server();
  const { base, own } = yesterday(server.doc);
  const { line, states } = open({ kept: { base, own }, socket: () => server });
  assert.equal(line.status.state, "stale");
  assert.equal(line.status.pending, 1);
  assert.deepEqual(texts(line.notes).sort(), ["from the train", "shared"]);
  assert.throws(() => write(line, "too early"));
  server.welcome();
  assert.equal(line.status.state, "merging");
  server.store();
  assert.equal(line.status.pending, 0);
  assert.deepEqual(texts(server.doc.getMap("notes") as Notes).sort(), ["from the train", "shared"]);
  assert.deepEqual(states, ["merging", "saved"]);
});

test("a deletion made in an earlier tab is sent too, though no clock tells of it", () => {
  const server = new Server();
  const { base } = yesterday(server.doc);
  const doc = new Y.Doc();
  Y.applyUpdate(doc, base);
  const own: Uint8Array[] = [];
  doc.on("update", (update: Uint8Array) => own.push(update));
  const notes = doc.getMap("notes") as Notes;
  notes.delete([...notes.keys()][0] ?? "");
  const { line } = open({ kept: { base, own }, socket: () => server });
  server.welcome();
  server.store();
  assert.equal(line.status.state, "saved");
  assert.equal((server.doc.getMap("notes") as Notes).size, 0);
});

test("opened without a network: the copy can be worked with, and the count goes on", () => {
  const server = new Server();
  const { base, own } = yesterday(server.doc);
  server.connect = () => undefined;
  const { line } = open({ kept: { base, own }, socket: () => server });
  line.cut();
  assert.deepEqual([line.status.state, line.status.pending, line.status.editable], ["offline", 1, true]);
  write(line, "more");
  assert.equal(line.status.pending, 2);
});

test("a server that does not answer is not waited for longer than four seconds", () => {
  const server = new Server();
  const { base } = yesterday(server.doc);
  server.connect = () => undefined;
  const { line, clock } = open({ kept: { base, own: [] }, socket: () => server });
  clock.pass(3000);
  assert.equal(line.status.editable, false);
  clock.pass(2000);
  assert.deepEqual([line.status.state, line.status.editable], ["offline", true]);
});

test("own changes alone, without a copy, show nothing until the board is there", () => {
  const server = new Server();
  const { own } = yesterday(server.doc);
  const { line } = open({ kept: { base: null, own }, socket: () => server });
  assert.deepEqual([line.status.state, line.status.pending, line.status.editable], ["connecting", 1, false]);
  server.welcome();
  server.store();
  assert.deepEqual(texts(server.doc.getMap("notes") as Notes).sort(), ["from the train", "shared"]);
  assert.equal(line.status.pending, 0);
});

test("the shelf hears what is mine, what the server has, and when all of it is acknowledged", () => {
  const shelf = new Notebook();
  const { line, server, clock } = open({ shelf });
  server.welcome();
  write(line, "one");
  clock.pass(50);
  write(line, "two");
  clock.pass(50);
  server.acknowledge(1);
  assert.equal(shelf.told.filter((word) => word === "settled").length, 1, "one change is still on its way");
  server.store();
  server.disconnect();
  write(line, "three");
  line.close();
  assert.deepEqual(shelf.told.filter((word) => word !== "shared"), ["settled", "own", "own", "settled", "own alone", "leave pending"]);
});

test("what another tab did counts here until it is acknowledged, and is not kept twice", () => {
  const shelf = new Notebook();
  const server = new Server();
  const { own } = yesterday(server.doc);
  const { line, clock } = open({ shelf, socket: () => server });
  server.welcome();
  shelf.sibling(own);
  assert.equal(line.status.pending, 1);
  clock.pass(50);
  server.store();
  assert.equal(line.status.pending, 0);
  assert.deepEqual(texts(server.doc.getMap("notes") as Notes).sort(), ["from the train", "shared"]);
  assert.ok(!shelf.told.includes("own"));
});

test("both changed, told from what the device kept before", async () => {
  const server = new Server();
  const { base } = yesterday(server.doc);
  const id = notesOf(server.doc.getMap("notes") as Notes)[0]?.id ?? "";
  const doc = new Y.Doc();
  Y.applyUpdate(doc, base);
  const own: Uint8Array[] = [];
  doc.on("update", (update: Uint8Array) => own.push(update));
  setText(doc.getMap("notes") as Notes, id, "shared by train");
  setText(server.doc.getMap("notes") as Notes, id, "not shared");
  const shelf = new Notebook();
  shelf.known = base;
  const { line } = open({ kept: { base, own }, shelf, socket: () => server });
  const merged = new Promise<MergeReport>((resolve) => line.on("merged", resolve));
  server.welcome();
  server.store();
  const { both } = await merged;
  assert.deepEqual(both.map((note) => [note.before?.text, note.mine?.text, note.theirs?.text]), [
    ["shared", "shared by train", "not shared"],
  ]);
  assert.deepEqual(texts(line.notes), ["not shared by train"]);
});

test("a lost right wipes the shelf; an ended session leaves my own changes for me", () => {
  for (const [reason, told] of [["removed", "forget"], ["session_ended", "forget but own"]] as const) {
    const shelf = new Notebook();
    const { server } = open({ shelf });
    server.welcome();
    server.say("bye", { room: 7, canvas: "c", reason, jitter: 0 });
    assert.equal(shelf.told.at(-1), told);
  }
});

test("another protocol or schema: an older page is loaded anew, a newer one waits and keeps what is typed", () => {
  for (const [numbers, state] of [[{ v: 2, schema: 1 }, "reload"], [{ v: 0, schema: 1 }, "offline"]] as const) {
    const server = new Server();
    const { base } = yesterday(server.doc);
    server.connect = () => undefined;
    const { line, clock } = open({ kept: { base, own: [] }, socket: () => server });
    server.say("connect_error", { message: "protocol", data: numbers });
    assert.deepEqual([line.status.state, line.status.editable], [state, state === "offline"]);
    let asked = 0;
    server.connect = () => (asked += 1);
    clock.pass(10_500);
    assert.equal(asked > 0, state === "offline");
  }
  for (const [schema, state] of [[2, "reload"], [0, "offline"]] as const) {
    const { line, server } = open();
    server.schema = 1;
    server.welcome();
    server.disconnect();
    write(line, "kept");
    server.connect();
    server.schema = schema;
    server.welcome();
    assert.equal(line.status.state, state);
    assert.equal(line.status.pending, 1);
    assert.equal(server.of("u").length, 0, "nothing is sent that would be refused");
  }
});

test("no network at all is offline at once, and back when the browser says so", () => {
  const { line, server } = open();
  server.welcome();
  line.cut();
  assert.equal(line.status.state, "offline");
  line.wake();
  server.welcome();
  assert.equal(line.status.state, "saved");
});

test("where I am is said at most ten times a second, the last word always", () => {
  const { line, server, clock } = open();
  server.welcome();
  for (let turn = 0; turn < 50; turn += 1) {
    line.here({ note: `n${String(turn)}` });
    clock.pass(10);
  }
  clock.pass(200);
  const said = server.of("aw").map(([, blob]) => Buffer.from(blob as Uint8Array).toString());
  assert.ok(said.length <= 7, String(said.length));
  assert.match(said.at(-1) ?? "", /"n49"/);
});

test("undo takes back my own changes only", () => {
  const { line, server, clock } = open();
  server.welcome();
  const undo = line.undo(0);
  write(line, "mine");
  clock.pass(50);
  server.store();
  addNote(server.doc.getMap("notes") as Notes, { block: "a", author: "you", text: "theirs" });
  const update = Y.encodeStateAsUpdate(server.doc);
  server.say("s", Uint8Array.from([7, 0, 0, ...update]));
  assert.deepEqual(texts(line.notes).sort(), ["mine", "theirs"]);
  undo.undo();
  assert.deepEqual(texts(line.notes), ["theirs"]);
  clock.pass(50);
  server.store();
  assert.deepEqual(texts(server.doc.getMap("notes") as Notes), ["theirs"]);
});
