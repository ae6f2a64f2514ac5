import assert from "node:assert/strict";
import test from "node:test";
import { business } from "./business.fixture.ts";
import { isHome, stride, type Pickup, type Stride } from "./pickup.ts";

const counts: Record<string, number> = { partners: 2, activities: 0, resources: 1, value: 2, costs: 3 };
const count = (block: string): number => counts[block] ?? 0;

function walk(block: string, index: number, ...steps: Stride[]): [string, number] {
  let pickup: Pickup = { ids: ["n"], home: { block, index }, at: { block, index } };
  for (const by of steps) pickup = stride(pickup, by, business, count);
  return [pickup.at.block, pickup.at.index];
}

test("up and down move within the block and across its edge", () => {
  assert.deepEqual(walk("value", 1, "up"), ["value", 0]);
  assert.deepEqual(walk("value", 1, "down"), ["value", 2]);
  assert.deepEqual(walk("value", 2, "down"), ["costs", 0]);
  assert.deepEqual(walk("resources", 0, "up"), ["activities", 0]);
  assert.deepEqual(walk("value", 0, "up"), ["value", 0]);
});

test("left and right move to the block beside, at most to its end", () => {
  assert.deepEqual(walk("value", 2, "left"), ["resources", 1]);
  assert.deepEqual(walk("value", 0, "left"), ["activities", 0]);
  assert.deepEqual(walk("partners", 0, "left"), ["partners", 0]);
});

test("home, end and the page keys", () => {
  assert.deepEqual(walk("costs", 1, "first"), ["costs", 0]);
  assert.deepEqual(walk("costs", 1, "last"), ["costs", 3]);
  assert.deepEqual(walk("partners", 1, "next-block"), ["activities", 0]);
  assert.deepEqual(walk("partners", 1, "previous-block"), ["partners", 1]);
});

test("going and coming back is home again", () => {
  let pickup: Pickup = { ids: ["n"], home: { block: "value", index: 1 }, at: { block: "value", index: 1 } };
  pickup = stride(pickup, "up", business, count);
  assert.equal(isHome(pickup), false);
  pickup = stride(pickup, "down", business, count);
  assert.equal(isHome(pickup), true);
});
