/** Mouse, pen and touch on the board: choosing, opening, and dragging notes.
 *
 * A mouse or pen lifts a note after 5 px, a finger after resting 220 ms; before that the finger
 * scrolls. Everything that can be dragged can also be moved by keys and by menu.
 */
import type { Board } from "./board.ts";
import type { Deeds } from "./deeds.ts";
import { clear, extend, nothing, toggle, type Choice } from "./model/choice.ts";
import { h, isRightToLeft } from "./view/dom.ts";

const SLOP_PX = 5;
const FINGER_SLOP_PX = 8;
const PRESS_MS = 220;
const DOUBLE_CLICK_MS = 300;
const EDGE_PX = 44;
const EDGE_SPEED = 14;
/** Resting on a block's tab this long opens the block, to drop at a place in it. */
const TAB_MS = 500;

interface Target {
  block: string;
  before: string | null;
  tab: HTMLElement | null;
}

interface Drag {
  pointer: number;
  kind: string;
  id: string;
  x: number;
  y: number;
  nowX: number;
  nowY: number;
  lifted: boolean;
  timer: number;
  ids: string[];
  copy: HTMLElement | null;
  offsetX: number;
  offsetY: number;
  target: Target | null;
  frame: number;
  tabTimer: number;
}

export class Pointer {
  private drag: Drag | null = null;
  private swallowClick = false;
  private lastPointer = "mouse";
  private readonly mark = h("div", { class: "drop-mark", hidden: true });

