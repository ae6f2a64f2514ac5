/** The examples of the wire, from the browser's side; pytest reads the same files. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as Y from "yjs";
import { addNote, moveNote, notesOf, setText, type Notes } from "./notes.ts";
import { between, scattered } from "./order.ts";
import { bytes, readFrame, writePlace } from "./protocol.ts";

const WIRE = new URL("../../../../tests/wire/", import.meta.url);

function examples(name: string): never[] {
  const revive = (_key: string, value: unknown): unknown =>
    typeof value === "object" && value !== null && "hex" in value
      ? new Uint8Array(Buffer.from(String(value.hex), "hex"))
      : value;
  return JSON.parse(readFileSync(new URL(name, WIRE), "utf8"), revive) as never[];
}

test("frames are read", () => {
  const frames: { room: number; acks: number[][]; others: object[]; update: Uint8Array; frame: Uint8Array }[] =
    examples("frames.json");
  for (const example of frames) {
    const frame = readFrame(example.frame);
    assert.equal(frame.room, example.room);
    assert.deepEqual(frame.acks, example.acks);
    assert.deepEqual(frame.others, example.others);
    assert.deepEqual(bytes(frame.update), bytes(example.update));
  }
});

test("order keys are those of the server", () => {
  const keys: { low: string; high: string; key: string }[] = examples("order.json");
  for (const { low, high, key } of keys) assert.equal(between(low, high), key);
});

test("order keys stay in order", () => {
  const keys = [between("", "")];
  for (let turn = 0; turn < 300; turn += 1) {
    keys.push(scattered(between(keys.at(-1) ?? "", "")));
    keys.unshift(scattered(between("", keys[0] ?? "")));
    const middle = keys.length >> 1;
    keys.splice(middle, 0, scattered(between(keys[middle - 1] ?? "", keys[middle] ?? "")));
  }
  assert.deepEqual(keys, [...keys].sort((a, b) => (a < b ? -1 : 1)));
  assert.equal(new Set(keys).size, keys.length);
});

test("a place is written as the server reads it", () => {
  const places: { event: string; good: boolean; client: number; place: never; values: [number, Uint8Array] }[] =
    examples("up.json");
  for (const example of places) {
    if (example.event !== "aw" || !example.good) continue;
    assert.deepEqual(writePlace(example.client, example.place), bytes(example.values[1]));
  }
});

test("what a server sends can be opened", () => {
  const messages: { event: string; payload: { diff: Uint8Array } }[] = examples("down.json");
  const joined = messages.find((message) => message.event === "joined");
  assert.ok(joined);
  const doc = new Y.Doc();
  Y.applyUpdate(doc, joined.payload.diff);
  const notes = notesOf(doc.getMap("notes") as Notes);
  assert.deepEqual(
    notes.map((note) => [note.id, note.text, note.weight]),
    [["n1", "Žluť 😀", 3]],
  );
});

test("two people change one text and keep both words", () => {
  const one = new Y.Doc();
  const notes = one.getMap("notes") as Notes;
  const id = addNote(notes, { block: "a", author: "x", text: "Core 😀 facilities" });
  const two = new Y.Doc();
  Y.applyUpdate(two, Y.encodeStateAsUpdate(one));
  setText(notes, id, "Our core 😀 facilities");
  setText(two.getMap("notes") as Notes, id, "Core 😎 facilities in Italy");
  Y.applyUpdate(one, Y.encodeStateAsUpdate(two));
  Y.applyUpdate(two, Y.encodeStateAsUpdate(one));
  const text = notesOf(notes)[0]?.text;
  assert.equal(text, "Our core 😎 facilities in Italy");
  assert.equal(notesOf(two.getMap("notes") as Notes)[0]?.text, text);
});

test("text keeps whole characters only", () => {
  const doc = new Y.Doc();
  const notes = doc.getMap("notes") as Notes;
  const id = addNote(notes, { block: "a", author: "x", text: "a\u0000b\ud83d" });
  assert.equal(notesOf(notes)[0]?.text, "ab\ufffd");
  setText(notes, id, "\ude00");
  assert.equal(notesOf(notes)[0]?.text, "\ufffd");
});

test("notes are placed first, behind and last", () => {
  const notes = new Y.Doc().getMap("notes") as Notes;
  const add = (text: string, behind?: string | null): string =>
    addNote(notes, { block: "a", author: "x", text, ...(behind === undefined ? {} : { behind }) });
  const b = add("b");
  add("d");
  add("a", null);
  add("c", b);
  assert.deepEqual(notesOf(notes).map((note) => note.text), ["a", "b", "c", "d"]);
  moveNote(notes, b, "a");
  assert.deepEqual(notesOf(notes).map((note) => note.text), ["a", "c", "d", "b"]);
});
