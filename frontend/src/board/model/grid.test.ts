import assert from "node:assert/strict";
import test from "node:test";
import { business } from "./business.fixture.ts";
import { beside, inOrder, nearest, readingOrder } from "./grid.ts";

test("blocks are read column by column, the foot row last", () => {
  assert.deepEqual(readingOrder(business).map((one) => one.id), [
    "partners", "activities", "resources", "value", "relationships", "channels", "segments", "costs", "revenue",
  ]);
});

test("arrows lead to the block beside, by where one stands", () => {
  const go = (from: string, way: "up" | "down" | "left" | "right", share?: number): string | null =>
    beside(business, from, way, share)?.id ?? null;
  assert.equal(go("value", "right", 0.2), "relationships");
  assert.equal(go("value", "right", 0.8), "channels");
  assert.equal(go("value", "left", 0.8), "resources");
  assert.equal(go("channels", "up"), "relationships");
  assert.equal(go("channels", "down"), "revenue");
  assert.equal(go("costs", "up", 0.1), "partners");
  assert.equal(go("costs", "up", 0.6), "resources");
  assert.equal(go("costs", "right"), "revenue");
  assert.equal(go("partners", "left"), null);
  assert.equal(go("revenue", "down"), null);
});

test("reading order ends at both ends", () => {
  const order = readingOrder(business);
  assert.equal(inOrder(order, "partners", -1), null);
  assert.equal(inOrder(order, "partners", 1)?.id, "activities");
  assert.equal(inOrder(order, "revenue", 1), null);
});

test("the nearest centre", () => {
  assert.equal(nearest([], 3), -1);
  assert.equal(nearest([10, 50, 90], 60), 1);
});
