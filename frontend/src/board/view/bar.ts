/** The top of the board: saved or not, who is here, and what to know when something is wrong. */
import type { Board } from "../board.ts";
import type { LineState, Peer } from "../sync/types.ts";
import { download, h, icon, setText } from "./dom.ts";

const MOST_AVATARS = 5;

const STATE_ICONS: Record<LineState, string> = {
  connecting: "refresh-cw", saved: "cloud-check", saving: "refresh-cw", waiting: "cloud-off", offline: "cloud-off",
  merging: "refresh-cw", readonly: "eye", stale: "refresh-cw", reload: "refresh-cw", closed: "cloud-off",
};

const initialsOf = (name: string): string => {
  const words = name.split(/\s+/).filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => [...(word ?? "")][0] ?? "").join("").toUpperCase();
};

export interface BarHosts {
  state: HTMLElement;
  people: HTMLElement;
  banner: HTMLElement;
}

export class Bar {
  private readonly symbol = h("span", { class: "board-state-icon" });
  private readonly text = h("span");
  private shownState: LineState | null = null;
  private offered: Uint8Array | null = null;
  /** A message that stays until it is closed. */
  private notice: HTMLElement | null = null;

  constructor(private readonly board: Board, private readonly hosts: BarHosts, private readonly go: (id: string) => void) {
    hosts.state.replaceChildren(this.symbol, this.text);
    hosts.banner.setAttribute("role", "region");
    hosts.banner.setAttribute("aria-label", board.say("messages"));
    board.listen({ lineChanged: () => this.draw(), peersChanged: () => this.drawPeople() });
    board.line.on("offer", (update) => {
      this.offered = update;
      this.draw();
    });
    board.line.on("merged", ({ both }) => this.onMerged(both));
    board.line.on("refused", (code) => this.onRefused(code));
    this.draw();
    this.drawPeople();
  }

  private get sentence(): string {
    const { say } = this.board;
    const { state, pending } = this.board.line.status;
    if (state === "offline") return pending > 0 ? say("state_offline_kept", { count: pending }) : say("state_offline");
    if (state === "merging") return pending > 0 ? say("state_merging_count", { count: pending }) : say("state_merging");
    // Before "Saving…" is due nothing is claimed: "Saved" means that everything was acknowledged.
    if (state === "saved" && pending > 0) return "";
    return say(`state_${state}`);
  }

  private draw(): void {
    const { state } = this.board.line.status;
    if (this.shownState !== state) {
      const before = this.shownState;
      this.shownState = state;
      this.hosts.state.dataset.state = state;
      this.symbol.replaceChildren(icon(STATE_ICONS[state]));
      // The everyday back and forth of saving stays silent.
      const told = ["waiting", "offline", "merging", "readonly", "reload", "closed"].includes(state);
      const relieved = state === "saved" && before !== null && ["waiting", "offline", "merging"].includes(before);
      if (told || relieved) this.board.speech.own(this.sentence);
    }
    setText(this.text, this.sentence);
    document.documentElement.classList.toggle("is-readonly", !this.board.editable && state !== "connecting" && state !== "stale");
    this.hosts.banner.replaceChildren(...[this.banner(), this.notice].filter((one) => one !== null));
    this.hosts.banner.hidden = this.hosts.banner.childElementCount === 0;
  }

  // Banners

  private line(tone: string, symbol: string, title: string, text: string, ...ways: HTMLElement[]): HTMLElement {
    return h("div", { class: `board-notice tone-${tone}` }, icon(symbol),
      h("p", {}, h("strong", { text: title }), " ", text), h("div", { class: "board-notice-ways" }, ...ways));
  }

  private button(key: string, run: () => void): HTMLButtonElement {
    return h("button", { type: "button", class: "button button-small", text: this.board.say(key), on: { click: run } });
  }

  private banner(): HTMLElement | null {
    const { say, data, line } = this.board;
    const { state, pending, reason } = line.status;
    if (state === "offline") {
      const text = pending > 0 ? say("offline_text_kept", { count: pending }) : say("offline_text");
      return this.line("warn", "cloud-off", say("offline_title"), text, this.button("download_copy", () => this.downloadCopy()));
    }
    if (state === "waiting") {
      return this.line("warn", "cloud-off", say("waiting_title"), say("waiting_text"), this.button("download_copy", () => this.downloadCopy()));
    }
    if (state === "reload") {
      return this.line("info", "refresh-cw", say("reload_title"), say("reload_text"), this.button("reload", () => location.reload()));
    }
    if (state === "closed") {
      const known = ["removed", "session_ended", "deleted", "moved", "missing"];
      const text = say(reason && known.includes(reason) ? `closed_${reason}` : "closed_restart");
      return this.line("bad", "lock", say("closed_title"), text, this.button("reload", () => location.reload()),
        this.button("download_copy", () => this.downloadCopy()));
    }
    if (state === "readonly" || data.me.role === "viewer") {
      const ways = this.offered ? [this.button("download_unsent", () => this.downloadOffer())] : [];
      const text = this.offered ? say("readonly_offer") : say("readonly_text");
      return this.line("info", "eye", say("state_readonly"), text, ...ways);
    }
    return null;
  }

