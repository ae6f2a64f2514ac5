/** The line with a device that keeps the board: offline, other tabs, other protocols, lost rights. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as Y from "yjs";
import { Server, open, texts, write } from "./hands.fixture.ts";
import { addNote, notesOf, setText, type Notes } from "./notes.ts";
import type { MergeReport, Shelf } from "./types.ts";

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
