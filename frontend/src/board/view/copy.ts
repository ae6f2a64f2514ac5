/** The copy on this device: what it is, how to have none, and the board as a file. */
import type { Board } from "../board.ts";
import type { Device } from "../kept/device.ts";
import type { NoteView } from "../sync/notes.ts";
import { download, h, icon } from "./dom.ts";

/** A file that people can read, and programs as well. */
export function saveCopy(board: Board, notes?: readonly NoteView[]): void {
  const { canvas } = board.data;
  const blocks = board.blocks.order.map((block) => ({
    block: block.title,
    notes: (notes?.filter((note) => note.block === block.id) ?? board.store.line(block.id).map((id) => board.note(id)!))
      .map(({ text, status, tier, weight }) => ({ text, status, seen_by: tier, importance: weight })),
  }));
  const content = { title: canvas.title, template: canvas.template, saved_on_this_device: new Date().toISOString(), blocks };
  download(`${canvas.title}.json`, JSON.stringify(content, null, 2), "application/json");
}

export class CopyMenu {
  private readonly text = h("p");
  private readonly turn: HTMLButtonElement;
  private readonly menu: HTMLElement;
  readonly button: HTMLButtonElement;

  constructor(private readonly board: Board, private readonly device: Device, ...face: HTMLElement[]) {
    const { say } = board;
    this.turn = h("button", { type: "button", on: { click: () => this.change() } }, icon("monitor"), h("span"));
    this.menu = h("div", { class: "menu board-copy", id: "board-copy", popover: "auto", role: "group", "aria-label": say("copy_title"), data: { menu: "" } },
      h("p", { class: "board-menu-title", text: say("copy_title"), "aria-hidden": "true" }), this.text, this.turn,
      h("button", { type: "button", on: { click: () => saveCopy(board) } }, icon("download"), h("span", { text: say("download_copy") })));
    this.menu.addEventListener("beforetoggle", () => this.draw());
    this.button = h("button", { type: "button", class: "board-state-button", popovertarget: "board-copy", title: say("copy_title") }, ...face);
    device.onChange(() => this.draw());
  }

  /** What stands in the bar: the state is the button that opens this. */
  get elements(): HTMLElement[] {
    return [this.button, this.menu];
  }

  private draw(): void {
    const { say, line } = this.board;
    const { keeping } = this.device;
    this.text.textContent = say(`copy_${keeping}`);
    const waits = keeping === "kept" && line.status.pending > 0;
    if (waits) this.text.textContent += ` ${say("copy_waits")}`;
    this.turn.hidden = keeping === "refused";
    this.turn.disabled = waits;
    this.turn.lastElementChild!.textContent = say(keeping === "kept" ? "copy_stop" : "copy_start");
  }

  private change(): void {
    if (this.device.keeping === "kept") {
      this.device.stop();
      this.board.speech.own(this.board.say("copy_off"));
      return;
    }
    this.device.start();
    location.reload();
  }
}
