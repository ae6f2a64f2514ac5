/** What both sides changed while they could not hear each other. */
import * as Y from "yjs";
import { notesOf, type NoteView, type Notes } from "./notes.ts";
import type { BothChanged } from "./types.ts";

const SAID = ["text", "block", "status", "tier", "kind", "weight"] as const;

type Views = ReadonlyMap<string, NoteView>;

export function viewsOf(doc: Y.Doc): Views {
  return new Map(notesOf(doc.getMap("notes") as Notes).map((note) => [note.id, note]));
}

/** Both gone, or equal in everything that people see; the place within a block does not count. */
export function alike(one: NoteView | undefined, two: NoteView | undefined): boolean {
  if (!one || !two) return one === two;
  return SAID.every((key) => one[key] === two[key]);
}

/**
 * Notes that I changed and somebody else changed differently.
 * `base`: what both knew; `mine`: my notes before anything new came; `news`: what the server sent.
 */
export function bothChanged(base: Uint8Array, mine: Views, news: Uint8Array): BothChanged[] {
  const shared = new Y.Doc();
  Y.applyUpdate(shared, base);
  const before = viewsOf(shared);
  Y.applyUpdate(shared, news);
  const theirs = viewsOf(shared);
  shared.destroy();
  const found: BothChanged[] = [];
  for (const id of new Set([...before.keys(), ...mine.keys()])) {
    const [old, here, there] = [before.get(id), mine.get(id), theirs.get(id)];
    if (alike(old, here) || alike(old, there) || alike(here, there)) continue;
    found.push({ id, before: old ?? null, mine: here ?? null, theirs: there ?? null });
  }
  return found;
}

/** The notes that differ between two states, as they are in the second. */
export function changedSince(base: Uint8Array, now: Views): NoteView[] {
  const shared = new Y.Doc();
  Y.applyUpdate(shared, base);
  const before = viewsOf(shared);
  shared.destroy();
  return [...now.values()].filter((note) => !alike(before.get(note.id), note));
}
