/** Verbs on the shared notes. Call them inside `connection.edit`, which makes one undo step of it. */
import * as Y from "yjs";
import { between, scattered } from "./order.ts";
import type { NoteFields, NoteKind, NoteMap, NoteStatus, NoteTier } from "./types.ts";

export type Notes = Y.Map<NoteMap>;

export interface NoteDraft {
  block: string;
  text?: string;
  author: string;
  status?: NoteStatus;
  tier?: NoteTier;
  kind?: NoteKind;
  weight?: number;
  /** Place it behind this note of the same block; null: first; left out: last. */
  behind?: string | null;
}

/** A note as plain values, for drawing. */
export type NoteView = Omit<NoteFields, "text"> & { readonly id: string; readonly text: string };

/** A random name for a note: 128 bits, 22 URL-safe characters. */
export function newNoteId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** All notes as plain values, in the order of their block. */
export function notesOf(notes: Notes): NoteView[] {
  const views: NoteView[] = [];
  notes.forEach((note, id) => {
    const value = (key: keyof NoteFields): never => note.get(key) as never;
    const text = note.get("text");
    views.push({
      id,
      block: value("block"),
      order: value("order"),
      text: text instanceof Y.Text ? text.toString() : "",
      status: value("status"),
      tier: value("tier"),
      kind: value("kind"),
      weight: value("weight"),
      author: value("author"),
      created: value("created"),
    });
  });
  return views.sort(inOrder);
}

export function inOrder(a: { order: string; id: string }, b: { order: string; id: string }): number {
  if (a.order !== b.order) return a.order < b.order ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

/** Add a note and give its id. */
export function addNote(notes: Notes, draft: NoteDraft): string {
  const id = newNoteId();
  const note: NoteMap = new Y.Map();
  note.set("block", draft.block);
  note.set("order", place(notes, draft.block, id, draft.behind));
  note.set("text", new Y.Text(clean(draft.text ?? "")));
  note.set("status", draft.status ?? "untested");
  note.set("tier", draft.tier ?? "team");
  note.set("kind", draft.kind ?? "");
  note.set("weight", draft.weight ?? 3);
  note.set("author", draft.author);
  note.set("created", Date.now());
  notes.set(id, note);
  return id;
}

/** Move a note behind another of `block`; null: first; left out: last. */
export function moveNote(notes: Notes, id: string, block: string, behind?: string | null): void {
  const note = notes.get(id);
  if (note === undefined) return;
  const order = place(notes, block, id, behind);
  if (note.get("block") !== block) note.set("block", block);
  note.set("order", order);
}

/** Give a note another text with the smallest change, so that somebody typing in it keeps their words. */
export function setText(notes: Notes, id: string, text: string): void {
  const shared = notes.get(id)?.get("text");
  if (!(shared instanceof Y.Text)) return;
  const old = shared.toString();
  const fresh = clean(text);
  let start = 0;
  while (start < old.length && start < fresh.length && old[start] === fresh[start]) start += 1;
  if (start > 0 && isHigh(old.charCodeAt(start - 1))) start -= 1;
  let end = 0;
  const most = Math.min(old.length, fresh.length) - start;
  while (end < most && old[old.length - 1 - end] === fresh[fresh.length - 1 - end]) end += 1;
  if (end > 0 && isLow(old.charCodeAt(old.length - end))) end -= 1;
  if (old.length - end > start) shared.delete(start, old.length - end - start);
  if (fresh.length - end > start) shared.insert(start, fresh.slice(start, fresh.length - end));
}

/** Set one plain value of a note; the same value again changes nothing. */
export function setValue<K extends "status" | "tier" | "kind" | "weight">(
  notes: Notes,
  id: string,
  key: K,
  value: NoteFields[K],
): void {
  const note = notes.get(id);
  if (note !== undefined && note.get(key) !== value) note.set(key, value);
}

/** Take a note off the board; its text stays in the history. */
export function removeNote(notes: Notes, id: string): void {
  if (notes.has(id)) notes.delete(id);
}

function place(notes: Notes, block: string, id: string, behind: string | null | undefined): string {
  const others: { order: string; id: string }[] = [];
  notes.forEach((note, other) => {
    if (other !== id && note.get("block") === block) {
      others.push({ order: String(note.get("order")), id: other });
    }
  });
  others.sort(inOrder);
  let at = others.length;
  if (behind === null) at = 0;
  else if (behind !== undefined) {
    const found = others.findIndex((other) => other.id === behind);
    if (found >= 0) at = found + 1;
  }
  return scattered(between(others[at - 1]?.order ?? "", others[at]?.order ?? ""));
}

/**
 * Text without what no database keeps: NUL, and halves of a pair, which would travel as something
 * else than what stays here, so that two boards would differ for ever.
 */
function clean(text: string): string {
  return text.replaceAll("\u0000", "").replace(/\p{Surrogate}/gu, "\ufffd");
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}
