/** Whether this device keeps a copy of the board, and what it kept. */
import type { Kept } from "../sync/types.ts";
import { BoardShelf } from "./shelf.ts";

const OPENS_WITHIN = 1500;

/** kept: yes; off: the person wants none here; refused: the browser keeps nothing. */
export type Keeping = "kept" | "off" | "refused";

const wish = (person: string): string => `no-copy:${person}`;

export function wantsNone(person: string): boolean {
  try {
    return localStorage.getItem(wish(person)) !== null;
  } catch {
    return false;
  }
}

/** What the person wishes on this device stays when she signs out; the copies do not. */
export function wishNone(person: string, none: boolean): void {
  try {
    if (none) localStorage.setItem(wish(person), "1");
    else localStorage.removeItem(wish(person));
  } catch {
    // A browser that keeps nothing keeps no copy either.
  }
  tellWorker(person);
}

/** The service worker keeps pages, so it must know who is here and what she wishes. */
export function tellWorker(person: string): void {
  void navigator.serviceWorker?.ready.then((it) => it.active?.postMessage({ person, none: wantsNone(person) }));
}

export class Device {
  shelf: BoardShelf | null = null;
  kept: Kept | null = null;
  keeping: Keeping = "refused";
  private readonly listeners: (() => void)[] = [];

  private constructor(readonly person: string, private readonly canvas: string) {}

  /** Never fails: a browser that refuses gives a device without a shelf. */
  static async open(person: string, canvas: string): Promise<Device> {
    const device = new Device(person, canvas);
    if (wantsNone(person)) device.keeping = "off";
    else await device.unlock();
    return device;
  }

  private async unlock(): Promise<void> {
    let late = false;
    const opened = BoardShelf.open(this.person, this.canvas, () => this.become("refused"));
    const slow = new Promise<null>((resolve) => setTimeout(() => resolve(null), OPENS_WITHIN));
    try {
      const found = await Promise.race([opened, slow]);
      late = found === null;
      if (found === null) return;
      this.shelf = found.shelf;
      this.kept = found.kept;
      this.keeping = "kept";
    } catch {
      // Private windows of some browsers, a full disk, a policy.
    } finally {
      if (late) void opened.then(({ shelf }) => shelf.close(), () => undefined);
    }
  }

  /** Keep no copy any more: what was kept goes now. */
  stop(): void {
    this.shelf?.forget(false);
    wishNone(this.person, true);
    this.become("off");
  }

  /** Keep a copy again, from the next time the page is opened. */
  start(): void {
    wishNone(this.person, false);
  }

  /** The board is not this person's any more, or nobody is signed in: pages that were kept go too. */
  lost(signedOut: boolean): void {
    void navigator.serviceWorker?.ready.then((it) => it.active?.postMessage(signedOut ? { person: "" } : { gone: this.canvas }));
  }

  /** Whether to say now that the browser keeps nothing: once a device, not at every opening. */
  get saysRefused(): boolean {
    if (this.keeping !== "refused") return false;
    try {
      const said = localStorage.getItem("copy-refused") !== null;
      localStorage.setItem("copy-refused", "1");
      return !said;
    } catch {
      return true;
    }
  }

  private become(keeping: Keeping): void {
    this.keeping = keeping;
    for (const listener of this.listeners) listener();
  }

  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Whether closing the tab now would lose what is not acknowledged. */
  get holds(): boolean {
    return this.shelf?.works ?? false;
  }
}
