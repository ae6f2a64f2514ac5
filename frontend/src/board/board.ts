/** The board: what is shown, where one stands, and the one frame in which changes are drawn. */
import type { Counts, BoardData } from "./data.ts";
import { affected, nothing, only, standAt, without, type Choice } from "./model/choice.ts";
import { everything, isFiltering, shows, type Filter } from "./model/filter.ts";
import type { Note } from "./model/notes.ts";
import type { Pickup } from "./model/pickup.ts";
import { Speech } from "./model/speech.ts";
import { Store, type Change, type Desk } from "./model/store.ts";
import { Undo } from "./model/undo.ts";
import { Words } from "./model/words.ts";
import type { ConnectionEvents, Peer, Place, Status as LineStatus } from "./sync/types.ts";
import { Blocks } from "./view/blocks.ts";
import { afterPaint, isPhone } from "./view/dom.ts";
import { NoteView } from "./view/note.ts";

/** What the board needs of the live line (`Connection` of ./sync is one). */
export interface Line extends Desk {
  readonly status: LineStatus;
  readonly peers: ReadonlyMap<number, Peer>;
  /** The notes in which something is not acknowledged yet. */
  readonly unsent: ReadonlySet<string>;
  on<K extends keyof ConnectionEvents>(event: K, call: (value: ConnectionEvents[K]) => void): () => void;
  here(place: Partial<Place>): void;
}

/** Parts of the page that want to know. What is not the note itself may wait: see `afterPaint`. */
export interface Listener {
  /** Another note is current, or others are chosen. */
  chosen?(): void;
  /** Something was drawn: counts, texts, statuses may differ. */
  drawn?(): void;
  /** Notes changed in the document, before they are drawn. */
  changed?(change: Change): void;
  /** The document was exchanged, after its changes were told: undo begins anew. */
  replaced?(): void;
  peersChanged?(): void;
  lineChanged?(): void;
}

export interface Stand {
  focus?: boolean;
  /** Keep the chosen notes. */
  keep?: boolean;
}

const NOBODY: readonly Peer[] = [];

export class Board {
  readonly words: Words;
  readonly say: Words["say"];
  readonly store: Store;
  readonly undo: Undo;
  readonly speech: Speech;
  readonly blocks: Blocks;
  readonly views = new Map<string, NoteView>();
  readonly counts = new Map<string, Counts>();
  choice: Choice = nothing;
  filter: Filter = everything;
  pickup: Pickup | null = null;
  /** The notes under the pointer's lifted copy. */
  dragging: ReadonlySet<string> = new Set();
  /** The note in the editor; it stays on the board even when somebody deletes it. */
  editing: string | null = null;
  /** Session of the person whose place is followed. */
  following: number | null = null;
  private readonly listeners: Listener[] = [];
  private readonly dirty = new Set<string>();
  private readonly moved = new Set<string>();
  private readonly gone = new Set<string>();
  /** Blocks whose count is to be written anew; null for all of them. */
  private tallied: Set<string> | null = null;
  private readonly news = new Map<string, number | null>();
  private peersAt = new Map<string, Peer[]>();
  private frame = 0;
  private placeTold = true;
  private tabStop: HTMLElement | null = null;

  constructor(readonly data: BoardData, readonly line: Line, readonly root: HTMLElement, live: HTMLElement) {
    this.words = new Words(data.strings, data.lang);
    this.say = this.words.say;
    this.store = new Store(line, data.grid);
    this.undo = new Undo(this.store);
    this.speech = new Speech({
      utter: (sentence) => { live.textContent = live.textContent === sentence ? `${sentence}\u00a0` : sentence; },
      say: this.say,
      titleOf: (block) => this.titleOf(block),
      now: () => performance.now(),
      later: (call, ms) => {
        const timer = setTimeout(call, ms);
        return () => clearTimeout(timer);
      },
    });
    this.speech.listening = data.listening ?? "block";
    for (const [id, counts] of Object.entries(data.counts ?? {})) this.counts.set(id, counts);
    this.blocks = new Blocks(data.grid, this.say, data.me.role === "editor", (id) => this.views.get(id));
    root.replaceChildren(this.blocks.board);
    this.store.onChange((change) => this.onChange(change));
    root.addEventListener("pointerover", (event) => {
      const id = (event.target as Element).closest<HTMLElement>("[data-note]")?.dataset.note;
      if (id) this.views.get(id)?.showMore();
    });
    this.redrawAll();
    line.on("peers", () => this.onPeers());
    line.on("replaced", () => {
      this.store.rebind();
      this.undo.renew();
      this.listeners.forEach((one) => one.replaced?.());
    });
    line.on("status", () => this.listeners.forEach((one) => one.lineChanged?.()));
    this.onPeers();
  }

