/** What the live region says: own actions at once, those of others gathered. */
import type { Values } from "./words.ts";

export type Listening = "off" | "mentions" | "block" | "all";

export interface OthersChange {
  who: string;
  block: string;
  note: string;
}

interface Tools {
  /** Put a sentence into the live region. */
  utter(sentence: string): void;
  say(key: string, values?: Values): string;
  titleOf(block: string): string;
  now(): number;
  /** Call back after so many milliseconds; the answer cancels. */
  later(call: () => void, ms: number): () => void;
}

export const PAUSE_MS = 10_000;
/** Others wait this long after an own announcement, so that they do not cut it off. */
const COURTESY_MS = 1_500;
const GATHER_MS = 1_000;

export class Speech {
  listening: Listening = "block";
  private waiting: OthersChange[] = [];
  private mentions: string[] = [];
  private lastOthers = -Infinity;
  private lastOwn = -Infinity;
  private cancel: (() => void) | null = null;
  private focusBlock: string | null = null;

  constructor(private readonly tools: Tools) {}

  /** The block with the keyboard; changes elsewhere are not spoken unless all are wanted. */
  focusOn(block: string | null): void {
    this.focusBlock = block;
  }

  own(sentence: string): void {
    this.lastOwn = this.tools.now();
    this.tools.utter(sentence);
  }

  others(change: OthersChange): void {
    if (!this.wanted(change)) return;
    this.waiting.push(change);
    this.plan();
  }

  mention(sentence: string): void {
    if (this.listening === "off") return;
    this.mentions.push(sentence);
    this.plan();
  }

  private wanted(change: OthersChange): boolean {
    if (this.listening === "all") return true;
    return this.listening === "block" && change.block === this.focusBlock;
  }

  private plan(): void {
    if (this.cancel) return;
    const now = this.tools.now();
    const wait = Math.max(GATHER_MS, this.lastOthers + PAUSE_MS - now, this.lastOwn + COURTESY_MS - now);
    this.cancel = this.tools.later(() => {
      this.cancel = null;
      this.flush();
    }, wait);
  }

  private flush(): void {
    const courtesy = this.lastOwn + COURTESY_MS - this.tools.now();
    if (courtesy > 0) {
      this.plan();
      return;
    }
    const changes = this.waiting.filter((change) => this.wanted(change));
    this.waiting = [];
    const mention = this.mentions.shift();
    const sentence = mention ?? (changes.length > 0 ? this.sum(changes) : null);
    if (mention !== undefined) this.waiting = changes;
    if (sentence === null) return;
    this.lastOthers = this.tools.now();
    this.tools.utter(sentence);
    if (this.mentions.length > 0 || this.waiting.length > 0) this.plan();
  }

  private sum(changes: OthersChange[]): string {
    const people = new Set(changes.map((change) => change.who));
    const blocks = new Set(changes.map((change) => change.block));
    const count = new Set(changes.map((change) => change.note)).size;
    const name = people.size === 1 && changes[0]!.who !== "" ? changes[0]!.who : null;
    const block = blocks.size === 1 ? this.tools.titleOf(changes[0]!.block) : null;
    if (name !== null && block !== null) return this.tools.say("heard_one_block", { name, count, block });
    if (name !== null) return this.tools.say("heard_one_board", { name, count });
    if (block !== null) return this.tools.say("heard_many_block", { count, block });
    return this.tools.say("heard_many_board", { count });
  }
}
