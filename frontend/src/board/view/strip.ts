/** Phones: one block at a time, and the strip of blocks at the foot. */
import type { Board } from "../board.ts";
import { blockIcon } from "./blocks.ts";
import { h, icon, isPhone, setAttribute } from "./dom.ts";

export class Strip {
  private readonly tabs = new Map<string, HTMLButtonElement>();
  private readonly ratios = new Map<string, number>();
  private at: string;

  constructor(private readonly board: Board, host: HTMLElement, scroller: HTMLElement) {
    this.at = board.blocks.order[0]?.id ?? "";
    host.setAttribute("aria-label", board.say("blocks"));
    host.append(...board.blocks.order.map((block) => {
      const tab = h("button", {
        type: "button", class: "strip-tab", data: { tab: block.id }, on: { click: () => this.open(block.id) },
      }, icon(blockIcon(block)), h("span", { text: block.title, dir: "auto", lang: board.data.grid.lang }));
      this.tabs.set(block.id, tab);
      return tab;
    }));
    const watcher = new IntersectionObserver((entries) => this.onSeen(entries), { root: scroller, threshold: [0.25, 0.5, 0.75] });
    for (const { section } of board.blocks.views.values()) watcher.observe(section);
    this.draw();
  }

  /** The block that "new note" means: the one in view on a phone, else that of the current note. */
  get shown(): string {
    const block = this.board.note(this.board.choice.current)?.block;
    return isPhone() ? this.at : (block ?? this.at);
  }

  open(block: string): void {
    this.board.blocks.views.get(block)?.section.scrollIntoView({ inline: "center", block: "nearest" });
    this.at = block;
    this.draw();
  }

  private onSeen(entries: IntersectionObserverEntry[]): void {
    for (const entry of entries) this.ratios.set((entry.target as HTMLElement).dataset.block!, entry.intersectionRatio);
    if (!isPhone()) return;
    const [best] = [...this.ratios].sort((a, b) => b[1] - a[1]);
    if (!best || best[1] < 0.5 || best[0] === this.at) return;
    this.at = best[0];
    this.draw();
  }

  private draw(): void {
    for (const [block, tab] of this.tabs) setAttribute(tab, "aria-current", block === this.at ? "true" : null);
    const tab = this.tabs.get(this.at);
    if (tab && isPhone()) tab.scrollIntoView({ inline: "center", block: "nearest" });
  }
}
