/** What a change says of itself: the board draws that much and no more. */
import assert from "node:assert/strict";
import test from "node:test";
import * as Y from "yjs";
import { business } from "./business.fixture.ts";
import { Store, type Change } from "./store.ts";

function board(): { store: Store; last: () => Change; add: (block: string) => string } {
  const doc = new Y.Doc();
  const origin = {};
  const store = new Store({ doc, origin, edit: (change) => doc.transact(change, origin) }, business);
  const changes: Change[] = [];
  store.onChange((change) => changes.push(change));
  return {
    store,
    last: () => changes.at(-1)!,
    add: (block) => store.add({ block, index: 99, text: "words", author: "x" }),
  };
}

const [here, there] = business.blocks.map((block) => block.id) as [string, string];

test("a new text or status moves nothing", () => {
  const { store, last, add } = board();
  const id = add(here);
  assert.deepEqual([[...last().placed], [...last().blocks]], [[id], [here]]);
  store.write(id, { at: 0, remove: 0, insert: "more " });
  assert.deepEqual([[...last().changed], [...last().placed], [...last().blocks]], [[id], [], []]);
  store.set([id], "status", "testing");
  assert.deepEqual([[...last().changed], [...last().placed], [...last().blocks]], [[id], [], []]);
});

test("a move names the note and both blocks, a removal the block", () => {
  const { store, last, add } = board();
  const [first, second] = [add(here), add(here)];
  store.move([second], there, 0);
  assert.deepEqual([[...last().placed], [...last().blocks].sort()], [[second], [here, there].sort()]);
  store.move([second], here, 0);
  assert.deepEqual(store.line(here), [second, first]);
  store.remove([first]);
  assert.deepEqual([[...last().removed.keys()], [...last().placed], [...last().blocks]], [[first], [], [here]]);
});

test("the notes of each status are counted as they change", () => {
  const { store, add } = board();
  const [first, second] = [add(here), add(there)];
  store.set([first], "status", "supported");
  assert.deepEqual(store.tally, { untested: 1, testing: 0, supported: 1, refuted: 0, parked: 0 });
  store.remove([first, second]);
  assert.deepEqual(store.tally, { untested: 0, testing: 0, supported: 0, refuted: 0, parked: 0 });
  const again = new Store(store.desk, business);
  assert.deepEqual(again.tally, store.tally);
});
