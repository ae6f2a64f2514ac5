/** The panel beside the board: what is known of a note. Evidence and comments come from the server. */
import type { Board } from "../board.ts";
import type { Deeds, Panels } from "../deeds.ts";
import { STATUSES, TIERS, type Note, type Status, type Tier } from "../model/notes.ts";
import { afterPaint, h, icon, setAttribute, setHidden, setText } from "./dom.ts";
import { STATUS_ICONS } from "./note.ts";
import { parsed, swapForms } from "./swap.ts";

const SETTLE_MS = 250;
type Focus = "evidence" | "comments" | "heading" | null;

export class Panel implements Panels {
  private readonly title = h("h2", { class: "panel-title", dir: "auto", tabindex: "-1" });
  private readonly statuses = new Map<Status, HTMLButtonElement>();
  private readonly weight: HTMLSelectElement;
  private readonly tier: HTMLSelectElement;
  private readonly ask: HTMLElement;
  private readonly questions = h("details", { class: "panel-questions" });
  private readonly region = h("div", { class: "panel-region", id: "note-panel-region" });
  private readonly removal: HTMLButtonElement;
  private readonly own: HTMLElement;
  private wanted: string | null = null;
  private loaded: string | null = null;
  private focusAfter: Focus = null;
  private timer = 0;
  private request: AbortController | null = null;
  private questionsOf: string | null = null;
  /** The next frame draws the panel anew; true: for another note. */
  private planned: boolean | null = null;
  private drawn: readonly (Note | boolean)[] = [];

