/** Put the board together in a page that has its places (templates/canvases/board.html). */
import { Board, type Line } from "./board.ts";
import type { BoardData, Counts } from "./data.ts";
import { Deeds } from "./deeds.ts";
import type { Device } from "./kept/device.ts";
import { Keyboard } from "./keyboard.ts";
import { warmUp } from "./model/warmup.ts";
import { Pointer } from "./pointer.ts";
import { Bar } from "./view/bar.ts";
import { Dock } from "./view/dock.ts";
import { setAttribute, useSprite } from "./view/dom.ts";
import { Editor } from "./view/editor.ts";
import { drawMarks } from "./view/marks.ts";
import { Panel } from "./view/panel.ts";
import { Shortcuts } from "./view/shortcuts.ts";
import { Strip } from "./view/strip.ts";
import { Toasts } from "./view/toast.ts";

function place(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no place "${id}".`);
  return found;
}

export function build(data: BoardData, line: Line, device: Device): Board {
  useSprite(data.canvas.urls.icons);
  drawMarks(document);
  const root = place("board");
  const scroller = place("board-scroll");
  const board = new Board(data, line, root, place("live"));
  const deeds = new Deeds(board, new Toasts(place("board-toasts")));
  deeds.editor = new Editor(board, deeds);
  const panel = new Panel(board, deeds, place("board-panel"));
  deeds.panel = panel;
  const strip = new Strip(board, place("board-strip"), scroller);
  const shortcuts = new Shortcuts(board.say, data.shortcuts);
  const dock = new Dock(board, deeds, place("board-dock"), () => strip.shown, () => shortcuts.open());
  new Keyboard(board, deeds, {
    filter: () => dock.openFilter(),
    shortcuts: () => shortcuts.open(),
    history: () => location.assign(data.canvas.urls.history),
  });
  new Pointer(board, deeds, scroller, (block) => strip.open(block));
  new Bar(board, device, { state: place("board-state"), people: place("board-people"), banner: place("board-banner") },
    (id) => board.stand(id, { focus: true }));
  // Until the first state is there, and while a woken tab catches up, the board is not what it shows.
  const settle = (): void => setAttribute(root, "aria-busy", String(["connecting", "stale"].includes(line.status.state)));
  board.listen({ lineChanged: settle });
  settle();
  closeWhenLost(board, device);
  watchCounts(board);
  warmUp(data.grid);
  return board;
}

/** Evidence and comments are rows of the server, not of the document: others' come when one looks again. */
function watchCounts(board: Board): void {
  const address = board.data.canvas.urls.counts;
  if (!address) return;
  let busy = false;
  const refresh = async (): Promise<void> => {
    if (busy || document.visibilityState !== "visible") return;
    busy = true;
    try {
      const answer = await fetch(address, { credentials: "same-origin", headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const counts = (await answer.json()) as Record<string, Counts>;
      for (const [id, count] of Object.entries(counts)) board.setCounts(id, count);
    } catch {
      // Offline: the counters stay as they were.
    } finally {
      busy = false;
    }
  };
  document.addEventListener("visibilitychange", () => void refresh());
  setInterval(() => void refresh(), 60_000);
}

/** Who may not see the board any more does not go on seeing it: only the message stays. */
function closeWhenLost(board: Board, device: Device): void {
  let lost = false;
  const look = (): void => {
    const { state, reason } = board.line.status;
    if (lost || state !== "closed" || !reason || !["removed", "missing", "deleted", "session_ended"].includes(reason)) return;
    lost = true;
    device.lost(reason === "session_ended");
    place("board-scroll").replaceChildren();
    for (const id of ["board-panel", "board-dock", "board-strip", "board-people"]) place(id).hidden = true;
    document.documentElement.classList.remove("has-panel");
  };
  board.listen({ lineChanged: look });
  look();
}
