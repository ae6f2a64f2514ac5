/** What a person does with notes, by whatever means: one step of undo each, and said aloud. */
import type { Board } from "./board.ts";
import { clear } from "./model/choice.ts";
import { MOST_NOTES, STATUSES, type Status, type Tier } from "./model/notes.ts";
import { isHome, stride, type Stride } from "./model/pickup.ts";
import type { Change } from "./model/store.ts";
import type { Editor } from "./view/editor.ts";
import { openMenu } from "./view/menu.ts";
import { STATUS_ICONS } from "./view/note.ts";
import { blockIcon } from "./view/blocks.ts";
import type { Toasts } from "./view/toast.ts";

export interface Panels {
  readonly isOpen: boolean;
  open(focus: "evidence" | "comments" | "heading" | null): void;
  askForEvidence(): void;
}

export class Deeds {
  editor!: Editor;
  panel!: Panels;
  private undoToast = false;
  private unpicked: (() => void) | null = null;

  constructor(readonly board: Board, readonly toasts: Toasts) {
    board.undo.onChange(() => {
      // "Undo" in a message means the step it speaks of, not a later one.
      if (this.undoToast) toasts.hide();
      this.undoToast = false;
    });
    board.listen({
      changed: (change) => this.onChange(change),
      lineChanged: () => { if (!board.editable) this.putBack(false); },
    });
  }

  /** May the board be changed now? Otherwise it says why not. */
  allowed(): boolean {
    const { board } = this;
    if (board.editable) return true;
    const state = board.line.status.state;
    const sentence = board.say(state === "connecting" || state === "stale" ? "not_yet" : "read_only");
    this.toasts.show(sentence);
    board.speech.own(sentence);
    return false;
  }

  // Notes come and go

  add(block: string, index = Infinity): void {
    const { board } = this;
    if (!this.allowed()) return;
    if (board.store.notes.size >= MOST_NOTES) {
      this.toasts.show(board.say("too_many_notes", { count: MOST_NOTES }));
      return;
    }
    const mark = board.undo.mark();
    const id = board.undo.step(() => board.store.add({ block, index, author: board.data.me.id }));
    board.choice = { current: id, anchor: id, chosen: new Set() };
    board.flush();
    this.editor.open(id, mark);
  }

  /** A new note behind this one. */
  addAfter(id: string): void {
    const note = this.board.note(id);
    if (note) this.add(note.block, this.board.store.line(note.block).indexOf(id) + 1);
  }

  remove(ids: readonly string[]): void {
    const { board } = this;
    if (ids.length === 0 || !this.allowed()) return;
    const first = board.note(ids[0]!);
    board.undo.step(() => board.store.remove(ids));
    const said = board.say("notes_deleted", { count: ids.length });
    this.toasts.show(said, { label: board.say("undo"), run: () => this.undo() });
    this.undoToast = true;
    board.speech.own(said);
    if (first && board.choice.current === null) {
      const next = board.neighbour(first);
      if (next !== null) board.stand(next, { focus: true });
      else board.focusGround(first.block);
    }
  }

  undo(): void {
    this.travel(() => this.board.undo.undo(), "undone", "nothing_to_undo");
  }

  redo(): void {
    this.travel(() => this.board.undo.redo(), "redone", "nothing_to_redo");
  }

  private touched: string | null = null;

  private onChange(change: Change): void {
    this.touched ??= [...change.added][0] ?? [...change.changed][0] ?? null;
    const { pickup } = this.board;
    if (!pickup && this.unpicked) {
      this.unpicked();
      this.unpicked = null;
    }
  }

  private travel(step: () => boolean, done: string, nothing: string): void {
    const { board } = this;
    if (!this.allowed()) return;
    this.touched = null;
    const moved = step();
    board.speech.own(board.say(moved ? done : nothing));
    if (!moved || this.editor.isOpen) return;
    const target = this.touched;
    if (target === null || !board.lies(target)) board.flush();
    if (target !== null && board.store.notes.has(target)) board.stand(target, { focus: true });
  }

  // What is known of a note

  setStatus(ids: readonly string[], status: Status): void {
    const { board } = this;
    if (ids.length === 0 || !this.allowed()) return;
    board.undo.step(() => board.store.set(ids, "status", status));
    const word = board.say(`status_${status}`);
    board.speech.own(ids.length === 1 ? word : board.say("status_of_many", { status: word, count: ids.length }));
    const decided = status === "supported" || status === "refuted";
    if (decided && ids.some((id) => !board.counts.get(id)?.evidence)) this.panel.askForEvidence();
  }

  setTier(ids: readonly string[], tier: Tier): void {
    if (ids.length === 0 || !this.allowed()) return;
    this.board.undo.step(() => this.board.store.set(ids, "tier", tier));
    this.board.speech.own(this.board.say(`tier_${tier}`));
  }

  setWeight(ids: readonly string[], weight: number): void {
    if (ids.length === 0 || !this.allowed()) return;
    this.board.undo.step(() => this.board.store.set(ids, "weight", weight));
    this.board.speech.own(this.board.say("importance_is", { weight }));
  }

  // Moving

