/** One board on this device: what the server had, and own changes that it has not acknowledged. */
import * as Y from "yjs";
import type { Kept, Shelf } from "../sync/types.ts";
import { answered, both, done, openDatabase, sweep, type BoardRow, type ChangeRow, type Key } from "./database.ts";

const GATHER_MS = 400;
const SETTLE_MS = 1000;
/** So many rows are folded into the copy. */
const MANY = 200;

/** A document in which nothing is, as an update of Yjs: an empty board opens offline too. */
const EMPTY = Uint8Array.of(0, 0);

type Message = { id: number; update: Uint8Array } | { left: true };

export class BoardShelf implements Shelf {
  private readonly tab = Math.floor(Math.random() * 2 ** 31);
  private readonly range: IDBKeyRange;
  private readonly channel: BroadcastChannel | null;
  private gathered: Uint8Array[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private rows = 0;
  private hasBase = false;
  private turn = 0;
  private settling: { turn: number; adopted: Set<number> } | null = null;
  private settleTimer: ReturnType<typeof setTimeout> | undefined;
  /** Rows of other tabs that this one sends as well. */
  private adopted = new Set<number>();
  private sibling: (updates: readonly Uint8Array[]) => void = () => undefined;
  private closed = false;

  private constructor(private readonly database: IDBDatabase, private readonly key: Key, private readonly refused: () => void) {
    this.range = IDBKeyRange.only(key);
    this.channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(`innocore:${key.join(":")}`);
    if (this.channel) this.channel.onmessage = (event: MessageEvent<Message>) => this.hear(event.data);
    // Somebody wipes this device: let go at once, and write nothing any more.
    database.onversionchange = database.onclose = () => this.close();
  }

  /** Open the shelf and read what lies on it. `refused` is called when the browser keeps nothing more. */
  static async open(person: string, canvas: string, refused: () => void): Promise<{ shelf: BoardShelf; kept: Kept }> {
    const shelf = new BoardShelf(await openDatabase(), [person, canvas], refused);
    return { shelf, kept: await shelf.read() };
  }

  private async read(): Promise<Kept> {
    const { base, changes } = await this.load();
    const own = changes.filter((row) => row.own === 1);
    for (const row of own) this.adopted.add(row.id as number);
    const shared = changes.filter((row) => row.own === 0).map((row) => row.update);
    this.rows = shared.length;
    this.hasBase = base !== null;
    return { base: merged(base, shared), own: own.map((row) => row.update) };
  }

  private async load(): Promise<{ base: Uint8Array | null; changes: ChangeRow[] }> {
    const [, boards, changes] = both(this.database, "readonly");
    const [board, rows] = await Promise.all([
      answered(boards.get(this.key) as IDBRequest<BoardRow | undefined>),
      answered(changes.index("of").getAll(this.range) as IDBRequest<ChangeRow[]>),
    ]);
    return { base: board?.base ?? null, changes: rows };
  }

  private row(update: Uint8Array, own: 0 | 1): ChangeRow {
    const [person, canvas] = this.key;
    return { person, canvas, update, own, tab: this.tab, turn: this.turn };
  }

  private write(work: (boards: IDBObjectStore, changes: IDBObjectStore) => void): Promise<void> {
    if (this.closed) return Promise.resolve();
    try {
      const [transaction, boards, changes] = both(this.database, "readwrite");
      work(boards, changes);
      return done(transaction).catch(() => this.fail());
    } catch {
      this.fail();
      return Promise.resolve();
    }
  }

  private fail(): void {
    if (this.closed) return;
    this.close();
    this.refused();
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    clearTimeout(this.timer);
    clearTimeout(this.settleTimer);
    this.channel?.close();
    this.database.close();
  }

  get works(): boolean {
    return !this.closed;
  }

  // What the line tells

  own(update: Uint8Array, alone: boolean): void {
    this.turn += 1;
    void this.write((_, changes) => {
      const asked = changes.add(this.row(update, 1));
      if (alone) asked.onsuccess = () => this.channel?.postMessage({ id: asked.result as number, update } satisfies Message);
    });
  }

  shared(update: Uint8Array): void {
    if (this.closed) return;
    this.gathered.push(update);
    this.timer ??= setTimeout(() => this.flush(), GATHER_MS);
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.gathered.length === 0) return;
    const update = merged(null, this.gathered) as Uint8Array;
    this.gathered = [];
    this.rows += 1;
    void this.write((_, changes) => void changes.add(this.row(update, 0)));
    if (this.rows > MANY || !this.hasBase) this.fold();
  }

