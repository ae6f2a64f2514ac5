import assert from "node:assert/strict";
import test from "node:test";
import { business } from "./business.fixture.ts";
import { rehearse } from "./warmup.ts";

test("the rehearsal ends on every grid, also with a single block or none", () => {
  for (const blocks of [business.blocks, business.blocks.slice(0, 1), []]) {
    assert.ok([...rehearse({ ...business, blocks })].length > 5);
  }
});
