/** The keyboard on the board: moving about, and every key of the table in docs/board.md. */
import type { Board } from "./board.ts";
import type { Deeds } from "./deeds.ts";
import { all, extend, mark } from "./model/choice.ts";
import { beside, inOrder, nearest } from "./model/grid.ts";
import { arrow, command, type Command } from "./model/keys.ts";
import type { Stride } from "./model/pickup.ts";
import { isRightToLeft } from "./view/dom.ts";

export interface Places {
  filter(): void;
  shortcuts(): void;
  history(): void;
}

const middle = (element: Element): number => {
  const box = element.getBoundingClientRect();
  return box.top + box.height / 2;
};

/** Where the centre of one element lies within another: 0 at its start, 1 at its end. */
function share(inner: Element, outer: Element, upright: boolean): number {
  const [a, b] = [inner.getBoundingClientRect(), outer.getBoundingClientRect()];
  if (b.width === 0 || b.height === 0) return 0.5;
  return upright ? (a.left + a.width / 2 - b.left) / b.width : (a.top + a.height / 2 - b.top) / b.height;
}

export class Keyboard {
  constructor(private readonly board: Board, private readonly deeds: Deeds, private readonly places: Places) {
    const grid = board.blocks.board;
    grid.addEventListener("keydown", (event) => this.onKey(event));
    grid.addEventListener("focusin", (event) => this.onFocus(event));
    grid.addEventListener("focusout", (event) => {
      // Tab while a note is picked up: it goes back, nothing hovers unseen.
      const next = event.relatedTarget;
      if (board.pickup && next instanceof Node && !grid.contains(next)) deeds.putBack();
    });
  }

  private onFocus(event: FocusEvent): void {
    const target = event.target as HTMLElement;
    const { board } = this;
    const id = target.dataset.note;
    if (id !== undefined) {
      board.makeTabStop(target);
      if (board.choice.current !== id && !board.pickup) board.stand(id, { keep: true });
    } else if (target.dataset.ground !== undefined) {
      board.makeTabStop(target);
      board.speech.focusOn(target.dataset.ground);
    }
  }

  private onKey(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    const id = target.dataset.note;
    const ground = target.dataset.ground;
    if (id === undefined && ground === undefined) return;
    if (this.board.pickup) {
      if (this.onCarryKey(event)) event.preventDefault();
      return;
    }
    const meant = command(event, this.board.data.shortcuts, isRightToLeft());
    if (!meant) return;
    // On empty ground Enter and Space press its button.
    if (id === undefined && (meant.do === "edit" || meant.do === "pick-up")) return;
    event.preventDefault();
    if (id === undefined) this.runOnGround(meant, ground!);
    else this.run(meant, id);
  }

  private onCarryKey(event: KeyboardEvent): boolean {
    const by = event.shiftKey ? null : arrow(event, isRightToLeft());
    if (by) this.deeds.carry(by);
    else if (event.key === " " || event.key === "Enter") this.deeds.putDown();
    else if (event.key === "Escape") this.deeds.putBack();
    else return event.key.length === 1;
    return true;
  }

  private runOnGround(meant: Command, block: string): void {
    switch (meant.do) {
      case "go": return this.goFromGround(block, meant.by);
      case "new": return this.deeds.add(block);
      case "undo": case "redo": case "history": case "filter": case "shortcuts": return this.everywhere(meant.do);
      default: return;
    }
  }

  private everywhere(what: "undo" | "redo" | "history" | "filter" | "shortcuts"): void {
    if (what === "undo" || what === "redo") this.deeds[what]();
    else this.places[what]();
  }

  private run(meant: Command, id: string): void {
    const { board, deeds } = this;
    switch (meant.do) {
      case "go": return this.go(id, meant.by);
      case "extend": return this.extend(id, meant.by === "up" ? -1 : 1);
      case "status": return deeds.setStatus(board.affected, meant.status);
      case "new": return deeds.addAfter(id);
      case "edit": return deeds.edit(id);
      case "pick-up": return deeds.pickUp();
      case "move-menu": return deeds.moveMenu();
      case "note-menu": return deeds.noteMenu(board.views.get(id)!.body);
      case "evidence": case "comments": return deeds.panel.open(meant.do);
      case "delete": return deeds.remove(board.affected);
      case "clear": return deeds.clearChoice();
      case "mark": {
        board.choose(mark(board.choice, id));
        return board.speech.own(board.say("chosen_count", { count: board.choice.chosen.size }));
      }
      case "all": {
        board.choose(all(board.choice, board.shown(board.note(id)!.block)));
        return board.speech.own(board.say("chosen_count", { count: board.choice.chosen.size }));
      }
      default: return this.everywhere(meant.do);
    }
  }

  private extend(id: string, step: number): void {
    const { board } = this;
    const line = board.shown(board.note(id)!.block);
    const next = line[line.indexOf(id) + step];
    if (next === undefined) return;
    board.choose(extend(board.choice, next, line), true);
    board.speech.own(board.say("chosen_count", { count: board.choice.chosen.size }));
  }

  // Moving about

  private stand(id: string | undefined): void {
    if (id !== undefined) this.board.stand(id, { focus: true, keep: true });
  }

  /** Into a block at a note of it, or on its empty ground. */
  private enter(block: string | undefined, pick: (line: readonly string[]) => string | undefined): void {
    if (block === undefined) return;
    const line = this.board.shown(block);
    if (line.length > 0) this.stand(pick(line));
    else this.board.focusGround(block);
  }

  private go(id: string, by: Stride): void {
    const { board } = this;
    const { block } = board.note(id)!;
    const line = board.shown(block);
    const at = line.indexOf(id);
    const grid = board.data.grid;
    const body = board.views.get(id)!.body;
    const { section } = board.blocks.views.get(block)!;
    const turned = isRightToLeft() ? (one: number) => 1 - one : (one: number) => one;
    const across = (): number => turned(share(body, section, true));
    switch (by) {
      case "up":
        if (at > 0) return this.stand(line[at - 1]);
        return this.enter(beside(grid, block, "up", across())?.id, (next) => next.at(-1));
      case "down":
        if (at < line.length - 1) return this.stand(line[at + 1]);
        return this.enter(beside(grid, block, "down", across())?.id, (next) => next[0]);
      case "left":
      case "right": {
        const height = middle(body);
        return this.enter(beside(grid, block, by, share(body, section, false))?.id, (next) =>
          next[nearest(next.map((one) => middle(board.views.get(one)!.body)), height)]);
      }
      case "first": return this.stand(line[0]);
      case "last": return this.stand(line.at(-1));
      case "next-block": return this.enter(inOrder(board.blocks.order, block, 1)?.id, (next) => next[0]);
      case "previous-block": return this.enter(inOrder(board.blocks.order, block, -1)?.id, (next) => next[0]);
    }
  }

  private goFromGround(block: string, by: Stride): void {
    const { board } = this;
    const order = board.blocks.order;
    if (by === "next-block") return this.enter(inOrder(order, block, 1)?.id, (next) => next[0]);
    if (by === "previous-block") return this.enter(inOrder(order, block, -1)?.id, (next) => next[0]);
    if (by === "first" || by === "last") return;
    this.enter(beside(board.data.grid, block, by, 0.25)?.id, (next) => (by === "up" ? next.at(-1) : next[0]));
  }
}