  constructor(
    private readonly board: Board, private readonly deeds: Deeds, private readonly scroller: HTMLElement,
    private readonly openBlock: (block: string) => void,
  ) {
    const grid = board.blocks.board;
    grid.addEventListener("pointerdown", (event) => this.onDown(event));
    grid.addEventListener("click", (event) => this.onClick(event));
    grid.addEventListener("dblclick", (event) => this.onDoubleClick(event));
    grid.addEventListener("contextmenu", (event) => this.onContextMenu(event));
    // Not passive: once a finger has lifted a note, the page must not scroll under it.
    grid.addEventListener("touchmove", (event) => { if (this.drag?.lifted) event.preventDefault(); }, { passive: false });
    window.addEventListener("pointermove", (event) => this.onMove(event));
    window.addEventListener("pointerup", (event) => this.onUp(event));
    window.addEventListener("pointercancel", (event) => { if (event.pointerId === this.drag?.pointer) this.cancel(); });
    window.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.drag?.lifted) return;
      event.preventDefault();
      event.stopPropagation();
      this.cancel();
      this.swallowClick = true;
    }, true);
    board.listen({ changed: (change) => {
      if (this.drag?.ids.some((id) => change.removed.has(id))) this.cancel();
    } });
    document.body.append(this.mark);
  }

  // Clicks and taps

  private onClick(event: MouseEvent): void {
    if (this.swallowClick) {
      this.swallowClick = false;
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    const { board, deeds } = this;
    const target = event.target as Element;
    const add = target.closest<HTMLElement>("[data-add], button[data-ground]");
    if (add) return deeds.add(add.dataset.add ?? add.dataset.ground!);
    const note = target.closest<HTMLElement>("[data-note]");
    if (!note) {
      if (board.choice.chosen.size > 0) board.choose(clear(board.choice));
      return;
    }
    const id = note.dataset.note!;
    if (note.classList.contains("is-editing")) return;
    if (target.closest(".note-more")) {
      board.stand(id, { keep: board.choice.chosen.has(id) });
      return deeds.noteMenu(target.closest(".note-more")!);
    }
    if (event.shiftKey) {
      return board.choose(extend(this.before, id, board.shown(board.note(id)!.block)), true);
    }
    if (event.ctrlKey || event.metaKey) {
      return board.choose(toggle(this.before, id), true);
    }
    const again = this.before.current === id;
    board.stand(id, { focus: true });
    if (this.lastPointer === "touch") {
      if (again) deeds.edit(id);
    } else {
      // The panel takes room from the board: it waits until it is clear that no second click follows.
      clearTimeout(this.panelTimer);
      this.panelTimer = window.setTimeout(() => {
        if (board.choice.current === id) deeds.panel.open(null);
      }, deeds.panel.isOpen ? 0 : DOUBLE_CLICK_MS);
    }
  }

  private panelTimer = 0;

  /** What was chosen before the press, which itself moves the focus. */
  private before: Choice = nothing;

  private onDoubleClick(event: MouseEvent): void {
    if (this.lastPointer === "touch") return;
    clearTimeout(this.panelTimer);
    const target = event.target as Element;
    if (target.closest("button")) return;
    const note = target.closest<HTMLElement>("[data-note]");
    if (note) {
      if (!note.classList.contains("is-editing")) this.deeds.edit(note.dataset.note!);
      return;
    }
    const spot = this.targetAt(event.clientX, event.clientY);
    if (!spot) return;
    const line = this.board.store.line(spot.block);
    this.deeds.add(spot.block, spot.before === null ? Infinity : line.indexOf(spot.before));
  }

  private onContextMenu(event: MouseEvent): void {
    const note = (event.target as Element).closest<HTMLElement>("[data-note]");
    if (!note || note.classList.contains("is-editing")) return;
    event.preventDefault();
    if (this.drag || this.lastPointer === "touch") return;
    this.board.stand(note.dataset.note!, { focus: true, keep: this.board.choice.chosen.has(note.dataset.note!) });
    this.deeds.noteMenu(note);
  }

  // Dragging

  private onDown(event: PointerEvent): void {
    this.lastPointer = event.pointerType;
    this.swallowClick = false;
    if (!event.isPrimary || event.button !== 0 || this.drag) return;
    const target = event.target as Element;
    const note = target.closest<HTMLElement>("[data-note]");
    this.before = this.board.choice;
    if (!note || target.closest(".note-more") || note.classList.contains("is-editing")) return;
    const box = note.getBoundingClientRect();
    const drag: Drag = {
      pointer: event.pointerId, kind: event.pointerType, id: note.dataset.note!, x: event.clientX, y: event.clientY,
      nowX: event.clientX, nowY: event.clientY, lifted: false, timer: 0, ids: [], copy: null,
      offsetX: event.clientX - box.left, offsetY: event.clientY - box.top, target: null, frame: 0, tabTimer: 0,
    };
    this.drag = drag;
    if (event.pointerType === "touch") drag.timer = window.setTimeout(() => this.lift(drag), PRESS_MS);
  }

  private onMove(event: PointerEvent): void {
    const { drag } = this;
    if (!drag || event.pointerId !== drag.pointer) return;
    drag.nowX = event.clientX;
    drag.nowY = event.clientY;
    if (!drag.lifted) {
      const far = Math.hypot(drag.nowX - drag.x, drag.nowY - drag.y);
      if (drag.kind === "touch") {
        if (far > FINGER_SLOP_PX) this.cancel();
        return;
      }
      if (far < SLOP_PX) return;
      this.lift(drag);
      if (!drag.lifted) return;
    }
    drag.frame ||= requestAnimationFrame(() => this.follow(drag));
  }

  private lift(drag: Drag): void {
    const { board, deeds } = this;
    if (this.drag !== drag || !board.note(drag.id)) return;
    if (!deeds.allowed()) return this.cancel();
    const chosen = board.choice.chosen.has(drag.id);
    if (!chosen) board.stand(drag.id);
    else board.stand(drag.id, { keep: true });
    drag.ids = chosen ? board.affected : [drag.id];
    drag.lifted = true;
    const body = board.views.get(drag.id)!.body;
    const box = body.getBoundingClientRect();
    const copy = body.cloneNode(true) as HTMLElement;
    for (const name of ["role", "tabindex", "aria-label", "aria-roledescription", "data-note"]) copy.removeAttribute(name);
    copy.setAttribute("aria-hidden", "true");
    copy.classList.add("lifted-copy");
    copy.classList.remove("is-current", "is-chosen", "is-lifted");
    copy.style.inlineSize = `${box.width}px`;
    if (drag.ids.length > 1) copy.append(h("span", { class: "lifted-count", text: String(drag.ids.length) }));
    document.body.append(copy);
    document.documentElement.classList.add("is-dragging");
    drag.copy = copy;
    board.dragging = new Set(drag.ids);
    board.hover(drag.ids);
    if (drag.kind === "touch") navigator.vibrate?.(12);
    board.speech.own(board.say("lifted", { count: drag.ids.length }));
    this.follow(drag);
  }

  private follow(drag: Drag): void {
    drag.frame = 0;
    if (this.drag !== drag || !drag.copy) return;
    const target = this.targetAt(drag.nowX, drag.nowY);
    const place = target && !target.tab ? this.markPlace(target) : null;
    const edge = this.edge(drag);
    // All reading is done: now write.
    drag.copy.style.transform = `translate(${drag.nowX - drag.offsetX}px, ${drag.nowY - drag.offsetY}px)`;
    this.paint(drag, target, place);
    if (edge.x !== 0 || edge.y !== 0) {
      for (const element of edge.of) element.scrollBy(edge.x, edge.y);
      drag.frame = requestAnimationFrame(() => this.follow(drag));
    }
  }

  private edge(drag: Drag): { x: number; y: number; of: Element[] } {
    const box = this.scroller.getBoundingClientRect();
    const pull = (at: number, from: number, to: number): number =>
      at < from + EDGE_PX ? -EDGE_SPEED : at > to - EDGE_PX ? EDGE_SPEED : 0;
    const inside = drag.nowY < box.bottom + EDGE_PX && drag.nowY > box.top - EDGE_PX;
    const section = drag.target && this.board.blocks.views.get(drag.target.block)?.section;
    return {
      x: inside ? pull(drag.nowX, box.left, box.right) : 0,
      y: inside ? pull(drag.nowY, Math.max(0, box.top), Math.min(innerHeight, box.bottom)) : 0,
      of: section ? [this.scroller, section] : [this.scroller],
    };
  }

  private targetAt(x: number, y: number): Target | null {
    const under = document.elementFromPoint(x, y);
    const tab = under?.closest<HTMLElement>("[data-tab]") ?? null;
    if (tab) return { block: tab.dataset.tab!, before: null, tab };
    const block = this.board.blocks.blockOf(under);
    if (block === null) return null;
    const lifted = new Set(this.drag?.ids);
    const boxes = this.boxes(block, lifted);
    const columns = boxes.some((one, i) => i > 0 && Math.abs(one.box.top - boxes[i - 1]!.box.top) < 2);
    const reversed = isRightToLeft();
    const before = boxes.find(({ box }) => {
      if (!columns) return y < box.top + box.height / 2;
      const ahead = reversed ? x > box.left + box.width / 2 : x < box.left + box.width / 2;
      return y < box.top || (y <= box.bottom && ahead);
    });
    return { block, before: before?.id ?? null, tab: null };
  }

  private boxes(block: string, without: ReadonlySet<string>): { id: string; box: DOMRect }[] {
    return this.board.shown(block).filter((id) => !without.has(id))
      .map((id) => ({ id, box: this.board.views.get(id)!.body.getBoundingClientRect() }));
  }

  /** Where the insertion line goes: left, top, width, height in window pixels. */
  private markPlace(target: Target): [number, number, number, number] | null {
    const boxes = this.boxes(target.block, new Set(this.drag?.ids));
    const list = this.board.blocks.views.get(target.block)?.list.getBoundingClientRect();
    if (!list) return null;
    const columns = boxes.some((one, i) => i > 0 && Math.abs(one.box.top - boxes[i - 1]!.box.top) < 2);
    const next = boxes.find((one) => one.id === target.before)?.box;
    const last = boxes.at(-1)?.box;
    const reversed = isRightToLeft();
    if (columns && (next ?? last)) {
      const box = (next ?? last)!;
      const start = next ? !reversed : reversed;
      return [start ? box.left - 6 : box.right + 2, box.top, 4, box.height];
    }
    const box = next ?? last;
    if (!box) return [list.left, list.top - 2, list.width, 4];
    return [box.left, next ? box.top - 6 : box.bottom + 2, box.width, 4];
  }

  private paint(drag: Drag, target: Target | null, place: [number, number, number, number] | null): void {
    const before = drag.target;
    drag.target = target;
    const sectionOf = (one: Target | null): HTMLElement | undefined =>
      one && !one.tab ? this.board.blocks.views.get(one.block)?.section : undefined;
    if (sectionOf(before) !== sectionOf(target)) {
      sectionOf(before)?.classList.remove("is-target");
      sectionOf(target)?.classList.add("is-target");
    }
    if (before?.tab !== target?.tab) {
      before?.tab?.classList.remove("is-target");
      clearTimeout(drag.tabTimer);
      if (target?.tab) {
        target.tab.classList.add("is-target");
        drag.tabTimer = window.setTimeout(() => this.openBlock(target.block), TAB_MS);
      }
    }
    drag.copy?.classList.toggle("over-tab", Boolean(target?.tab));
    this.mark.hidden = !place;
    if (!place) return;
    const [left, top, width, height] = place;
    this.mark.style.transform = `translate(${left}px, ${top}px)`;
    this.mark.style.width = `${width}px`;
    this.mark.style.height = `${height}px`;
  }

  private onUp(event: PointerEvent): void {
    const { drag } = this;
    if (!drag || event.pointerId !== drag.pointer) return;
    if (!drag.lifted) return this.cancel();
    // The click that follows belongs to the drag. If none comes, the next press clears the flag.
    this.swallowClick = true;
    const target = this.targetAt(event.clientX, event.clientY);
    const { ids } = drag;
    this.end(drag);
    if (target) this.deeds.drop(ids, target.block, target.before);
    else this.board.speech.own(this.board.say("drag_cancelled"));
  }

  private cancel(): void {
    const { drag } = this;
    if (!drag) return;
    const { lifted } = drag;
    this.end(drag);
    if (lifted) this.board.speech.own(this.board.say("drag_cancelled"));
  }

  private end(drag: Drag): void {
    clearTimeout(drag.timer);
    clearTimeout(drag.tabTimer);
    cancelAnimationFrame(drag.frame);
    this.paint(drag, null, null);
    drag.copy?.remove();
    document.documentElement.classList.remove("is-dragging");
    this.drag = null;
    this.board.dragging = new Set();
    if (drag.lifted) this.board.hover(drag.ids);
  }
}
