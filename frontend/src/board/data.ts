/** What the server gives the board: see docs/board.md. */
import type { Grid } from "./model/grid.ts";
import type { Listening } from "./model/speech.ts";
import type { Strings } from "./model/words.ts";

export interface Counts {
  evidence: number;
  comments: number;
}

export interface Addresses {
  list: string;
  history: string;
  /** The evidence and comments of one note; `__note__` stands for its id. */
  panel: string;
  /** All counters as JSON, `{note: {evidence, comments}}`. */
  counts?: string | null;
  /** The icon sprite. */
  icons: string;
  [name: string]: string | null | undefined;
}

export interface BoardData {
  canvas: { id: string; title: string; template: string; credit: string; urls: Addresses };
  grid: Grid;
  me: { id: string; name: string; initials: string; role: "editor" | "viewer" };
  strings: Strings;
  counts?: Record<string, Counts>;
  /** Single-letter keys, a choice in the account. */
  shortcuts: boolean;
  /** Whose changes the live region speaks, a choice in the account. */
  listening?: Listening;
  lang: string;
}

export function readData(page: Document): BoardData {
  const text = page.getElementById("board-data")?.textContent;
  if (!text) throw new Error("The page holds no board data.");
  return JSON.parse(text) as BoardData;
}
