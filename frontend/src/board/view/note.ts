/** One note on the board: built once, then only what differs is written. */
import type { Counts } from "../data.ts";
import { USUAL_WEIGHT, type Note, type Status } from "../model/notes.ts";
import type { Words } from "../model/words.ts";
import type { Peer } from "../sync/types.ts";
import { drawing, h, icon, setAttribute, setHidden, setText } from "./dom.ts";

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
export function fullLabel({ say, count }: Words, look: Look): string {
  const { note, counts, peers } = look;
  const parts = [note.text.trim() || say("note_empty"), say(`status_${note.status}`)];
  parts.push(count("evidence_count", counts?.evidence ?? 0));
  parts.push(count("comment_count", counts?.comments ?? 0));
  if (note.weight !== USUAL_WEIGHT) parts.push(say("importance_is", { weight: note.weight }));
  if (note.tier !== "team") parts.push(say(`tier_${note.tier}`));
  if (peers.length > 0) parts.push(presenceText(say, peers));
  if (look.chosen) parts.push(say("note_chosen"));
  return parts.map((part) => (/[.?!…]$/.test(part) ? part : `${part}.`)).join(" ");
}

const MORE_PATH = "M13 12a1 1 0 1 1-2 0 1 1 0 0 1 2 0ZM20 12a1 1 0 1 1-2 0 1 1 0 0 1 2 0ZM6 12a1 1 0 1 1-2 0 1 1 0 0 1 2 0Z";

const CALM = matchMedia("(prefers-reduced-motion: reduce)");

const counter = (symbol: string, value: number): HTMLElement =>
  h("span", { class: "note-count" }, icon(symbol), h("span", { text: String(value) }));

let pattern: HTMLLIElement | null = null;

/** What every note has; copies of one pattern are built several times faster than one by one. */
function copyPattern(say: Words["say"]): HTMLLIElement {
  if (!pattern) {
    pattern = h("li", { class: "note-item" },
      h("div", { class: "note", role: "group", tabindex: "-1", "aria-roledescription": say("note_role") },
        h("p", { class: "note-text", dir: "auto", text: " " }),
        h("div", { class: "note-foot note-status", text: " " })));
  }
  return pattern.cloneNode(true) as HTMLLIElement;
}

export class NoteView {
  readonly item: HTMLLIElement;
  readonly body: HTMLDivElement;
  readonly text: HTMLParagraphElement;
  private readonly foot: HTMLElement;
  /** The word of the status: the foot itself as long as nothing else stands in it. */
  private status: HTMLElement;
  /** Who is here, and the button of the menu: made when they are needed. */
  private tag: HTMLElement | null = null;
  private more: HTMLElement | null = null;
  private drawn: Look | null = null;
  private drawnStatus = "";
  private drawnFacts: readonly (string | number)[] = ["team", 0, 0, 0];

  constructor(readonly id: string, private readonly words: Words) {
    this.item = copyPattern(words.say);
    this.item.dataset.item = id;
    this.body = this.item.firstElementChild as HTMLDivElement;
    this.body.dataset.note = id;
    this.text = this.body.firstElementChild as HTMLParagraphElement;
    this.foot = this.body.lastElementChild as HTMLElement;
    this.status = this.foot;
  }

  draw(look: Look): void {
    const { drawn, body } = this;
    this.drawn = look;
    if (drawn?.note !== look.note || drawn.counts !== look.counts || drawn.peers !== look.peers || drawn.chosen !== look.chosen) {
      this.drawContent(look);
    }
    body.classList.toggle("is-current", look.current);
    body.classList.toggle("is-chosen", look.chosen);
    body.classList.toggle("is-lifted", look.lifted);
    setHidden(this.item, look.hidden);
  }

  private drawContent(look: Look): void {
    const { note } = look;
    const { say } = this.words;
    const empty = note.text.trim() === "";
    setText(this.text, empty ? say("note_empty") : note.text);
    setAttribute(this.text, "data-empty", empty ? "" : null);
    setAttribute(this.body, "aria-label", fullLabel(this.words, look));
    if (this.drawnStatus !== note.status) {
      this.drawnStatus = note.status;
      this.body.dataset.status = note.status;
      setText(this.status, say(`status_${note.status}`));
    }
    this.drawFacts(look);
    this.drawPeers(look.peers);
  }

  /** What only some notes carry: tier, importance, evidence, comments. */
  private drawFacts({ note, counts }: Look): void {
    const facts = [note.tier, note.weight === USUAL_WEIGHT ? 0 : note.weight, counts?.evidence ?? 0, counts?.comments ?? 0] as const;
    if (facts.every((one, i) => one === this.drawnFacts[i])) return;
    this.drawnFacts = facts;
    const [, weight, evidence, comments] = facts;
    const values: [string, number][] = [["flag", weight], ["paperclip", evidence], ["message-square", comments]];
    const counted = values.filter(([, value]) => value > 0).map(([symbol, value]) => counter(symbol, value));
    const tier = note.tier !== "team" &&
      h("span", { class: "note-tier", data: { tier: note.tier } }, icon("eye"), h("span", { text: this.words.say(`tier_short_${note.tier}`) }));
    if (this.status === this.foot) {
      this.status = h("span", { class: "note-status", text: this.foot.textContent ?? "" });
      this.foot.classList.remove("note-status");
    }
    this.foot.replaceChildren(this.status, ...(tier ? [tier] : []), h("span", { class: "note-gap" }), ...counted);
  }

  private drawPeers(peers: readonly Peer[]): void {
    const first = peers.find((peer) => peer.at.typing) ?? peers[0];
    setAttribute(this.body, "data-presence", first ? String(first.colour + 1) : null);
    if (!first) {
      this.tag?.remove();
      return;
    }
    this.tag ??= h("span", { class: "note-presence" });
    if (!this.tag.isConnected) this.foot.before(this.tag);
    setText(this.tag, presenceText(this.words.say, peers));
  }

  /** The button of the menu, for the note under the pointer and the current one. */
  showMore(): void {
    if (this.more) return;
    const name = this.words.say("note_menu");
    this.more = h("button", { class: "note-more", type: "button", tabindex: "-1", "aria-label": name, title: name }, drawing(MORE_PATH));
    this.body.append(this.more);
  }

  /** Somebody else changed this note: the ring lights up once, and asks for no second layout. */
  flash(colour: number | null): void {
    if (CALM.matches) return;
    const ring = `0 0 0 4px var(${colour === null ? "--focus" : `--presence-${colour + 1}`})`;
    this.body.animate([{ boxShadow: ring }, {}], { duration: 900, easing: "ease-out" });
  }
}
