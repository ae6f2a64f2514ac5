import assert from "node:assert/strict";
import test from "node:test";
import { everything, isFiltering, shows, toggleStatus } from "./filter.ts";
import type { Note } from "./notes.ts";

const note: Note = {
  id: "n", block: "b", order: "V", text: "Kúpna cena pod 40 €", status: "testing", tier: "team", kind: "", weight: 3, author: "a",
};

test("without a filter every note is shown", () => {
  assert.equal(isFiltering(everything), false);
  assert.ok(shows(everything, note));
});

test("every word must occur, without regard to case and accents", () => {
  assert.ok(shows({ ...everything, words: "CENA kupna" }, note));
  assert.ok(!shows({ ...everything, words: "cena 50" }, note));
  assert.ok(shows({ ...everything, words: "   " }, note));
});

test("statuses add up and can be taken out again", () => {
  const refuted = toggleStatus(everything, "refuted");
  assert.ok(!shows(refuted, note));
  assert.ok(shows(toggleStatus(refuted, "testing"), note));
  assert.equal(isFiltering(toggleStatus(refuted, "refuted")), false);
});
