import assert from "node:assert/strict";
import test from "node:test";
import * as Y from "yjs";
import type { Grid } from "./grid.ts";
import { Store } from "./store.ts";
import { Undo } from "./undo.ts";

const grid: Grid = {
  cols: 2, rows: 1,
  blocks: [
    { id: "left", title: "Left", questions: [], x: 0, y: 0, w: 1, h: 1 },
    { id: "right", title: "Right", questions: [], x: 1, y: 0, w: 1, h: 1 },
  ],
};

interface Person {
  store: Store;
  undo: Undo;
}

function two(): { ana: Person; ben: Person; sync: () => void } {
  const person = (): Person => {
    const doc = new Y.Doc();
    const origin = {};
    const store = new Store({ doc, origin, edit: (change) => doc.transact(change, origin) }, grid);
    return { store, undo: new Undo(store) };
  };
  const ana = person();
  const ben = person();
  const sync = (): void => {
    const [a, b] = [ana.store.desk.doc, ben.store.desk.doc];
    Y.applyUpdate(b, Y.encodeStateAsUpdate(a, Y.encodeStateVector(b)), "line");
    Y.applyUpdate(a, Y.encodeStateAsUpdate(b, Y.encodeStateVector(a)), "line");
  };
  return { ana, ben, sync };
}

const add = (who: Person, text = "", block = "left"): string =>
  who.undo.step(() => who.store.add({ block, index: 99, text, author: "x" }));

const textOf = (who: Person, id: string): string | undefined => who.store.notes.get(id)?.text;

test("undo takes back my step and not the one of the other person after it", () => {
  const { ana, ben, sync } = two();
  const id = add(ana, "price");
  sync();
  ana.undo.step(() => ana.store.set([id], "status", "testing"));
  sync();
  ben.undo.step(() => ben.store.move([id], "right", 0));
  sync();
  ana.undo.undo();
  sync();
  for (const who of [ana, ben]) {
    assert.equal(who.store.notes.get(id)?.status, "untested");
    assert.equal(who.store.notes.get(id)?.block, "right");
  }
});

test("a status that somebody else set later stays", () => {
  const { ana, ben, sync } = two();
  const id = add(ana, "price");
  sync();
  ana.undo.step(() => ana.store.set([id], "status", "testing"));
  sync();
  ben.undo.step(() => ben.store.set([id], "status", "refuted"));
  sync();
  ana.undo.undo();
  sync();
  assert.equal(ana.store.notes.get(id)?.status, "refuted");
  assert.equal(ben.store.notes.get(id)?.status, "refuted");
});

test("typing of two people in one note: undo removes only my characters", () => {
  const { ana, ben, sync } = two();
  const id = add(ana, "");
  sync();
  for (const [i, sign] of [..."hello"].entries()) {
    ana.undo.typing(() => ana.store.write(id, { at: i, remove: 0, insert: sign }));
    sync();
    ben.undo.typing(() => ben.store.write(id, { at: ben.store.text(id)!.length, remove: 0, insert: "." }));
    sync();
    const text = textOf(ana, id)!;
    // Keep Ana's letters together in front so that the next position is right.
    assert.ok(text.startsWith("hello".slice(0, i + 1)), text);
  }
  ana.undo.undo();
  sync();
  assert.equal(textOf(ana, id), ".....");
  assert.equal(textOf(ben, id), ".....");
  ben.undo.undo();
  sync();
  assert.equal(textOf(ana, id), "");
});

test("undoing my new note leaves it when somebody wrote in it", () => {
  const { ana, ben, sync } = two();
  const id = add(ana, "", "right");
  sync();
  ben.undo.typing(() => ben.store.write(id, { at: 0, remove: 0, insert: "Ben was here" }));
  sync();
  ana.undo.undo();
  sync();
  for (const who of [ana, ben]) {
    assert.equal(textOf(who, id), "Ben was here");
    assert.equal(who.store.notes.get(id)?.block, "right");
  }
});

