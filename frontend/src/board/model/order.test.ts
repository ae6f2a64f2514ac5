import assert from "node:assert/strict";
import test from "node:test";
import { compareOrder, keyBetween, place, type Placed } from "./order.ts";

test("a key lies strictly between its neighbours and never ends in zero", () => {
  const keys: string[] = [];
  let seed = 7;
  const random = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647;
  for (let i = 0; i < 3000; i++) {
    const at = Math.floor(random() * (keys.length + 1));
    const key = keyBetween(keys[at - 1] ?? null, keys[at] ?? null);
    assert.ok(key !== null);
    assert.ok(at === 0 || keys[at - 1]! < key);
    assert.ok(at === keys.length || key < keys[at]!);
    assert.doesNotMatch(key, /0$/);
    keys.splice(at, 0, key);
  }
});

test("there is no key where there is no room, or beside a foreign key", () => {
  assert.equal(keyBetween("V", "V"), null);
  assert.equal(keyBetween("W", "V"), null);
  assert.equal(keyBetween("é", null), null);
  assert.equal(keyBetween("V", "V0"), null);
});

const sorted = (all: Placed[]): string[] => [...all].sort(compareOrder).map((one) => one.id);

function placing(siblings: Placed[], index: number, ids: string[]): { line: string[]; touched: number } {
  const keys = place(siblings, index, ids);
  const all = [
    ...siblings.map((one) => ({ id: one.id, order: keys.get(one.id) ?? one.order })),
    ...ids.map((id) => ({ id, order: keys.get(id)! })),
  ];
  return { line: sorted(all), touched: keys.size };
}

test("placing writes only the placed notes when there is room", () => {
  const siblings = [{ id: "a", order: "A" }, { id: "b", order: "B" }];
  assert.deepEqual(placing(siblings, 1, ["x", "y"]), { line: ["a", "x", "y", "b"], touched: 2 });
  assert.deepEqual(placing([], 0, ["x"]), { line: ["x"], touched: 1 });
  assert.deepEqual(placing(siblings, 99, ["x"]).line, ["a", "b", "x"]);
});

test("equal keys of two people are numbered anew, no further than needed", () => {
  const twins = [{ id: "a", order: "V" }, { id: "b", order: "V" }, { id: "c", order: "k" }];
  assert.deepEqual(placing(twins, 1, ["x"]), { line: ["a", "x", "b", "c"], touched: 2 });
});

test("foreign keys in front are replaced by our own", () => {
  const foreign = [{ id: "a", order: "" }, { id: "b", order: "~" }];
  assert.deepEqual(placing(foreign, 2, ["x"]).line, ["a", "b", "x"]);
});
