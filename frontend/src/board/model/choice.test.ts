import assert from "node:assert/strict";
import test from "node:test";
import { affected, all, clear, extend, mark, only, standAt, toggle, without } from "./choice.ts";

const line = ["a", "b", "c", "d"];

test("an action acts on the current note, or on all chosen when it is one of them", () => {
  assert.deepEqual(affected(only("b"), line), ["b"]);
  const two = mark(mark(only("c"), "c"), "a");
  assert.deepEqual(affected(two, line), ["a", "c"]);
  assert.deepEqual(affected(standAt(two, "d"), line), ["d"]);
});

test("Ctrl click beside the current note means both", () => {
  assert.deepEqual(affected(toggle(only("b"), "d"), line), ["b", "d"]);
});

test("a range grows and shrinks from its anchor", () => {
  let choice = extend(only("b"), "c", line);
  choice = extend(choice, "d", line);
  assert.deepEqual([...choice.chosen], ["b", "c", "d"]);
  choice = extend(choice, "a", line);
  assert.deepEqual([...choice.chosen], ["a", "b"]);
});

test("whole block, clear, and notes that vanish", () => {
  const whole = all(only("a"), line);
  assert.equal(whole.chosen.size, 4);
  assert.deepEqual(affected(clear(whole), line), ["a"]);
  const left = without(whole, new Set(["a", "b"]));
  assert.equal(left.current, null);
  assert.deepEqual(affected(left, line), ["c", "d"]);
});