  constructor(private readonly board: Board, deeds: Deeds, private readonly host: HTMLElement) {
    const { say } = board;
    const list = h("ul", { class: "status-list", role: "list" }, ...STATUSES.map((status, i) => {
      const button = h("button", {
        type: "button", class: "status-choice", data: { status }, "aria-pressed": "false",
        on: { click: () => deeds.setStatus(board.affected, status) },
      }, icon(STATUS_ICONS[status]), h("span", { text: say(`status_${status}`) }),
      h("kbd", { text: String(i + 1), "aria-hidden": "true" }));
      this.statuses.set(status, button);
      return h("li", {}, button);
    }));
    this.weight = h("select", {
      class: "input input-small", id: "note-weight",
      on: { change: () => deeds.setWeight(board.affected, Number(this.weight.value)) },
    }, ...[1, 2, 3, 4, 5].map((value) => h("option", { value: String(value), text: say(`importance_${value}`) })));
    this.tier = h("select", {
      class: "input input-small", id: "note-tier",
      on: { change: () => deeds.setTier(board.affected, this.tier.value as Tier) },
    }, ...TIERS.map((value) => h("option", { value, text: say(`tier_choice_${value}`) })));
    this.ask = h("p", { class: "panel-ask", hidden: true, text: say("ask_for_evidence") });
    this.removal = h("button", {
      type: "button", class: "button button-quiet button-small panel-delete",
      on: { click: () => deeds.remove(board.affected) },
    }, icon("trash-2"), h("span"));
    const close = h("button", {
      type: "button", class: "button button-quiet button-icon button-small", "aria-label": say("close_panel"),
      title: say("close_panel"), on: { click: () => this.close() },
    }, icon("x"));
    this.own = h("div", { class: "panel-own" },
      h("div", { role: "group", "aria-label": say("status") }, list), this.ask,
      h("div", { class: "panel-selects" },
        h("div", {}, h("label", { for: "note-weight", text: say("importance") }), this.weight),
        h("div", {}, h("label", { for: "note-tier", text: say("seen_by") }), this.tier)));
    host.append(h("header", { class: "panel-head" }, this.title, close), this.own, this.region, this.questions, this.removal);
    host.setAttribute("aria-label", say("panel"));
    host.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      event.preventDefault();
      this.back();
    });
    new MutationObserver(() => this.onContent()).observe(this.region, { childList: true, subtree: true });
    swapForms(this.region);
    board.listen({ chosen: () => this.onChosen(), drawn: () => this.plan(false), lineChanged: () => this.onLine() });
  }

  get isOpen(): boolean {
    return !this.host.hidden;
  }

  open(focus: Focus): void {
    const { board } = this;
    if (board.choice.current === null) return;
    this.host.hidden = false;
    document.documentElement.classList.add("has-panel");
    this.focusAfter = focus;
    this.draw();
    if (focus === "heading") this.title.focus();
    this.load(board.choice.current, focus !== null);
    const view = board.views.get(board.choice.current);
    if (view && focus === null) board.reveal(view.body);
  }

  close(): void {
    this.host.hidden = true;
    document.documentElement.classList.remove("has-panel");
    this.request?.abort();
    this.back();
  }

  /** The focus goes back to the note. */
  private back(): void {
    const { current } = this.board.choice;
    if (current !== null) this.board.focus(current);
  }

  askForEvidence(): void {
    this.ask.hidden = false;
    if (this.isOpen) this.board.speech.own(`${this.board.say("status_set_without_evidence")}`);
  }

  private onChosen(): void {
    setHidden(this.ask, true);
    this.plan(true);
  }

  /** The note itself comes first, the panel follows it with the next frame. */
  private plan(another: boolean): void {
    if (!this.isOpen) return;
    if (this.planned === null) afterPaint(() => this.follow());
    this.planned = another || this.planned === true;
  }

  private follow(): void {
    const another = this.planned;
    this.planned = null;
    if (!this.isOpen) return;
    this.draw();
    const { current } = this.board.choice;
    if (another && current !== null) this.load(current, false);
  }

  private get offline(): boolean {
    return this.board.line.status.state === "offline";
  }

  private onLine(): void {
    this.plan(false);
    // What could not be had without a network is asked for again.
    if (this.isOpen && !this.offline && this.loaded === null && !this.request && this.wanted !== null) this.load(this.wanted, true);
  }

  private draw(): void {
    if (!this.isOpen) return;
    const { board } = this;
    const { say } = board;
    const ids = board.affected;
    const notes = ids.map((id) => board.note(id)!).filter(Boolean);
    const first = notes[0];
    const seen = [board.editable, ...notes];
    if (this.drawn.length === seen.length && seen.every((one, i) => one === this.drawn[i])) return;
    this.drawn = seen;
    setHidden(this.own, !first);
    setHidden(this.removal, !first || !board.editable);
    if (!first) {
      setText(this.title, say("panel_nothing"));
      setHidden(this.region, true);
      setHidden(this.questions, true);
      this.questionsOf = null;
      return;
    }
    setText(this.title, notes.length > 1 ? say("notes_chosen", { count: notes.length }) : first.text.trim() || say("note_empty"));
    for (const [status, button] of this.statuses) {
      setAttribute(button, "aria-pressed", String(notes.every((note) => note.status === status)));
      if (button.disabled === board.editable) button.disabled = !board.editable;
    }
    this.weight.value = String(notes.every((note) => note.weight === first.weight) ? first.weight : "");
    this.tier.value = notes.every((note) => note.tier === first.tier) ? first.tier : "";
    this.weight.disabled = this.tier.disabled = !board.editable;
    setText(this.removal.lastElementChild!, say("delete_notes", { count: notes.length }));
    setHidden(this.region, notes.length > 1);
    this.drawQuestions(first.block);
  }

  private drawQuestions(id: string): void {
    if (this.questionsOf === id) return;
    this.questionsOf = id;
    const block = this.board.blocks.views.get(id)?.block;
    setHidden(this.questions, !block || block.questions.length === 0);
    if (!block) return;
    this.questions.replaceChildren(
      h("summary", { text: this.board.say("questions_of", { block: block.title }) }),
      h("ul", {}, ...block.questions.map((question) => h("li", { text: question, dir: "auto", lang: this.board.data.grid.lang }))));
  }

  // The region that the server renders

  private load(id: string, now: boolean): void {
    if (this.wanted === id && (this.loaded === id || this.request)) {
      if (this.loaded === id) this.takeFocus();
      return;
    }
    this.wanted = id;
    this.request?.abort();
    this.request = null;
    clearTimeout(this.timer);
    this.region.setAttribute("aria-busy", "true");
    // Arrow keys run past many notes: ask only for the one where the person stays.
    this.timer = window.setTimeout(() => void this.fetch(id), now ? 0 : SETTLE_MS);
  }

  private async fetch(id: string): Promise<void> {
    const request = new AbortController();
    this.request = request;
    try {
      const address = this.board.data.canvas.urls.panel.replace("__note__", encodeURIComponent(id));
      const answer = await fetch(address, { headers: { "HX-Request": "true" }, signal: request.signal, credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      const content = parsed(await answer.text());
      if (this.wanted !== id) return;
      this.region.replaceChildren(...content);
      this.loaded = id;
      this.takeFocus();
    } catch {
      if (request.signal.aborted || this.wanted !== id) return;
      this.loaded = null;
      this.region.replaceChildren(
        h("p", { class: "panel-error", text: this.board.say(this.offline ? "panel_offline" : "panel_failed") }),
        h("button", {
          type: "button", class: "button button-small", text: this.board.say("try_again"),
          on: { click: () => void this.fetch(id) },
        }));
    } finally {
      if (this.request === request) this.request = null;
      if (this.wanted === id) this.region.removeAttribute("aria-busy");
    }
  }

  private takeFocus(): void {
    const focus = this.focusAfter;
    if (focus !== "evidence" && focus !== "comments") return;
    this.focusAfter = null;
    const target = this.region.querySelector<HTMLElement>(`[data-panel-focus="${focus}"]`) ?? this.title;
    target.focus();
  }

  /** The fragment carries its own counters, so every swap brings the note up to date. */
  private onContent(): void {
    const counted = this.region.querySelector<HTMLElement>("[data-counts-of]");
    const { countsOf, evidence, comments } = counted?.dataset ?? {};
    if (!countsOf || evidence === undefined || comments === undefined) return;
    this.board.setCounts(countsOf, { evidence: Number(evidence), comments: Number(comments) });
    if (Number(evidence) > 0) setHidden(this.ask, true);
  }
}