test("undoing my new note removes it when nobody touched it, redo brings it back", () => {
  const { ana, ben, sync } = two();
  const id = add(ana, "mine");
  sync();
  ana.undo.undo();
  sync();
  assert.equal(ben.store.notes.size, 0);
  ana.undo.redo();
  sync();
  assert.equal(textOf(ben, id), "mine");
});

test("a deleted note comes back whole, with what both had written", () => {
  const { ana, ben, sync } = two();
  const id = add(ana, "one");
  sync();
  ben.undo.typing(() => ben.store.write(id, { at: 3, remove: 0, insert: " two" }));
  sync();
  ana.undo.step(() => ana.store.remove([id]));
  sync();
  assert.equal(ben.store.notes.size, 0);
  ana.undo.undo();
  sync();
  assert.equal(textOf(ben, id), "one two");
  assert.equal(ben.store.notes.get(id)?.block, "left");
});

test("two discrete steps in the same moment are two steps", () => {
  const { ana } = two();
  const id = add(ana, "a");
  ana.undo.step(() => ana.store.set([id], "status", "testing"));
  ana.undo.step(() => ana.store.set([id], "status", "supported"));
  ana.undo.undo();
  assert.equal(ana.store.notes.get(id)?.status, "testing");
  ana.undo.undo();
  assert.equal(ana.store.notes.get(id)?.status, "untested");
});

test("leaving an editor without saving goes back to the mark, others' text stays", () => {
  const { ana, ben, sync } = two();
  const id = add(ana, "start");
  sync();
  const mark = ana.undo.mark();
  ana.undo.typing(() => ana.store.write(id, { at: 0, remove: 5, insert: "" }));
  ana.undo.typing(() => ana.store.write(id, { at: 0, remove: 0, insert: "other" }));
  ben.undo.typing(() => ben.store.write(id, { at: 5, remove: 0, insert: "!" }));
  sync();
  ana.undo.backTo(mark);
  sync();
  assert.equal(textOf(ana, id), "start!");
  assert.equal(textOf(ben, id), "start!");
  assert.ok(ana.undo.canUndo);
});

test("going back to a mark never reaches below it, even when nothing is left to undo", () => {
  const { ana } = two();
  const id = add(ana, "start");
  const mark = ana.undo.mark();
  ana.undo.typing(() => ana.store.write(id, { at: 5, remove: 0, insert: "x" }));
  ana.undo.typing(() => ana.store.write(id, { at: 5, remove: 1, insert: "" }));
  ana.undo.backTo(mark);
  assert.equal(textOf(ana, id), "start");
  ana.undo.undo();
  assert.equal(ana.store.notes.size, 0);
});

test("when the line exchanges its document, the store follows and undo begins anew", () => {
  const origin = {};
  const desk = { doc: new Y.Doc(), origin, edit<T>(change: () => T): T { return this.doc.transact(change, origin); } };
  const store = new Store(desk, grid);
  const undo = new Undo(store);
  const kept = undo.step(() => store.add({ block: "left", index: 0, text: "kept", author: "x" }));
  const saved = Y.encodeStateAsUpdate(desk.doc);
  const refused = undo.step(() => store.add({ block: "right", index: 0, text: "refused", author: "x" }));
  const seen: string[] = [];
  store.onChange((change) => seen.push(...change.removed.keys(), String(change.replaced)));
  desk.doc = new Y.Doc();
  Y.applyUpdate(desk.doc, saved);
  store.rebind();
  undo.renew();
  assert.deepEqual(seen, [refused, "true"]);
  assert.deepEqual([...store.notes.keys()], [kept]);
  assert.equal(undo.canUndo, false);
  undo.step(() => store.set([kept], "status", "parked"));
  undo.undo();
  assert.equal(store.notes.get(kept)?.status, "untested");
});
