/** The top of the board: saved or not, who is here, and what to know when something is wrong. */
import * as Y from "yjs";
import type { Board } from "../board.ts";
import type { Device } from "../kept/device.ts";
import { viewsOf } from "../sync/report.ts";
import type { LineState, MergeReport, Offer, Peer } from "../sync/types.ts";
import { CopyMenu, saveCopy } from "./copy.ts";
import { h, icon, setHidden, setText } from "./dom.ts";
import { Report } from "./report.ts";

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
  private offered: Offer | null = null;
  /** A message that stays until it is closed. */
  private notice: HTMLElement | null = null;
  /** What the banner and the list of people were drawn from. */
  private drawnBanner = "";
  private drawnNotice: HTMLElement | null = null;
  private drawnPeople = "";

  constructor(
    private readonly board: Board, private readonly device: Device, private readonly hosts: BarHosts,
    private readonly go: (id: string) => void,
  ) {
    hosts.state.replaceChildren(...new CopyMenu(board, device, this.symbol, this.text).elements);
    hosts.banner.setAttribute("role", "region");
    hosts.banner.setAttribute("aria-label", board.say("messages"));
    board.listen({ lineChanged: () => this.draw(), peersChanged: () => this.drawPeople() });
    board.line.on("offer", (offer) => {
      this.offered = offer;
      this.draw();
    });
    board.line.on("merged", (report) => this.onMerged(report));
    device.onChange(() => this.onDevice());
    this.onDevice();
    window.addEventListener("beforeunload", (event) => {
      // What no server and no device has would be gone with the tab.
      if (board.line.status.pending > 0 && !device.holds) event.preventDefault();
    });
    board.line.on("refused", (code) => this.onRefused(code));
    this.draw();
    this.drawPeople();
  }

  /** People count notes that they changed, not strokes of their keyboard. */
  private get waiting(): number {
    const { status, unsent } = this.board.line;
    return status.pending === 0 ? 0 : Math.max(1, unsent.size);
  }

  private get sentence(): string {
    const { say } = this.board;
    const { state } = this.board.line.status;
    const pending = this.waiting;
    if (state === "offline") {
      return pending > 0 ? say(`state_offline_${this.device.holds ? "kept" : "tab"}`, { count: pending }) : say("state_offline");
    }
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
    document.documentElement.classList.toggle("is-offline", state === "offline");
    document.documentElement.classList.toggle("is-readonly", !this.board.editable && state !== "connecting" && state !== "stale");
    this.drawBanner();
  }

  /** Every change of mine passes here twice: what stays the same is not made again. */
  private drawBanner(): void {
    const { state, reason } = this.board.line.status;
    const counted = state === "offline" || state === "reload" ? this.waiting : 0;
    const seen = [state, reason, counted, this.device.holds, this.offered !== null].join();
    if (seen === this.drawnBanner && this.notice === this.drawnNotice) return;
    this.drawnBanner = seen;
    this.drawnNotice = this.notice;
    const { banner } = this.hosts;
    const told = [this.banner(), this.notice].filter((one) => one !== null);
    if (told.length > 0 || banner.firstChild) banner.replaceChildren(...told);
    setHidden(banner, told.length === 0);
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
    const { state, reason } = line.status;
    const pending = this.waiting;
    if (state === "offline") {
      const keeps = this.device.holds ? "kept" : "tab";
      const text = pending > 0 ? say(`offline_text_${keeps}`, { count: pending }) : say(keeps === "kept" ? "offline_text" : "copy_off");
      return this.line("warn", "cloud-off", say("offline_title"), text, this.button("download_copy", () => saveCopy(this.board)));
    }
    if (state === "waiting") {
      return this.line("warn", "cloud-off", say("waiting_title"), say("waiting_text"), this.button("download_copy", () => saveCopy(this.board)));
    }
    if (state === "reload") {
      const ways = pending > 0 && !this.device.holds ? [this.button("download_copy", () => saveCopy(this.board))] : [];
      return this.line("info", "refresh-cw", say("reload_title"), say(this.device.holds || pending === 0 ? "reload_text" : "copy_off"), this.button("reload", () => location.reload()), ...ways);
    }
    if (state === "closed") {
      const known = ["removed", "session_ended", "deleted", "moved", "missing"];
      const text = say(reason && known.includes(reason) ? `closed_${reason}` : "closed_restart");
      const ways = this.offered ? [this.button("download_unsent", () => this.saveOffer())] : [];
      return this.line("bad", "lock", say("closed_title"), text, this.button("reload", () => location.reload()), ...ways);
    }
    if (state === "readonly" || data.me.role === "viewer") {
      const ways = this.offered ? [this.button("download_unsent", () => this.saveOffer())] : [];
      const text = this.offered ? say("readonly_offer") : say("readonly_text");
      return this.line("info", "eye", say("state_readonly"), text, ...ways);
    }
    return null;
  }

  private onMerged({ both }: MergeReport): void {
    const { board } = this;
    if (both.length === 0) return;
    const said = board.say("merged_both", { count: both.length });
    board.speech.own(said);
    this.tell(said, [this.button("report_open", () => new Report(board, both, this.go).open())]);
  }

  /** Said once: the browser keeps nothing, so a closed tab would lose what is not saved. */
  private onDevice(): void {
    if (this.device.saysRefused) this.tell(this.board.say("copy_refused"), []);
    this.draw();
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

  /** What the board did not take: the notes that I changed, as I had them. */
  private saveOffer(): void {
    if (!this.offered) return;
    const doc = new Y.Doc();
    Y.applyUpdate(doc, this.offered.state);
    const views = viewsOf(doc);
    saveCopy(this.board, [...this.offered.notes].map((id) => views.get(id)).filter((note) => note !== undefined));
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
    // Where somebody is changes with each of their steps, who is here seldom.
    const faces = JSON.stringify([shown.map((peer) => [peer.session, peer.name, peer.colour]), others.length, board.following]);
    if (faces === this.drawnPeople) return;
    this.drawnPeople = faces;
    const me = h("li", {}, h("span", { class: "avatar avatar-me", title: say("you", { name: data.me.name }) },
      h("span", { text: data.me.initials, "aria-hidden": "true" }), h("span", { class: "sr", text: say("you", { name: data.me.name }) })));
    const items = shown.map((peer) => {
      const following = board.following === peer.session;
      return h("li", {}, h("button", {
        type: "button", class: "avatar-button", "aria-pressed": String(following), title: say("follow", { name: peer.name }),
        "aria-label": say(following ? "unfollow" : "follow", { name: peer.name }), on: { click: () => this.follow(peer.session, peer.name) },
      }, h("span", { class: `avatar avatar-${peer.colour + 1}`, "aria-hidden": "true", text: initialsOf(peer.name) })));
    });
    const rest = others.length - shown.length;
    const more = rest > 0 ? [h("li", { class: "more", text: say("more_people", { count: rest }) })] : [];
    const focused = this.hosts.people.contains(document.activeElement)
      ? [...this.hosts.people.children].findIndex((one) => one.contains(document.activeElement)) : -1;
    this.hosts.people.replaceChildren(me, ...items, ...more);
    if (focused >= 0) this.hosts.people.children[focused]?.querySelector<HTMLElement>("button")?.focus();
  }

  private follow(session: number, name: string): void {
    const { board } = this;
    const stop = board.following === session;
    board.following = stop ? null : session;
    const view = board.views.get(board.line.peers.get(session)?.at.note ?? "");
    if (!stop && view) board.reveal(view.body);
    board.speech.own(board.say(stop ? "not_following" : "following", { name }));
    this.drawPeople();
  }
}