  /** Put notes before another of the block (null: last). False when they already lie there. */
  move(ids: readonly string[], block: string, before: string | null): boolean {
    const { board } = this;
    const line = board.store.line(block);
    const rest = line.filter((id) => !ids.includes(id));
    const found = before === null ? -1 : rest.indexOf(before);
    const index = found < 0 ? rest.length : found;
    const next = [...rest.slice(0, index), ...ids, ...rest.slice(index)];
    if (next.length === line.length && next.every((id, i) => id === line[i])) return false;
    board.undo.step(() => board.store.move(ids, block, index));
    return true;
  }

  drop(ids: readonly string[], block: string, before: string | null): void {
    const { board } = this;
    if (!this.allowed()) return;
    const current = board.choice.current ?? ids[0]!;
    this.move(ids, block, before);
    board.flush();
    board.stand(ids.includes(current) ? current : ids[0]!, { focus: true, keep: ids.length > 1 });
    this.sayDropped(ids, block);
  }

  private sayDropped(ids: readonly string[], block: string): void {
    const { board } = this;
    const place = board.shown(block).indexOf(ids[0]!) + 1;
    board.speech.own(board.say("dropped", { block: board.titleOf(block), place }));
  }

  pickUp(): void {
    const { board } = this;
    const ids = board.affected;
    const lead = board.note(board.choice.current ?? ids[0] ?? null);
    if (!lead || ids.length === 0 || !this.allowed()) return;
    const index = board.shown(lead.block).filter((id) => !ids.includes(id) || id === lead.id).indexOf(lead.id);
    const spot = { block: lead.block, index };
    const total = board.shown(lead.block).length;
    board.pickup = { ids, home: spot, at: spot };
    board.focus(lead.id);
    board.hover(ids);
    this.unpicked = () => board.speech.own(board.say("picked_vanished"));
    board.speech.own(board.say("picked_up", { block: board.titleOf(lead.block), place: index + 1, total, count: ids.length }));
  }

  carry(by: Stride): void {
    const { board } = this;
    const { pickup } = board;
    if (!pickup) return;
    const next = stride(pickup, by, board.data.grid, (block) =>
      board.shown(block).filter((id) => !pickup.ids.includes(id)).length);
    board.pickup = next;
    board.hover(pickup.ids);
    board.focus(board.choice.current ?? pickup.ids[0]!);
    board.speech.own(board.say("hovering", { block: board.titleOf(next.at.block), place: next.at.index + 1 }));
  }

  putDown(): void {
    const { board } = this;
    const { pickup } = board;
    if (!pickup) return;
    const rest = board.shown(pickup.at.block).filter((id) => !pickup.ids.includes(id));
    const before = rest[pickup.at.index] ?? null;
    this.endPickup();
    // Several notes gathered at the place where the first one was are a move too.
    if (!isHome(pickup) || pickup.ids.length > 1) this.move(pickup.ids, pickup.at.block, before);
    board.hover(pickup.ids);
    board.focus(board.choice.current ?? pickup.ids[0]!);
    this.sayDropped(pickup.ids, pickup.at.block);
  }

  putBack(aloud = true): void {
    const { board } = this;
    const { pickup } = board;
    if (!pickup) return;
    this.endPickup();
    board.hover(pickup.ids);
    board.focus(board.choice.current ?? pickup.ids[0]!);
    if (aloud) board.speech.own(board.say("put_back", { block: board.titleOf(pickup.home.block) }));
  }

  private endPickup(): void {
    this.board.pickup = null;
    this.unpicked = null;
  }

  moveMenu(): void {
    const { board } = this;
    const ids = board.affected;
    const view = ids[0] === undefined ? undefined : board.views.get(board.choice.current ?? ids[0]);
    if (!view || !this.allowed()) return;
    const here = new Set(ids.map((id) => board.note(id)!.block));
    const choices = board.blocks.order.map((block) => ({
      label: block.title, lang: board.data.grid.lang, icon: blockIcon(block), disabled: here.size === 1 && here.has(block.id),
      run: () => this.drop(ids, block.id, null),
    }));
    openMenu(board.say("move_to"), choices, view.body, () => board.focus(view.id));
  }

  noteMenu(anchor: Element): void {
    const { board } = this;
    const { current } = board.choice;
    if (current === null) return;
    const { say } = board;
    const open = (focus: "evidence" | "comments" | "heading") => () => this.panel.open(focus);
    const reading = [
      { label: say("details"), icon: "info", run: open("heading") },
      { label: say("evidence"), icon: "paperclip", key: "E", run: open("evidence") },
      { label: say("comments"), icon: "message-square", key: "C", run: open("comments") },
    ];
    const writing = !board.editable ? [] : [
      { label: say("edit"), icon: "pencil", key: say("key_enter"), run: () => this.edit(current) },
      { label: say("move_to"), icon: "move", key: "M", run: () => this.moveMenu() },
      ...STATUSES.map((status, i) => ({
        label: say(`status_${status}`), icon: STATUS_ICONS[status], key: String(i + 1),
        run: () => { this.setStatus(board.affected, status); board.focus(current); },
      })),
    ];
    const removing = !board.editable ? [] : [
      { label: say("delete_note"), icon: "trash-2", key: say("key_delete"), run: () => this.remove(board.affected) },
    ];
    openMenu(say("note_menu"), [...writing, ...reading, ...removing], anchor, () => board.focus(current));
  }

  edit(id: string): void {
    if (this.allowed()) this.editor.open(id);
  }

  clearChoice(): void {
    const { board } = this;
    if (board.choice.chosen.size === 0) return;
    board.choose(clear(board.choice));
    board.speech.own(board.say("choice_cleared"));
  }
}
