/** A note as it lies in the shared document, read with care: others may have written it. */
import * as Y from "yjs";

import { STATUSES, TIERS, type NoteMap, type NoteStatus, type NoteTier } from "../sync/types.ts";

export { STATUSES, TIERS, type NoteMap };
export { newNoteId } from "../sync/notes.ts";
export type Status = NoteStatus;
export type Tier = NoteTier;

export const USUAL_WEIGHT = 3;
export const LONGEST_TEXT = 4_000;
export const MOST_NOTES = 2_000;

export interface Note {
  id: string;
  block: string;
  order: string;
  text: string;
  status: Status;
  tier: Tier;
  kind: string;
  /** Importance, 1 to 5. */
  weight: number;
  author: string;
}

const oneOf = <T extends string>(all: readonly T[], value: unknown, otherwise: T): T =>
  all.includes(value as T) ? (value as T) : otherwise;

const word = (value: unknown): string => (typeof value === "string" ? value : "");

export function textOf(map: NoteMap): Y.Text | null {
  const text = map.get("text");
  return text instanceof Y.Text ? text : null;
}

/** Unknown values become the usual ones; an unknown block becomes `homeless`. */
export function readNote(id: string, map: NoteMap, blocks: ReadonlySet<string>, homeless: string): Note {
  const weight = Number(map.get("weight"));
  const block = word(map.get("block"));
  return {
    id,
    block: blocks.has(block) ? block : homeless,
    order: word(map.get("order")),
    text: textOf(map)?.toString() ?? "",
    status: oneOf(STATUSES, map.get("status"), "untested"),
    tier: oneOf(TIERS, map.get("tier"), "team"),
    kind: word(map.get("kind")),
    weight: Number.isInteger(weight) && weight >= 1 && weight <= 5 ? weight : USUAL_WEIGHT,
    author: word(map.get("author")),
  };
}
