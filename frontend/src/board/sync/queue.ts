/** Own changes on their way: gathered, sent, acknowledged. Nothing leaves before its acknowledgement. */
import * as Y from "yjs";

interface Sent {
  changes: number;
  since: number;
}

export class Queue {
  private gathered: Uint8Array[] = [];
  private gatheredSince = 0;
  private sent = new Map<number, Sent>();
  private last = 0;

  /** Changes that are not acknowledged yet. */
  get pending(): number {
    let count = this.gathered.length;
    for (const each of this.sent.values()) count += each.changes;
    return count;
  }

  get hasGathered(): boolean {
    return this.gathered.length > 0;
  }

  /** When the oldest unacknowledged change was made; null when there is none. */
  get oldest(): number | null {
    const times = [...this.sent.values()].map((each) => each.since);
    if (this.gathered.length > 0) times.push(this.gatheredSince);
    return times.length > 0 ? Math.min(...times) : null;
  }

  /** A merge (number 0) is under way: later changes wait, so that they arrive behind it. */
  get isMerging(): boolean {
    return this.sent.has(0);
  }

  add(update: Uint8Array, now: number): void {
    if (this.gathered.length === 0) this.gatheredSince = now;
    this.gathered.push(update);
  }

  /** Take what was gathered as one update to send, with its number; 0 when it is a merge. */
  take(most: number): { seq: number; update: Uint8Array } {
    const update =
      this.gathered.length === 1 ? (this.gathered[0] as Uint8Array) : Y.mergeUpdates(this.gathered);
    const seq = update.length > most ? 0 : (this.last += 1);
    this.sent.set(seq, { changes: this.gathered.length, since: this.gatheredSince });
    this.gathered = [];
    return { seq, update };
  }

  /** Everything under way is sent again as one merge. */
  merge(now: number): number {
    const changes = this.pending;
    const since = this.oldest ?? now;
    this.gathered = [];
    this.sent = new Map([[0, { changes, since }]]);
    return changes;
  }

  /** The session ended: numbers of the old one mean nothing to the new. */
  acknowledge(seq: number): void {
    this.sent.delete(seq);
  }

  clear(): void {
    this.gathered = [];
    this.sent.clear();
  }
}
