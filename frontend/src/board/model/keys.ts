/** From a key press to what it means on the board. */
import { STATUSES, type Status } from "./notes.ts";
import type { Stride } from "./pickup.ts";

export interface Press {
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

export type Command =
  | { do: "go"; by: Stride }
  | { do: "extend"; by: "up" | "down" }
  | { do: "status"; status: Status }
  | { do: "new" | "edit" | "pick-up" | "move-menu" | "note-menu" | "evidence" | "comments" | "mark" | "all" | "clear" | "delete" }
  | { do: "undo" | "redo" | "history" | "filter" | "shortcuts" };

const ARROWS: Record<string, Stride> = {
  ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right",
  Home: "first", End: "last", PageDown: "next-block", PageUp: "previous-block",
};

const LETTERS: Record<string, Command> = {
  n: { do: "new" }, m: { do: "move-menu" }, e: { do: "evidence" }, c: { do: "comments" },
  x: { do: "mark" }, h: { do: "history" }, "/": { do: "filter" }, "?": { do: "shortcuts" },
};

/** Arrow keys follow the writing direction of the page. */
export function arrow(press: Press, rightToLeft: boolean): Stride | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  const by = ARROWS[press.key] ?? null;
  if (!rightToLeft) return by;
  return by === "left" ? "right" : by === "right" ? "left" : by;
}

/** What a key means while a note has focus; null leaves it to the browser.
 *
 * `letters` false turns the single-character keys off (a choice in the account).
 */
export function command(press: Press, letters: boolean, rightToLeft = false): Command | null {
  const control = press.ctrlKey || press.metaKey;
  if (control && !press.altKey) {
    const key = press.key.toLowerCase();
    if (key === "z") return { do: press.shiftKey ? "redo" : "undo" };
    if (key === "y" && !press.shiftKey) return { do: "redo" };
    if (key === "a" && !press.shiftKey) return { do: "all" };
    return null;
  }
  if (press.altKey) return null;
  if (press.shiftKey && (press.key === "ArrowUp" || press.key === "ArrowDown")) {
    return { do: "extend", by: press.key === "ArrowUp" ? "up" : "down" };
  }
  if (press.key === "ContextMenu" || (press.shiftKey && press.key === "F10")) return { do: "note-menu" };
  const by = press.shiftKey ? null : arrow(press, rightToLeft);
  if (by) return { do: "go", by };
  switch (press.key) {
    case "Enter": return press.shiftKey ? null : { do: "edit" };
    case "F2": return { do: "edit" };
    case " ": return { do: "pick-up" };
    case "Escape": return { do: "clear" };
    case "Delete": return { do: "delete" };
  }
  if (!letters) return null;
  const place = "12345".indexOf(press.key);
  if (press.key.length === 1 && place >= 0) return { do: "status", status: STATUSES[place]! };
  return LETTERS[press.key.toLowerCase()] ?? null;
}
