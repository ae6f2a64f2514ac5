/**
 * Honest updates as Yjs itself makes them, for `tests/canvases/live/test_reader.py`: single changes,
 * merges, diffs, what was collected as garbage, several people. One JSON line of hex strings.
 */
import * as Y from "yjs";
import { addNote, moveNote, notesOf, removeNote, setText, setValue, type Notes } from "./notes.ts";

let seed = Number(process.argv[2] ?? "1");

function random(below: number): number {
  seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
  return Math.floor((seed / 0x7fffffff) * below) % below;
}

const docs = [1, 2 ** 31 + 7, 2 ** 32 - 1].map((client) => {
  const doc = new Y.Doc();
  doc.clientID = client;
  return doc;
});
const updates: Uint8Array[] = [];
for (const doc of docs) {
  doc.on("update", (update: Uint8Array, origin: unknown) => {
    if (origin === "other") return;
    updates.push(update);
    for (const other of docs) if (other !== doc) Y.applyUpdate(other, update, "other");
  });
}
const undos = docs.map((doc) => new Y.UndoManager(doc.getMap("notes"), { captureTimeout: 0 }));

for (let turn = 0; turn < 400; turn += 1) {
  const which = random(docs.length);
  const doc = docs[which] as Y.Doc;
  const notes = doc.getMap("notes") as Notes;
  const views = notesOf(notes);
  const view = views[random(Math.max(1, views.length))];
  const what = random(12);
  doc.transact(() => {
    if (view === undefined || what < 2) {
      addNote(notes, { block: `b${String(random(9))}`, author: "p", text: `Žluť ${String(turn)} 😀` });
    } else if (what < 7) {
      const at = random(view.text.length + 1);
      setText(notes, view.id, `${view.text.slice(0, at)}é😎x${view.text.slice(at + random(3))}`);
    } else if (what < 8) moveNote(notes, view.id, `b${String(random(9))}`);
    else if (what < 9) setValue(notes, view.id, "weight", 1 + random(5));
    else if (what < 10) removeNote(notes, view.id);
    else doc.getMap("meta").set("title", `Title ${String(turn)}`);
  });
  if (random(10) === 0) undos[which]?.undo();
}
const first = docs[0] as Y.Doc;
const wholes = [
  Y.encodeStateAsUpdate(first),
  Y.encodeStateAsUpdate(first, Y.encodeStateVectorFromUpdate(Y.mergeUpdates(updates.slice(0, 99)))),
  Y.mergeUpdates(updates),
  Y.mergeUpdates(updates.slice(0, 50)),
];
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const answer = {
  updates: updates.map(hex),
  wholes: wholes.map(hex),
  vector: hex(Y.encodeStateVector(first)),
  notes: notesOf(first.getMap("notes") as Notes).length,
};
process.stdout.write(JSON.stringify(answer));
