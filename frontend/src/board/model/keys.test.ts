import assert from "node:assert/strict";
import test from "node:test";
import { command, type Press } from "./keys.ts";

const press = (key: string, more: Partial<Press> = {}): Press =>
  ({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...more });

test("the keyboard table", () => {
  const table: [Press, unknown][] = [
    [press("ArrowUp"), { do: "go", by: "up" }],
    [press("PageDown"), { do: "go", by: "next-block" }],
    [press("ArrowDown", { shiftKey: true }), { do: "extend", by: "down" }],
    [press("n"), { do: "new" }], [press("N", { shiftKey: true }), { do: "new" }],
    [press("F2"), { do: "edit" }], [press("Enter"), { do: "edit" }],
    [press(" "), { do: "pick-up" }], [press("m"), { do: "move-menu" }],
    [press("1"), { do: "status", status: "untested" }], [press("4"), { do: "status", status: "refuted" }],
    [press("e"), { do: "evidence" }], [press("c"), { do: "comments" }],
    [press("x"), { do: "mark" }], [press("a", { ctrlKey: true }), { do: "all" }],
    [press("Escape"), { do: "clear" }], [press("Delete"), { do: "delete" }],
    [press("z", { metaKey: true }), { do: "undo" }], [press("Z", { ctrlKey: true, shiftKey: true }), { do: "redo" }],
    [press("h"), { do: "history" }], [press("/"), { do: "filter" }], [press("?", { shiftKey: true }), { do: "shortcuts" }],
    [press("F10", { shiftKey: true }), { do: "note-menu" }],
    [press("q"), null], [press("6"), null], [press("n", { ctrlKey: true }), null], [press("n", { altKey: true }), null],
    [press("Tab"), null],
  ];
  for (const [given, wanted] of table) assert.deepEqual(command(given, true), wanted, given.key);
});

test("letters can be turned off, the other keys stay", () => {
  for (const key of ["n", "m", "1", "x", "/", "?"]) assert.equal(command(press(key), false), null);
  assert.deepEqual(command(press("Enter"), false), { do: "edit" });
  assert.deepEqual(command(press(" "), false), { do: "pick-up" });
  assert.deepEqual(command(press("z", { ctrlKey: true }), false), { do: "undo" });
});

test("arrows follow the writing direction", () => {
  assert.deepEqual(command(press("ArrowLeft"), true, true), { do: "go", by: "right" });
});
