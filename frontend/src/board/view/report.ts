/** What both sides changed while this device was offline: before, mine, theirs, and what the board shows. */
import type { Board } from "../board.ts";
import type { NoteView } from "../sync/notes.ts";
import type { BothChanged } from "../sync/types.ts";
import { h, icon } from "./dom.ts";

type Said = Pick<NoteView, "text" | "block" | "status" | "tier" | "weight"> | null;

const SAID = ["block", "status", "tier", "weight"] as const;
type Fact = (typeof SAID)[number];

export class Report {
  private readonly dialog = h("dialog", { class: "dialog dialog-wide board-report", "aria-labelledby": "report-title" });

  constructor(private readonly board: Board, notes: readonly BothChanged[], private readonly go: (id: string) => void) {
    const { say } = board;
    const told = h("p", { class: "meta", role: "status" });
    const keep = h("button", {
      type: "button", class: "button button-small",
      on: { click: () => void this.keep(keep, told) },
    }, icon("history"), h("span", { text: say("report_keep") }));
    this.dialog.append(
      h("header", { class: "dialog-head" }, h("h2", { id: "report-title", text: say("report_title") }),
        h("button", {
          type: "button", class: "button button-quiet button-icon", "aria-label": say("close"),
          on: { click: () => this.dialog.close() },
        }, icon("x"))),
      h("div", { class: "dialog-body", tabindex: "0", role: "region", "aria-labelledby": "report-title" },
        h("p", { text: say("report_text") }),
        h("ul", { class: "report-notes", role: "list" }, ...notes.map((note) => this.row(note))),
        h("div", { class: "dialog-foot" }, told, keep)));
    this.dialog.addEventListener("close", () => this.dialog.remove());
  }

  open(): void {
    document.body.append(this.dialog);
    this.dialog.showModal();
  }

  private row(both: BothChanged): HTMLElement {
    const { board } = this;
    const { say } = board;
    const now = board.note(both.id);
    const sides: [string, Said][] = [["report_before", both.before], ["report_mine", both.mine], ["report_theirs", both.theirs]];
    const all = sides.map(([, side]) => side);
    const differs = SAID.filter((key) => new Set(all.filter((side) => side !== null).map((side) => side[key])).size > 1);
    const parts = sides.map(([key, side]) => h("div", {}, h("dt", { text: say(key) }), this.words(side, differs, key === "report_before")));
    parts.push(h("div", { class: "report-now" }, h("dt", { text: say("report_now") }), this.words(now, differs, false)));
    return h("li", {}, h("dl", {}, ...parts),
      now ? h("button", {
        type: "button", class: "button button-small", "aria-label": say("report_go_to", { note: now.text.trim() || say("note_empty") }),
        on: { click: () => { this.dialog.close(); this.go(both.id); } },
      }, h("span", { text: say("report_go") })) : null);
  }

  /** The text, and of the rest what somebody changed. */
  private words(note: Said, differs: readonly Fact[], first: boolean): HTMLElement {
    const { say } = this.board;
    if (!note) return h("dd", { class: "meta", text: say(first ? "report_absent" : "report_deleted") });
    const about: Record<Fact, string> = {
      block: this.board.titleOf(note.block), status: say(`status_${note.status}`),
      tier: say(`tier_short_${note.tier}`), weight: say("importance_is", { weight: note.weight }),
    };
    return h("dd", {}, h("p", { text: note.text.trim() || say("note_empty"), dir: "auto" }),
      differs.length > 0 ? h("p", { class: "meta", text: differs.map((key) => about[key]).join(" · "), dir: "auto" }) : null);
  }

  /** The board as it is now, under a name, so that it can be found again in the history. */
  private async keep(button: HTMLButtonElement, told: HTMLElement): Promise<void> {
    const { data, say } = this.board;
    button.disabled = true;
    const token = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
    try {
      const answer = await fetch(data.canvas.urls.history, {
        method: "POST", credentials: "same-origin", headers: { "X-CSRFToken": token, "HX-Request": "true" },
        body: new URLSearchParams({ name: say("report_version") }),
      });
      if (!answer.ok) throw new Error(String(answer.status));
      told.textContent = say("report_kept");
      button.remove();
    } catch {
      told.textContent = say("report_not_kept");
      button.disabled = false;
    }
  }
}