  settled(): void {
    const adopted = new Set([...(this.settling?.adopted ?? []), ...this.adopted]);
    this.adopted = new Set();
    this.settling = { turn: this.turn, adopted };
    // Not for each of them: a change that is marked late is offered once more, which changes nothing.
    this.settleTimer ??= setTimeout(() => this.settle(), SETTLE_MS);
  }

  private settle(): void {
    clearTimeout(this.settleTimer);
    this.settleTimer = undefined;
    const { settling } = this;
    this.settling = null;
    if (!settling) return;
    this.flush();
    void this.write((boards, changes) => {
      const asked = changes.index("of").openCursor(this.range);
      asked.onsuccess = () => {
        const cursor = asked.result;
        if (!cursor) return;
        const row = cursor.value as ChangeRow;
        const acknowledged = (row.tab === this.tab && row.turn <= settling.turn) || settling.adopted.has(row.id as number);
        if (row.own === 1 && acknowledged) cursor.update({ ...row, own: 0 });
        cursor.continue();
      };
      this.touch(boards);
    });
    if (!this.hasBase) this.fold();
  }

  /** The board was online now. */
  private touch(boards: IDBObjectStore): void {
    const asked = boards.get(this.key) as IDBRequest<BoardRow | undefined>;
    asked.onsuccess = () => {
      if (asked.result) boards.put({ ...asked.result, at: Date.now() });
    };
  }

  async base(): Promise<Uint8Array | null> {
    this.settle();
    this.flush();
    const { base, changes } = await this.load();
    return merged(base, changes.filter((row) => row.own === 0).map((row) => row.update));
  }

  /** Put what the server has into one row. One transaction: another tab may do the same. */
  fold(): void {
    this.rows = 0;
    this.hasBase = true;
    void this.write((boards, changes) => {
      const board = boards.get(this.key) as IDBRequest<BoardRow | undefined>;
      const rows = changes.index("of").getAll(this.range) as IDBRequest<ChangeRow[]>;
      rows.onsuccess = () => {
        const shared = rows.result.filter((row) => row.own === 0);
        const base = merged(board.result?.base ?? null, shared.map((row) => row.update));
        const [person, canvas] = this.key;
        boards.put({ person, canvas, base: base ?? EMPTY, at: Date.now() } satisfies BoardRow);
        for (const row of shared) changes.delete(row.id as number);
      };
    });
  }

  restart(): void {
    this.gathered = [];
    this.settling = null;
    this.adopted.clear();
    this.hasBase = false;
    void this.write((boards, changes) => {
      boards.delete(this.key);
      void sweep(changes.index("of"), this.range, () => true);
    });
  }

  forget(butOwn: boolean): void {
    this.gathered = [];
    void this.write((boards, changes) => {
      boards.delete(this.key);
      void sweep<ChangeRow>(changes.index("of"), this.range, (row) => !(butOwn && row.own === 1));
    });
    this.close();
  }

  leave(pending: boolean): void {
    this.settle();
    this.flush();
    if (pending && !this.closed) this.channel?.postMessage({ left: true } satisfies Message);
  }

  // Other tabs of this person

  onSibling(listener: (updates: readonly Uint8Array[]) => void): void {
    this.sibling = listener;
  }

  private hear(message: Message): void {
    if ("left" in message) {
      void this.inherit().catch(() => undefined);
      return;
    }
    if (this.adopted.has(message.id)) return;
    this.adopted.add(message.id);
    this.sibling([message.update]);
  }

  /** A tab closed with changes that nobody has acknowledged: they are this one's now. */
  private async inherit(): Promise<void> {
    const { changes } = await this.load();
    const left = changes.filter((row) => row.own === 1 && row.tab !== this.tab && !this.adopted.has(row.id as number));
    for (const row of left) this.adopted.add(row.id as number);
    if (left.length > 0) this.sibling(left.map((row) => row.update));
  }
}

function merged(base: Uint8Array | null, updates: readonly Uint8Array[]): Uint8Array | null {
  const all = base ? [base, ...updates] : updates;
  if (all.length === 0) return null;
  return all.length === 1 ? (all[0] as Uint8Array) : Y.mergeUpdates([...all]);
}
