/**
 * What this device keeps of boards: one database of the browser, by person and canvas.
 *
 *   boards    {person, canvas, base, at}     what the server had; `at`: when it was last online
 *   changes   {id, person, canvas, update, own, tab, turn}    what came after; `own`: not acknowledged yet
 *
 * The page and the service worker share this file; it knows nothing of Yjs.
 */

export const DATABASE = "innocore-boards";
/** Copies of boards that were not opened online for so long are forgotten. */
export const KEPT_DAYS = 14;
const DAY = 86_400_000;

export interface BoardRow {
  person: string;
  canvas: string;
  base: Uint8Array;
  /** Milliseconds since 1970, UTC. */
  at: number;
}

export interface ChangeRow {
  id?: number;
  person: string;
  canvas: string;
  update: Uint8Array;
  own: 0 | 1;
  /** The tab that made it, and the how manieth own change of that tab it is. */
  tab: number;
  turn: number;
}

export type Key = [person: string, canvas: string];

export function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(DATABASE, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("boards", { keyPath: ["person", "canvas"] });
      const changes = asked.result.createObjectStore("changes", { keyPath: "id", autoIncrement: true });
      changes.createIndex("of", ["person", "canvas"]);
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = asked.onblocked = () => reject(asked.error ?? new Error("blocked"));
  });
}

export function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("refused"));
  });
}

export function done(work: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    work.oncomplete = () => resolve();
    work.onerror = work.onabort = () => reject(work.error ?? new Error("refused"));
  });
}

export const both = (database: IDBDatabase, mode: IDBTransactionMode): [IDBTransaction, IDBObjectStore, IDBObjectStore] => {
  const work = database.transaction(["boards", "changes"], mode);
  return [work, work.objectStore("boards"), work.objectStore("changes")];
};

/** Walk through rows; the answer of `look` says whether the row is deleted. */
export function sweep<T>(source: IDBObjectStore | IDBIndex, range: IDBKeyRange | null, look: (row: T) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = source.openCursor(range);
    asked.onerror = () => reject(asked.error ?? new Error("refused"));
    asked.onsuccess = () => {
      const cursor = asked.result;
      if (!cursor) return resolve();
      if (look(cursor.value as T)) cursor.delete();
      cursor.continue();
    };
  });
}

interface Rows {
  person: string;
  canvas: string;
}

/**
 * Forget what fits. With `butOwn`, own changes that were never acknowledged stay: they are the
 * person's only copy, and she comes back.
 */
export async function forget(fits: (row: Rows) => boolean, butOwn = false): Promise<void> {
  const database = await openDatabase();
  try {
    const [work, boards, changes] = both(database, "readwrite");
    void sweep<BoardRow>(boards, null, fits);
    void sweep<ChangeRow>(changes, null, (row) => fits(row) && !(butOwn && row.own === 1));
    await done(work);
  } finally {
    database.close();
  }
}

/** Everything of other people goes; so do copies that are too old, but not changes that wait. */
export async function tidy(person: string): Promise<void> {
  await forget((row) => row.person !== person);
  const oldest = Date.now() - KEPT_DAYS * DAY;
  const database = await openDatabase();
  try {
    const [work, boards, changes] = both(database, "readwrite");
    const old = new Set<string>();
    await sweep<BoardRow>(boards, null, (row) => {
      if (row.at < oldest) old.add(row.canvas);
      return row.at < oldest;
    });
    void sweep<ChangeRow>(changes, null, (row) => row.own === 0 && old.has(row.canvas));
    await done(work);
  } finally {
    database.close();
  }
}

/** The canvases that a person has here. */
export async function keptBy(person: string): Promise<string[]> {
  const database = await openDatabase();
  try {
    const [, boards, changes] = both(database, "readonly");
    const found = new Set<string>();
    const note = (row: Rows): boolean => {
      if (row.person === person) found.add(row.canvas);
      return false;
    };
    await Promise.all([sweep(boards, null, note), sweep(changes, null, note)]);
    return [...found];
  } finally {
    database.close();
  }
}

/** How many own changes of a person were never acknowledged. */
export async function unsentOf(person: string): Promise<number> {
  const database = await openDatabase();
  try {
    const [, , changes] = both(database, "readonly");
    let count = 0;
    await sweep<ChangeRow>(changes, null, (row) => {
      if (row.person === person && row.own === 1) count += 1;
      return false;
    });
    return count;
  } finally {
    database.close();
  }
}
