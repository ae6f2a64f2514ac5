import assert from "node:assert/strict";
import test from "node:test";
import * as Y from "yjs";
import { carry, carryEdit, smallestEdit, type Step } from "./diff.ts";

test("the smallest edit of a typed, deleted and replaced text", () => {
  assert.equal(smallestEdit("same", "same", 2), null);
  assert.deepEqual(smallestEdit("ct", "cat", 2), { at: 1, remove: 0, insert: "a" });
  assert.deepEqual(smallestEdit("cart", "cat", 2), { at: 2, remove: 1, insert: "" });
  assert.deepEqual(smallestEdit("one two", "one three", 9), { at: 5, remove: 2, insert: "hree" });
  assert.deepEqual(smallestEdit("", "paste", 5), { at: 0, remove: 0, insert: "paste" });
  assert.deepEqual(smallestEdit("gone", "", 0), { at: 0, remove: 4, insert: "" });
});

test("a repeated letter is put where the caret is", () => {
  assert.deepEqual(smallestEdit("foot", "fooot", 2), { at: 1, remove: 0, insert: "o" });
  assert.deepEqual(smallestEdit("foot", "fooot", 4), { at: 3, remove: 0, insert: "o" });
});

test("applying the edit gives the text, for random changes and any caret", () => {
  let seed = 11;
  const random = (most: number): number => (seed = (seed * 48271) % 2147483647) % most;
  const signs = ["a", "b", "😀", "é"];
  const word = (): string => Array.from({ length: random(6) }, () => signs[random(4)]!).join("");
  for (let i = 0; i < 4000; i++) {
    const before = word() + word();
    const after = word() + word();
    const change = smallestEdit(before, after, random(after.length + 1));
    const made = change ? before.slice(0, change.at) + change.insert + before.slice(change.at + change.remove) : before;
    assert.equal(made, after);
    if (change) assert.doesNotMatch(change.insert, /^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/);
  }
});

test("a caret is carried through the edits of others", () => {
  assert.equal(carry(5, [{ insert: "ab" }]), 7);
  assert.equal(carry(5, [{ retain: 5 }, { insert: "ab" }]), 7);
  assert.equal(carry(5, [{ retain: 5 }, { insert: "ab" }], true), 5);
  assert.equal(carry(5, [{ retain: 6 }, { insert: "ab" }]), 5);
  assert.equal(carry(5, [{ delete: 2 }]), 3);
  assert.equal(carry(5, [{ retain: 3 }, { delete: 10 }]), 3);
  assert.equal(carry(5, [{ retain: 1 }, { delete: 1 }, { insert: "xyz" }]), 7);
});

test("an edit made on an old text lands right in the newer one, as if merged by character", () => {
  let seed = 5;
  const random = (most: number): number => (seed = (seed * 48271) % 2147483647) % most;
  for (let i = 0; i < 500; i++) {
    const doc = new Y.Doc();
    const text = doc.getText("t");
    text.insert(0, "0123456789");
    const at = random(10);
    const mine = { at, remove: random(3) && Math.min(2, 10 - at), insert: "ME" };
    const deltas: Step[][] = [];
    text.observe((event) => deltas.push(event.delta as Step[]));
    for (let n = 0; n < 3; n++) {
      if (random(2)) text.insert(random(text.length + 1), "xy".slice(0, 1 + random(2)));
      else if (text.length > 2) text.delete(random(text.length - 2), 2);
    }
    const carried = carryEdit(mine, deltas);
    assert.ok(carried.at >= 0 && carried.at + carried.remove <= text.length);
    const doomed = "0123456789".slice(mine.at, mine.at + mine.remove);
    const before = text.toString();
    const after = before.slice(0, carried.at) + carried.insert + before.slice(carried.at + carried.remove);
    for (const sign of doomed) assert.ok(!after.includes(sign), `${before} -> ${after} keeps ${sign}`);
    for (const sign of before.replace(/[xy]/g, "")) {
      if (!doomed.includes(sign)) assert.ok(after.includes(sign), `${before} -> ${after} lost ${sign}`);
    }
  }
});
