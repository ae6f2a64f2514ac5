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

/** Drawn in place: hundreds of references into the sprite cost more than the notes themselves. */
const STATUS_PATHS: Record<Status, string> = {
  untested: "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20ZM9.09 9a3 3 0 0 1 5.83 1c0 2-3 3-3 3M12 17h.01",
  testing: "M14 2v6a2 2 0 0 0 .245.96l5.51 10.08A2 2 0 0 1 18 22H6a2 2 0 0 1-1.755-2.96l5.51-10.08A2 2 0 0 0 10 8V2M6.453 15h11.094M8.5 2h7",
  supported: "M20 6 9 17l-5-5",
  refuted: "M18 6 6 18M6 6l12 12",
  parked: "M14 4a1 1 0 0 1 1-1h3a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1h-3a1 1 0 0 1-1-1ZM5 4a1 1 0 0 1 1-1h3a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1Z",
};

const CALM = matchMedia("(prefers-reduced-motion: reduce)");

const counter = (symbol: string, value: number): HTMLElement =>
  h("span", { class: "note-count" }, icon(symbol), h("span", { text: String(value) }));

let pattern: HTMLLIElement | null = null;

/** What every note has; copies of one pattern are built several times faster than one by one. */
function copyPattern(say: Words["say"]): HTMLLIElement {
  if (!pattern) {
    const symbol = icon("");
    symbol.replaceChildren(document.createElementNS(symbol.namespaceURI!, "path"));
    pattern = h("li", { class: "note-item" },
      h("div", { class: "note", role: "group", tabindex: "-1", "aria-roledescription": say("note_role") },
        h("p", { class: "note-text", dir: "auto" }),
        h("div", { class: "note-foot" }, h("span", { class: "note-status" }, symbol, h("span")))));
  }
  return pattern.cloneNode(true) as HTMLLIElement;
}

export class NoteView {
  readonly item: HTMLLIElement;
  readonly body: HTMLDivElement;
  readonly text: HTMLParagraphElement;
  private readonly foot: HTMLElement;
  private readonly status: HTMLElement;
  /** Who is here, and the button of the menu: made when they are needed. */
  private tag: HTMLElement | null = null;
  private more: HTMLElement | null = null;
  private drawn = "";
  private drawnStatus = "";
  private drawnFacts = "";

  constructor(readonly id: string, private readonly say: Words["say"]) {
    this.item = copyPattern(say);
    this.item.dataset.item = id;
    this.body = this.item.firstElementChild as HTMLDivElement;
    this.body.dataset.note = id;
    this.text = this.body.firstElementChild as HTMLParagraphElement;
    this.foot = this.body.lastElementChild as HTMLElement;
    this.status = this.foot.firstElementChild as HTMLElement;
  }

  draw(look: Look): void {
    const label = fullLabel(this.say, look);
    const { note } = look;
    const seen = [label, look.current, look.lifted, look.hidden, look.peers[0]?.colour, look.peers.length].join("|");
    if (seen === this.drawn) return;
    this.drawn = seen;
    const { body } = this;
    const empty = note.text.trim() === "";
    setText(this.text, empty ? this.say("note_empty") : note.text);
    setAttribute(this.text, "data-empty", empty ? "" : null);
    setAttribute(body, "aria-label", label);
    if (this.drawnStatus !== note.status) {
      this.drawnStatus = note.status;
      body.dataset.status = note.status;
      this.status.firstElementChild!.firstElementChild!.setAttribute("d", STATUS_PATHS[note.status]);
      this.status.lastElementChild!.textContent = this.say(`status_${note.status}`);
    }
    this.drawFacts(look);
    this.drawPeers(look.peers);
    if (look.current) this.showMore();
    body.classList.toggle("is-current", look.current);
    body.classList.toggle("is-chosen", look.chosen);
    body.classList.toggle("is-lifted", look.lifted);
    this.item.hidden = look.hidden;
  }

  /** What only some notes carry: tier, importance, evidence, comments. */
  private drawFacts({ note, counts }: Look): void {
    const values: [string, number][] = [
      ["flag", note.weight === USUAL_WEIGHT ? 0 : note.weight],
      ["paperclip", counts?.evidence ?? 0],
      ["message-square", counts?.comments ?? 0],
    ];
    const facts = `${note.tier} ${values.map(([, value]) => value).join(" ")}`;
    if (facts === this.drawnFacts) return;
    const first = this.drawnFacts === "";
    this.drawnFacts = facts;
    const counted = values.filter(([, value]) => value > 0).map(([symbol, value]) => counter(symbol, value));
    const tier = note.tier !== "team" &&
      h("span", { class: "note-tier", data: { tier: note.tier } }, icon("eye"), h("span", { text: this.say(`tier_short_${note.tier}`) }));
    if (first && !tier && counted.length === 0) return;
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
    setText(this.tag, presenceText(this.say, peers));
  }

  /** The button of the menu, for the note under the pointer and the current one. */
  showMore(): void {
    if (this.more) return;
    const name = this.say("note_menu");
    this.more = h("button", { class: "note-more", type: "button", tabindex: "-1", "aria-label": name, title: name }, icon("ellipsis"));
    this.body.append(this.more);
  }

  /** Somebody else changed this note: the ring lights up once, and asks for no second layout. */
  flash(colour: number | null): void {
    if (CALM.matches) return;
    const ring = `0 0 0 4px var(${colour === null ? "--focus" : `--presence-${colour + 1}`})`;
    this.body.animate([{ boxShadow: ring }, {}], { duration: 900, easing: "ease-out" });
  }
}