  listen(listener: Listener): void {
    this.listeners.push(listener);
  }

  titleOf(block: string): string {
    return this.blocks.views.get(block)?.block.title ?? "";
  }

  note(id: string | null): Note | null {
    return id === null ? null : (this.store.notes.get(id) ?? null);
  }

  get editable(): boolean {
    return this.line.status.editable && this.data.me.role === "editor";
  }

  /** What an action acts on, in reading order. */
  get affected(): string[] {
    return affected(this.choice, this.choice.chosen.size > 0 ? this.store.all() : []);
  }

  // What is shown

  isShown(id: string): boolean {
    const note = this.store.notes.get(id);
    if (!note) return false;
    return id === this.choice.current || id === this.editing || shows(this.filter, note);
  }

  /** The visible notes of a block in order, as they lie on screen. */
  shown(block: string): string[] {
    const line = this.lying(block);
    return isFiltering(this.filter) ? line.filter((id) => this.isShown(id)) : [...line];
  }

  /** The whole block as it lies on screen: picked up notes hover where they would be dropped. */
  lying(block: string): readonly string[] {
    const line = this.store.line(block);
    const { pickup } = this;
    if (!pickup) return line;
    const rest = line.filter((id) => !pickup.ids.includes(id));
    if (block !== pickup.at.block) return rest;
    const before = rest.filter((id) => this.isShown(id))[pickup.at.index];
    const index = before === undefined ? rest.length : rest.indexOf(before);
    return [...rest.slice(0, index), ...pickup.ids, ...rest.slice(index)];
  }

  setFilter(filter: Filter): void {
    this.filter = filter;
    // The current note stays in view when it changes under a filter, not when the filter is new.
    const current = this.note(this.choice.current);
    if (current && !shows(filter, current)) this.stand(null);
    this.redrawAll();
    if (isFiltering(filter)) {
      const total = this.store.notes.size;
      const count = this.store.all().filter((id) => this.isShown(id)).length;
      this.speech.own(this.say("filter_result", { count, total }));
    }
  }

  // Where one stands

  stand(id: string | null, { focus = false, keep = false }: Stand = {}): void {
    this.choose(id !== null && keep ? standAt(this.choice, id) : only(id), focus);
  }

  choose(choice: Choice, focus = false): void {
    const before = this.choice;
    this.choice = choice;
    const { current, chosen } = choice;
    // Focus and scrolling ask for the layout: they come first, while nothing has been written yet.
    const early = focus && current !== null && this.views.get(current)?.item.hidden === false;
    if (early) this.focus(current);
    for (const id of [before.current, current, ...before.chosen, ...chosen]) if (id !== null) this.dirty.add(id);
    const block = this.note(current)?.block ?? null;
    this.speech.focusOn(block);
    this.draw();
    this.listeners.forEach((one) => one.chosen?.());
    if (this.placeTold) afterPaint(() => this.tellPlace());
    this.placeTold = false;
    if (focus && current !== null && !early) this.focus(current);
  }

  /** Tell the others where I am, when it is on my own screen. */
  private tellPlace(): void {
    this.placeTold = true;
    const { current } = this.choice;
    this.views.get(current ?? "")?.showMore();
    const block = this.note(current)?.block ?? null;
    this.line.here({ note: current, block, typing: this.editing !== null && this.editing === current });
  }

  focus(id: string): void {
    const view = this.views.get(id);
    if (!view) return;
    view.body.focus({ preventScroll: true });
    this.makeTabStop(view.body);
    this.reveal(view.body);
  }

  focusGround(block: string): void {
    const view = this.blocks.views.get(block);
    if (!view || view.ground.hidden) return;
    this.stand(null);
    this.speech.focusOn(block);
    this.makeTabStop(view.invitation);
    view.invitation.focus({ preventScroll: true });
    this.reveal(view.invitation);
  }

