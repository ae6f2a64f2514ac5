/** The grid of blocks and the notes in them. */
import type { Grid, Block } from "../model/grid.ts";
import { readingOrder } from "../model/grid.ts";
import type { Words } from "../model/words.ts";
import { h, icon, NARROW, setAttribute, setHidden, setText, shift } from "./dom.ts";
import type { NoteView } from "./note.ts";

export interface BlockView {
  block: Block;
  section: HTMLElement;
  list: HTMLUListElement;
  /** Shown when the block holds no notes: the guiding question. */
  ground: HTMLLIElement;
  /** The focusable part of the ground. */
  invitation: HTMLElement;
  count: HTMLElement;
}

/** The icon of a block: given by the template, else by what its id speaks of. */
const ICONS: readonly [RegExp, string][] = [
  [/partner/, "handshake"], [/activit|rules/, "route"], [/resource|technolog/, "package-open"],
  [/value|proposition|intervention|offer|solution|purpose/, "lightbulb"],
  [/relationship|buy-in|needs/, "heart-handshake"], [/channel|deploy|route|path/, "truck"],
  [/segment|benefici|customer|people|jobs/, "users"], [/cost|budget/, "wallet"],
  [/revenue|achievement|return|surplus/, "hand-coins"], [/metric|measure|evidence/, "chart-column"],
  [/risk|threat|pain|weak/, "triangle-alert"], [/advantage|strength|gain|goal/, "target"],
];

export function blockIcon(block: Block): string {
  return block.icon ?? ICONS.find(([words]) => words.test(block.id))?.[1] ?? "pin";
}

export class Blocks {
  readonly views = new Map<string, BlockView>();
  readonly order: readonly Block[];
  readonly board: HTMLElement;

  constructor(
    grid: Grid, private readonly say: Words["say"], mayEdit: boolean,
    private readonly viewOf: (id: string) => NoteView | undefined,
  ) {
    this.order = readingOrder(grid);
    this.board = h("div", { class: "board-grid" });
    this.board.style.gridTemplateColumns = `repeat(${grid.cols}, minmax(0, 1fr))`;
    const weights = grid.row_weights ?? Array.from({ length: grid.rows }, () => 1);
    this.board.style.gridTemplateRows = weights.map((weight) => `minmax(min-content, ${weight}fr)`).join(" ");
    for (const block of this.order) this.board.append(this.build(block, mayEdit, grid.lang));
    // On narrow screens, as at 400 %, each block scrolls by itself: the keyboard must get hold of it.
    const narrow = matchMedia(NARROW);
    const stops = (): void => {
      for (const { section } of this.views.values()) setAttribute(section, "tabindex", narrow.matches ? "0" : null);
    };
    narrow.addEventListener("change", stops);
    stops();
  }

  private build(block: Block, mayEdit: boolean, lang: string | undefined): HTMLElement {
    const { say } = this;
    const name = `block-${block.id}`;
    const count = h("span", { class: "block-count" });
    const add = mayEdit && h("button", {
      class: "block-add", type: "button", tabindex: "-1", data: { add: block.id },
      "aria-label": say("add_to_block", { block: block.title }), title: say("add_to_block", { block: block.title }),
    }, icon("plus"));
    const question = block.questions[0] ?? "";
    const label = mayEdit
      ? say("block_empty_add", { block: block.title, question })
      : say("block_empty", { block: block.title, question });
    const invitation = h(mayEdit ? "button" : "div", {
      class: "block-invitation", tabindex: "-1", dir: "auto", data: { ground: block.id },
      ...(mayEdit ? { type: "button", "aria-label": label } : { role: "note", "aria-label": label }),
    }, question ? h("span", { text: question, lang }) : say("block_nothing"));
    const ground = h("li", { class: "block-ground" }, invitation);
    const list = h("ul", { class: "block-notes", role: "list" }, ground);
    const section = h("section", { class: "block", data: { block: block.id }, "aria-labelledby": name },
      h("header", { class: "block-head" },
        icon(blockIcon(block), block.icon ? "icon" : "icon block-icon"),
        h("h2", { id: name, text: block.title, dir: "auto", lang }), count, add),
      list);
    // The footer blocks of a canvas carry their icon at every width, the others only on phones.
    section.style.gridArea = `${block.y + 1} / ${block.x + 1} / span ${block.h} / span ${block.w}`;
    this.views.set(block.id, { block, section, list, ground, invitation, count });
    return section;
  }

  /** Put the moved notes of a block where they belong; the others already stand in order. */
  arrange(block: string, line: readonly string[], moved: ReadonlySet<string>): void {
    const view = this.views.get(block);
    if (!view) return;
    let after: Element | null = view.ground;
    for (let i = line.length - 1; i >= 0; i--) {
      const note = this.viewOf(line[i]!);
      if (!note) continue;
      if (moved.has(note.id) || note.item.parentElement !== view.list) shift(view.list, note.item, after);
      after = note.item;
    }
  }

  /** The count beside the title, and the guiding question when there is nothing else. */
  tally(block: string, shown: number, total: number): void {
    const view = this.views.get(block);
    if (!view) return;
    setText(view.count, shown === total ? String(total) : this.say("count_of", { shown, total }));
    setHidden(view.ground, total > 0);
  }

  blockOf(node: Element | null): string | null {
    return node?.closest<HTMLElement>("[data-block]")?.dataset.block ?? null;
  }
}
