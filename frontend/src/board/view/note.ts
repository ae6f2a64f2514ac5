/** One note on the board: built once, then only what differs is written. */
import type { Counts } from "../data.ts";
import { USUAL_WEIGHT, type Note, type Status } from "../model/notes.ts";
import type { Words } from "../model/words.ts";
import type { Peer } from "../sync/types.ts";
import { h, icon, setAttribute, setText } from "./dom.ts";

export const STATUS_ICONS: Record<Status, string> = {
  untested: "circle-help", testing: "flask-conical", supported: "check", refuted: "x", parked: "pause",
};

export interface Look {
  note: Note;
  counts: Counts | undefined;
  peers: readonly Peer[];
  current: boolean;
  chosen: boolean;
  lifted: boolean;
  hidden: boolean;
}

const firstName = (name: string): string => name.split(" ")[0] ?? name;

export function presenceText(say: Words["say"], peers: readonly Peer[]): string {
  const first = peers.find((peer) => peer.at.typing) ?? peers[0];
  if (!first) return "";
  const name = firstName(first.name);
  if (peers.length > 1) return say("presence_more", { name, count: peers.length - 1 });
  return say(first.at.typing ? "presence_typing" : "presence_here", { name });
}

/** Everything about a note in words. */
export function fullLabel(say: Words["say"], look: Look): string {
  const { note, counts, peers } = look;
  const parts = [note.text.trim() || say("note_empty"), say(`status_${note.status}`)];
  parts.push(say("evidence_count", { count: counts?.evidence ?? 0 }));
  parts.push(say("comment_count", { count: counts?.comments ?? 0 }));
  if (note.weight !== USUAL_WEIGHT) parts.push(say("importance_is", { weight: note.weight }));
  if (note.tier !== "team") parts.push(say(`tier_${note.tier}`));
  if (peers.length > 0) parts.push(presenceText(say, peers));
  if (look.chosen) parts.push(say("note_chosen"));
  return parts.map((part) => (/[.?!…]$/.test(part) ? part : `${part}.`)).join(" ");
}

function counter(symbol: string): { box: HTMLElement; number: HTMLElement } {
  const number = h("span");
  return { box: h("span", { class: "note-count" }, icon(symbol), number), number };
}

export class NoteView {
  readonly item: HTMLLIElement;
  readonly body: HTMLDivElement;
  readonly text: HTMLParagraphElement;
  private readonly tag = h("span", { class: "note-presence", hidden: true });
  private readonly status = h("span", { class: "note-status" });
  private readonly word = h("span");
  private readonly weight = counter("flag");
  private readonly tier = h("span", { class: "note-tier" });
  private readonly evidence = counter("paperclip");
  private readonly comments = counter("message-square");
  private drawn = "";
  private drawnStatus = "";

  constructor(readonly id: string, private readonly say: Words["say"]) {
    this.text = h("p", { class: "note-text", dir: "auto" });
    const more = h("button", {
      class: "note-more", type: "button", tabindex: "-1", "aria-label": say("note_menu"), title: say("note_menu"),
    }, icon("ellipsis"));
    const foot = h("div", { class: "note-foot" },
      this.status, this.tier, h("span", { class: "note-gap" }), this.weight.box, this.evidence.box, this.comments.box);
    this.body = h("div", {
      class: "note", role: "group", tabindex: "-1", data: { note: id }, "aria-roledescription": say("note_role"),
    }, this.text, this.tag, foot, more);
    this.item = h("li", { class: "note-item", data: { item: id } }, this.body);
  }

  draw(look: Look): void {
    const label = fullLabel(this.say, look);
    const { note, counts } = look;
    const seen = [label, look.current, look.lifted, look.hidden, look.peers[0]?.colour, look.peers.length].join("|");
    if (seen === this.drawn) return;
    this.drawn = seen;
    const { body } = this;
    setText(this.text, note.text.trim() === "" ? this.say("note_empty") : note.text);
    setAttribute(this.text, "data-empty", note.text.trim() === "" ? "" : null);
    setAttribute(body, "aria-label", label);
    if (this.drawnStatus !== note.status) {
      this.drawnStatus = note.status;
      body.dataset.status = note.status;
      setText(this.word, this.say(`status_${note.status}`));
      this.status.replaceChildren(icon(STATUS_ICONS[note.status]), this.word);
    }
    this.count(this.evidence, counts?.evidence ?? 0);
    this.count(this.comments, counts?.comments ?? 0);
    this.count(this.weight, note.weight === USUAL_WEIGHT ? 0 : note.weight);
    if (this.tier.dataset.tier !== note.tier) {
      this.tier.dataset.tier = note.tier;
      this.tier.hidden = note.tier === "team";
      this.tier.replaceChildren(icon("eye"), h("span", { text: this.say(`tier_short_${note.tier}`) }));
    }
    const first = look.peers.find((peer) => peer.at.typing) ?? look.peers[0];
    setAttribute(body, "data-presence", first ? String(first.colour + 1) : null);
    this.tag.hidden = !first;
    setText(this.tag, presenceText(this.say, look.peers));
    body.classList.toggle("is-current", look.current);
    body.classList.toggle("is-chosen", look.chosen);
    body.classList.toggle("is-lifted", look.lifted);
    this.item.hidden = look.hidden;
  }

  /** Somebody else changed this note: the ring lights up once. */
  flash(colour: number | null): void {
    this.body.classList.remove("has-news");
    setAttribute(this.body, "data-news", colour === null ? null : String(colour + 1));
    requestAnimationFrame(() => this.body.classList.add("has-news"));
  }

  private count(counter: { box: HTMLElement; number: HTMLElement }, value: number): void {
    counter.box.hidden = value === 0;
    setText(counter.number, String(value));
  }
}
