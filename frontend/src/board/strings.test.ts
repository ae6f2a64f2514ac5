import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import test from "node:test";
import strings from "./strings.json";
import { Words } from "./model/words.ts";

/** The sources, whether the tests run from the project or from its frontend folder. */
const folder = ["src/board", "frontend/src/board"].find((path) => {
  try {
    return readdirSync(path).includes("strings.json");
  } catch {
    return false;
  }
});

function sources(): string {
  const names = readdirSync(folder!, { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(".ts") && !name.includes(".test.") && !name.startsWith("sync"))
    .map((name) => readFileSync(`${folder}/${name}`, "utf8")).join("\n");
}

test("every word that the board says is in the table, and every word of the table is said", () => {
  const code = sources();
  const said = new Set<string>();
  for (const found of code.matchAll(/"([a-z]+(?:_[a-z0-9]+)*)"/g)) said.add(found[1]!);
  const made = [...code.matchAll(/`([a-z]+_(?:[a-z]+_)*)\$\{/g)].map((found) => found[1]!);
  for (const key of Object.keys(strings)) {
    assert.ok(said.has(key) || made.some((start) => key.startsWith(start)), `nobody says "${key}"`);
  }
  for (const found of code.matchAll(/say\("([a-z0-9_]+)"/g)) assert.ok(found[1]! in strings, `no words for "${found[1]}"`);
});

test("plural sentences follow the rules of the language", () => {
  const words = new Words({ notes: { one: "%(count)s poznámka", few: "%(count)s poznámky", other: "%(count)s poznámek" } }, "cs");
  assert.equal(words.say("notes", { count: 1 }), "1 poznámka");
  assert.equal(words.say("notes", { count: 3 }), "3 poznámky");
  assert.equal(words.say("notes", { count: 5 }), "5 poznámek");
});

test("places are filled literally, per cent signs stay", () => {
  const words = new Words({ deleted: "%(name)s deleted 100 %%" }, "en");
  assert.equal(words.say("deleted", { name: "$& %(name)s <b>" }), "$& %(name)s <b> deleted 100 %");
  assert.throws(() => words.say("nothing"));
});
