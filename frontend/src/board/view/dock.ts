/** The dock under the board: new note, statuses as filters, undo, zoom, shortcuts. */
import type { Board } from "../board.ts";
import type { Deeds } from "../deeds.ts";
import { everything, isFiltering, toggleStatus } from "../model/filter.ts";
import { STATUSES, type Status } from "../model/notes.ts";
import { h, icon, setAttribute, setHidden, setText } from "./dom.ts";

const STEPS = [0.5, 0.67, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2];

export class Dock {
  private readonly chips = new Map<Status, { button: HTMLButtonElement; count: HTMLElement; word: HTMLElement }>();
  private readonly add: HTMLButtonElement;
  private readonly undo: HTMLButtonElement;
  private readonly redo: HTMLButtonElement;
  private readonly zoomOut: HTMLButtonElement;
  private readonly zoomIn: HTMLButtonElement;
  private readonly level: HTMLElement;
  private readonly search: HTMLInputElement;
  private readonly bar: HTMLElement;
  private readonly result = h("span", { class: "filter-result" });
  private readonly filterButton: HTMLButtonElement;
  private readonly percent: Intl.NumberFormat;
  private zoom = 1;

  constructor(
    private readonly board: Board, private readonly deeds: Deeds, host: HTMLElement,
    private readonly shownBlock: () => string, shortcuts: () => void,
  ) {
    const { say } = board;
    this.percent = new Intl.NumberFormat(board.data.lang, { style: "percent" });
    const tool = (symbol: string, key: string, run: () => void): HTMLButtonElement =>
      h("button", {
        type: "button", class: "button button-quiet button-icon dock-tool", "aria-label": say(key), title: say(key), on: { click: run },
      }, icon(symbol));
    this.add = h("button", {
      type: "button", class: "button button-primary dock-add", on: { click: () => this.onAdd() },
    }, icon("plus"), h("span", { text: say("note") }), board.data.shortcuts && h("kbd", { text: "N", "aria-hidden": "true" }));
    const chips = h("div", { class: "dock-chips", role: "group", "aria-label": say("filter_by_status") },
      ...STATUSES.map((status) => {
        const count = h("span", { class: "dock-count" });
        const word = h("span", { class: "dock-word", text: say(`status_${status}`) });
        const button = h("button", {
          type: "button", class: "dock-chip", "aria-pressed": "false", data: { status },
          on: { click: () => this.onChip(status) },
        }, h("span", { class: "dock-sign" }), word, count);
        this.chips.set(status, { button, count, word });
        return button;
      }));
    this.undo = tool("undo-2", "undo_mine", () => deeds.undo());
    this.redo = tool("redo-2", "redo_mine", () => deeds.redo());
    this.zoomOut = tool("zoom-out", "zoom_out", () => this.step(-1));
    this.zoomIn = tool("zoom-in", "zoom_in", () => this.step(1));
    this.level = h("button", {
      type: "button", class: "dock-zoom", title: say("zoom_reset"), on: { click: () => this.setZoom(1) },
    });
    this.filterButton = tool("search", "filter", () => this.openFilter());
    this.filterButton.setAttribute("aria-expanded", "false");
    this.search = h("input", {
      class: "input input-small", type: "search", id: "note-filter", autocomplete: "off",
      on: { input: () => board.setFilter({ ...board.filter, words: this.search.value }) },
    });
    this.bar = h("div", { class: "filter-bar", role: "search", hidden: true },
      h("label", { for: "note-filter", text: say("filter_notes") }), this.search, this.result,
      h("button", { type: "button", class: "button button-small", text: say("clear_filters"), on: { click: () => this.clearFilter() } }));
    this.bar.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.clearFilter();
    });
    const rule = (): HTMLElement => h("span", { class: "dock-rule", "aria-hidden": "true" });
    const zoom = h("div", { class: "dock-group dock-zooming", role: "group", "aria-label": say("zoom") }, this.zoomOut, this.level, this.zoomIn);
    host.append(this.bar, h("div", { class: "dock-row" }, this.add, rule(), chips, rule(),
      this.filterButton, h("div", { class: "dock-group dock-undo" }, this.undo, this.redo),
      h("span", { class: "dock-rule dock-wide", "aria-hidden": "true" }), zoom,
      Object.assign(tool("keyboard", "shortcuts", shortcuts), { className: "button button-quiet button-icon dock-tool dock-wide" })));
    // The button must not take the place of the note that the next key means.
    board.listen({ drawn: () => this.drawCounts(), lineChanged: () => this.draw(), chosen: () => this.drawResult() });
    board.undo.onChange(() => this.drawUndo());
    this.setZoom(this.remembered());
    this.draw();
  }

  private onAdd(): void {
    const { board } = this;
    const { current } = board.choice;
    if (current !== null && board.note(current)?.block === this.shownBlock()) this.deeds.addAfter(current);
    else this.deeds.add(this.shownBlock());
  }

  private onChip(status: Status): void {
    this.board.setFilter(toggleStatus(this.board.filter, status));
  }

  openFilter(): void {
    this.bar.hidden = false;
    this.filterButton.setAttribute("aria-expanded", "true");
    this.search.focus();
    this.search.select();
  }

  private clearFilter(): void {
    this.search.value = "";
    this.board.setFilter(everything);
    this.bar.hidden = true;
    this.filterButton.setAttribute("aria-expanded", "false");
    const { current } = this.board.choice;
    if (current !== null) this.board.focus(current);
    else this.filterButton.focus();
    this.board.speech.own(this.board.say("filter_cleared"));
  }

  // Zoom

  private step(by: number): void {
    const at = STEPS.findIndex((step) => step >= this.zoom - 0.001);
    this.setZoom(STEPS[Math.max(0, Math.min(STEPS.length - 1, at + by))]!);
    this.board.speech.own(this.percent.format(this.zoom));
  }

  private setZoom(zoom: number): void {
    this.zoom = zoom;
    const grid = this.board.blocks.board;
    grid.style.setProperty("--zoom", String(zoom));
    setText(this.level, this.percent.format(zoom));
    this.level.setAttribute("aria-label", this.board.say("zoom_now", { level: this.percent.format(zoom) }));
    this.zoomOut.disabled = zoom <= STEPS[0]!;
    this.zoomIn.disabled = zoom >= STEPS.at(-1)!;
    try {
      localStorage.setItem("board-zoom", String(zoom));
    } catch {
      // A browser that refuses storage forgets the zoom, no more.
    }
  }

  private remembered(): number {
    try {
      const kept = Number(localStorage.getItem("board-zoom"));
      return STEPS.includes(kept) ? kept : 1;
    } catch {
      return 1;
    }
  }

  // Drawing

  private draw(): void {
    const { board } = this;
    setHidden(this.add, !board.editable && board.line.status.state !== "connecting");
    this.drawUndo();
    this.drawCounts();
  }

  private drawCounts(): void {
    const { board } = this;
    for (const [status, { button, count }] of this.chips) {
      setText(count, String(board.store.tally[status]));
      setAttribute(button, "aria-pressed", String(board.filter.statuses.has(status)));
    }
    this.drawResult();
  }

  private drawUndo(): void {
    const { board } = this;
    for (const [button, can] of [[this.undo, board.undo.canUndo], [this.redo, board.undo.canRedo]] as const) {
      // aria-disabled keeps the focus when the last step is undone.
      setAttribute(button, "aria-disabled", can && board.editable ? null : "true");
    }
  }

  private drawResult(): void {
    const { board } = this;
    const filtering = isFiltering(board.filter);
    setAttribute(this.filterButton, "data-on", filtering ? "" : null);
    if (filtering && this.bar.hidden) {
      this.bar.hidden = false;
      this.filterButton.setAttribute("aria-expanded", "true");
    }
    if (this.bar.hidden) return;
    const all = board.store.all();
    setText(this.result, board.say("filter_result", { count: all.filter((id) => board.isShown(id)).length, total: all.length }));
  }
}
