/** The states of the line, against a socket and a clock that the test holds in its hands. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as Y from "yjs";
import { open, texts, write } from "./hands.fixture.ts";
import { addNote, notesOf, type Notes } from "./notes.ts";
import type { BothChanged, MergeReport, Offer } from "./types.ts";

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

test("others are told of when they move, not when I do", () => {
  const { line, server } = open();
  server.welcome();
  let told = 0;
  line.on("peers", () => { told += 1; });
  const at = { note: "n", block: "a", typing: false };
  const shown = { person: "p", name: "Ana Reis", colour: 0, role: "editor", at };
  const aware = (session: number): void => {
    const words = new TextEncoder().encode(JSON.stringify([{ ...shown, session }]));
    server.say("s", Uint8Array.from([7, 0, words.length % 128 + 128, words.length >> 7, ...words]));
  };
  aware(server.session);
  assert.deepEqual([told, line.peers.size], [0, 0]);
  aware(99);
  assert.deepEqual([told, line.peers.get(99)?.at.note], [1, "n"]);
});