  reveal(element: Element): void {
    element.scrollIntoView({ block: "nearest", inline: isPhone() ? "center" : "nearest" });
  }

  /** The way into the board by Tab: one element at a time. */
  makeTabStop(element: HTMLElement): void {
    if (this.tabStop === element) return;
    const before = this.tabStop;
    this.tabStop = element;
    // When all else is written: the browser looks at once whether what has the focus may keep it.
    queueMicrotask(() => {
      if (before && before !== this.tabStop) before.tabIndex = -1;
      if (element === this.tabStop) element.tabIndex = 0;
    });
  }

  /** The note that takes over when one of a block vanishes. */
  neighbour(note: Note): string | null {
    const line = this.store.line(note.block).filter((id) => this.isShown(id));
    return line.find((id) => this.store.notes.get(id)!.order >= note.order) ?? line.at(-1) ?? null;
  }

  // From the document to the screen

  private onChange(change: Change): void {
    for (const id of change.changed) this.dirty.add(id);
    for (const id of change.placed) this.moved.add(id);
    for (const id of change.removed.keys()) this.gone.add(id);
    for (const block of change.blocks) this.tallied?.add(block);
    if (!change.local && !change.replaced) this.onNews(change);
    if (change.removed.size > 0) this.onVanished(change.removed);
    this.listeners.forEach((one) => one.changed?.(change));
    this.schedule();
  }

  private onNews(change: Change): void {
    for (const id of [...change.added, ...change.changed]) {
      const author = this.authorOf(id);
      this.news.set(id, author?.colour ?? null);
      this.speech.others({ who: author?.name.split(" ")[0] ?? "", block: this.store.notes.get(id)!.block, note: id });
    }
    for (const [id, note] of change.removed) {
      this.speech.others({ who: this.authorOf(id)?.name.split(" ")[0] ?? "", block: note.block, note: id });
    }
  }

  /** Who most likely changed a note: the one who stands at it, or the only other editor. */
  authorOf(id: string): Peer | null {
    const here = this.peersAt.get(id) ?? [];
    if (here.length === 1) return here[0]!;
    const editors = [...this.line.peers.values()].filter((peer) => peer.role === "editor");
    return editors.length === 1 ? editors[0]! : null;
  }

  private onVanished(removed: ReadonlyMap<string, Note>): void {
    const { current } = this.choice;
    const lost = current !== null && current !== this.editing ? removed.get(current) : undefined;
    const gone = new Set([...removed.keys()].filter((id) => id !== this.editing));
    this.choice = without(this.choice, gone);
    const { pickup } = this;
    if (pickup?.ids.some((id) => gone.has(id))) {
      this.pickup = null;
      this.lay(pickup.ids);
    }
    if (!lost) return;
    const hadFocus = this.views.get(lost.id)?.body.contains(document.activeElement) ?? false;
    const next = this.neighbour(lost);
    // The focus moves on while the note is still there; the frame takes it away.
    if (next === null || !this.lies(next)) this.flush();
    if (next !== null) this.stand(next, { focus: hadFocus, keep: true });
    else if (hadFocus) this.focusGround(lost.block);
    else this.stand(null);
  }

  private onPeers(): void {
    const next = new Map<string, Peer[]>();
    for (const peer of this.line.peers.values()) {
      if (peer.at.note === null) continue;
      const list = next.get(peer.at.note);
      if (list) list.push(peer);
      else next.set(peer.at.note, [peer]);
    }
    for (const [id, here] of next) {
      const before = this.peersAt.get(id);
      // Who stays where they are is not drawn again: the line keeps what it has heard of them.
      if (before?.length === here.length && before.every((peer, i) => peer === here[i])) next.set(id, before);
      else this.dirty.add(id);
    }
    for (const id of this.peersAt.keys()) if (!next.has(id)) this.dirty.add(id);
    this.peersAt = next;
    const followed = this.following === null ? undefined : this.line.peers.get(this.following);
    if (this.following !== null && !followed) this.following = null;
    const place = followed?.at.note ? this.views.get(followed.at.note) : undefined;
    if (place) this.reveal(place.body);
    if (this.dirty.size > 0) this.schedule();
    this.listeners.forEach((one) => one.peersChanged?.());
  }

