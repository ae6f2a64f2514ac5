/** Which notes are shown. */
import type { Note, Status } from "./notes.ts";

export interface Filter {
  statuses: ReadonlySet<Status>;
  words: string;
}

export const everything: Filter = { statuses: new Set(), words: "" };

const folded = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export const isFiltering = (filter: Filter): boolean => filter.statuses.size > 0 || filter.words.trim() !== "";

/** Every word must occur; case and accents do not matter. No status chosen means all of them. */
export function shows(filter: Filter, note: Note): boolean {
  if (filter.statuses.size > 0 && !filter.statuses.has(note.status)) return false;
  // Asked of every note for every frame: the usual case must cost nothing.
  if (filter.words === "") return true;
  const words = folded(filter.words).split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const text = folded(note.text);
  return words.every((word) => text.includes(word));
}

export function toggleStatus(filter: Filter, status: Status): Filter {
  const statuses = new Set(filter.statuses);
  if (!statuses.delete(status)) statuses.add(status);
  return { ...filter, statuses };
}
