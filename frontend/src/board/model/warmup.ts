/**
 * Everything that people do to a board, once, on one that nobody sees and that goes nowhere. A browser
 * prepares code when it runs for the first time; otherwise the first note, and the first change of
 * somebody else, would wait for that.
 */
import * as Y from "yjs";
import type { Grid } from "./grid.ts";
import { Store } from "./store.ts";
import { Undo } from "./undo.ts";

const UNHURRIED_MS = 200;

export function* rehearse(grid: Grid): Generator<void> {
  const [mine, theirs] = [new Y.Doc(), new Y.Doc()];
  const storeOf = (doc: Y.Doc): Store => {
    const origin = {};
    return new Store({ doc, origin, edit: (change) => doc.transact(change, origin) }, grid);
  };
  const [store, other] = [storeOf(mine), storeOf(theirs)];
  mine.on("update", (update: Uint8Array) => Y.applyUpdate(theirs, update));
  const undo = new Undo(store);
  const [here, there] = [grid.blocks[0]?.id ?? "", grid.blocks[1]?.id ?? ""];
  const add = (): string => store.add({ block: here, index: 0, text: "a", author: "" });
  yield;
  const ids = [undo.step(add), undo.step(add)];
  yield;
  undo.typing(() => store.write(ids[0]!, { at: 0, remove: 1, insert: "b" }));
  yield;
  undo.step(() => store.set(ids, "status", "testing"));
  yield;
  undo.step(() => store.move(ids, there, 0));
  yield;
  undo.step(() => store.remove(ids));
  yield;
  undo.undo();
  yield;
  undo.undo();
  undo.redo();
  yield;
  undo.close();
  store.close();
  other.close();
  mine.destroy();
  theirs.destroy();
}

/** Step by step, whenever the browser has nothing to do. */
export function warmUp(grid: Grid): void {
  const steps = rehearse(grid);
  const idle = globalThis.requestIdleCallback ?? ((call: () => void) => setTimeout(call, UNHURRIED_MS));
  const go = (): void => {
    if (!steps.next().done) idle(go);
  };
  idle(go);
}