  setCounts(id: string, counts: Counts): void {
    const before = this.counts.get(id);
    if (before?.evidence === counts.evidence && before.comments === counts.comments) return;
    this.counts.set(id, counts);
    this.touch(id);
  }

  /** Whether a note is on the screen where it belongs; otherwise `flush` puts it there. */
  lies(id: string): boolean {
    return this.views.has(id) && !this.moved.has(id);
  }

  /** Draw this note anew in the next frame. */
  touch(id: string): void {
    this.dirty.add(id);
    this.schedule();
  }

  /** A picked up note hovers elsewhere. */
  hover(ids: readonly string[]): void {
    this.lay(ids);
    this.flush();
  }

  private lay(ids: readonly string[]): void {
    for (const id of ids) {
      this.moved.add(id);
      this.dirty.add(id);
    }
    this.tallied = null;
  }

  redrawAll(): void {
    for (const id of this.store.notes.keys()) {
      this.dirty.add(id);
      if (!this.views.has(id)) this.moved.add(id);
    }
    this.tallied = null;
    this.flush();
  }

  private schedule(): void {
    // A hidden tab gets no frames; it is drawn when it is shown again.
    this.frame ||= requestAnimationFrame(() => this.flush());
  }

  /** Draw what changed, now. */
  flush(): void {
    if (this.frame) cancelAnimationFrame(this.frame);
    this.frame = 0;
    for (const id of this.gone) {
      if (this.store.notes.has(id) || id === this.editing) continue;
      this.views.get(id)?.item.remove();
      this.views.delete(id);
    }
    this.gone.clear();
    this.arrange();
    this.draw();
    for (const [id, colour] of this.news) this.views.get(id)?.flash(colour);
    this.news.clear();
    this.tally();
    this.keepTabStop();
    this.listeners.forEach((one) => one.drawn?.());
  }

  private tally(): void {
    // A filter shows and hides notes by what is written in them.
    const all = this.tallied === null || isFiltering(this.filter);
    for (const block of all ? this.blocks.views.keys() : this.tallied!) {
      const { length } = this.lying(block);
      this.blocks.tally(block, isFiltering(this.filter) ? this.shown(block).length : length, length);
    }
    this.tallied = new Set();
  }

  private arrange(): void {
    if (this.moved.size === 0) return;
    const blocks = new Set<string>();
    for (const id of this.moved) {
      const note = this.store.notes.get(id);
      if (!note) continue;
      this.dirty.add(id);
      if (!this.views.has(id)) this.views.set(id, new NoteView(id, this.words));
      blocks.add(this.pickup?.ids.includes(id) ? this.pickup.at.block : note.block);
    }
    // Written before they are put in their places: outside the page that costs nothing but the writing.
    this.draw();
    if (blocks.size > 0) {
      const focused = document.activeElement;
      for (const block of blocks) this.blocks.arrange(block, this.lying(block), this.moved);
      const lost = focused instanceof HTMLElement && focused.isConnected && document.activeElement !== focused;
      if (lost && focused.closest("[data-note]")) focused.focus({ preventScroll: true });
    }
    this.moved.clear();
  }

  private draw(): void {
    for (const id of this.dirty) {
      const note = this.store.notes.get(id);
      if (!note) continue;
      this.views.get(id)?.draw({
        note,
        counts: this.counts.get(id),
        peers: this.peersAt.get(id) ?? NOBODY,
        current: this.choice.current === id,
        chosen: this.choice.chosen.has(id),
        lifted: this.dragging.has(id) || (this.pickup?.ids.includes(id) ?? false),
        hidden: !this.isShown(id),
      });
    }
    this.dirty.clear();
  }

  private keepTabStop(): void {
    if (this.tabStop?.isConnected && !this.tabStop.closest("[hidden]")) return;
    for (const { block, ground, invitation } of this.blocks.views.values()) {
      const first = this.shown(block.id)[0];
      const view = first === undefined ? undefined : this.views.get(first);
      if (view) return this.makeTabStop(view.body);
      if (!ground.hidden) return this.makeTabStop(invitation);
    }
  }
}