  private onMerged(both: readonly string[]): void {
    const { board } = this;
    const notes = both.map((id) => board.note(id)).filter((note) => note !== null);
    if (notes.length === 0) return;
    const said = board.say("merged_both", { count: notes.length });
    board.speech.own(said);
    this.tell(said, notes.slice(0, 8).map((note) =>
      h("button", {
        type: "button", class: "button button-small board-notice-note", text: note.text.trim() || board.say("note_empty"), dir: "auto",
        on: { click: () => this.go(note.id) },
      })));
  }

  private onRefused(code: "too_large" | "bad_update" | "rate"): void {
    const said = this.board.say(`refused_${code}`);
    this.board.speech.own(said);
    this.tell(said, []);
  }

  private tell(text: string, ways: HTMLElement[]): void {
    const close = h("button", {
      type: "button", class: "button button-quiet button-icon button-small", "aria-label": this.board.say("close"),
      on: { click: () => { this.notice = null; this.draw(); } },
    }, icon("x"));
    this.notice = h("div", { class: "board-notice tone-info" }, icon("info"), h("p", { text }),
      h("div", { class: "board-notice-ways" }, ...ways, close));
    this.draw();
  }

  // Copies for the person to keep

  private downloadCopy(): void {
    const { board } = this;
    const blocks = board.blocks.order.map((block) => ({
      block: block.title,
      notes: board.store.line(block.id).map((id) => {
        const { text, status, tier, weight } = board.note(id)!;
        return { text, status, seen_by: tier, importance: weight };
      }),
    }));
    const content = { title: board.data.canvas.title, template: board.data.canvas.template, saved_on_this_device: new Date().toISOString(), blocks };
    download(`${board.data.canvas.title}.json`, JSON.stringify(content, null, 2), "application/json");
  }

  private downloadOffer(): void {
    if (this.offered) download(`${this.board.data.canvas.title}.ydoc`, this.offered as Uint8Array<ArrayBuffer>, "application/octet-stream");
  }

  // People

  private drawPeople(): void {
    const { board } = this;
    const { say, data } = board;
    const seen = new Map<string, Peer>();
    // Somebody with two tabs open is one person, shown where they last did something.
    for (const peer of board.line.peers.values()) {
      const known = seen.get(peer.person);
      if (!known || (known.at.note === null && peer.at.note !== null)) seen.set(peer.person, peer);
    }
    seen.delete(data.me.id);
    const others = [...seen.values()];
    const shown = others.slice(0, MOST_AVATARS - 1);
    const me = h("li", {}, h("span", { class: "avatar avatar-me", title: say("you", { name: data.me.name }) },
      h("span", { text: data.me.initials, "aria-hidden": "true" }), h("span", { class: "sr", text: say("you", { name: data.me.name }) })));
    const items = shown.map((peer) => {
      const following = board.following === peer.session;
      return h("li", {}, h("button", {
        type: "button", class: "avatar-button", "aria-pressed": String(following), title: say("follow", { name: peer.name }),
        "aria-label": say(following ? "unfollow" : "follow", { name: peer.name }), on: { click: () => this.follow(peer) },
      }, h("span", { class: `avatar avatar-${peer.colour + 1}`, "aria-hidden": "true", text: initialsOf(peer.name) })));
    });
    const rest = others.length - shown.length;
    const more = rest > 0 ? [h("li", { class: "more", text: say("more_people", { count: rest }) })] : [];
    const focused = this.hosts.people.contains(document.activeElement)
      ? [...this.hosts.people.children].findIndex((one) => one.contains(document.activeElement)) : -1;
    this.hosts.people.replaceChildren(me, ...items, ...more);
    if (focused >= 0) this.hosts.people.children[focused]?.querySelector<HTMLElement>("button")?.focus();
  }

  private follow(peer: Peer): void {
    const { board } = this;
    const stop = board.following === peer.session;
    board.following = stop ? null : peer.session;
    const view = peer.at.note === null ? undefined : board.views.get(peer.at.note);
    if (!stop && view) board.reveal(view.body);
    board.speech.own(board.say(stop ? "not_following" : "following", { name: peer.name }));
    this.drawPeople();
  }
}
