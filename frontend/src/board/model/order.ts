/** Where notes stand in their block: order keys, see `sync/order.ts`.
 *
 * A key is read as the digits after the point of a number between 0 and 1. There is always room
 * before, after and between two different keys, so moving a note writes one value and touches no
 * neighbour. Equal keys (two people inserting in the same gap) are ordered by note id.
 */

import { between, scattered } from "../sync/order.ts";

const WELL_FORMED = /^[0-9A-Za-z]*[1-9A-Za-z]$/;

export interface Placed {
  id: string;
  order: string;
}

export function compareOrder(a: Placed, b: Placed): number {
  if (a.order !== b.order) return a.order < b.order ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** A key between two keys (null: the open end), or null when there is no room between them. */
export function keyBetween(low: string | null, high: string | null): string | null {
  if (low !== null && !WELL_FORMED.test(low)) return null;
  if (high !== null && !WELL_FORMED.test(high)) return null;
  if (low !== null && high !== null && low >= high) return null;
  return between(low ?? "", high ?? "");
}

function spread(low: string | null, high: string | null, count: number): string[] | null {
  const keys: string[] = [];
  let from = low;
  for (let i = 0; i < count; i++) {
    const key = keyBetween(from, high);
    if (key === null) return null;
    // A few random digits keep two people who insert in the same gap from making the same key.
    from = scattered(key);
    keys.push(from);
  }
  return keys;
}

/** Keys that put `ids` before position `index` of `siblings` (sorted, without the ids).
 *
 * Usually only the given ids get a key. When the neighbours leave no room (equal or foreign keys),
 * as many following siblings as needed get a new key too.
 */
export function place(siblings: readonly Placed[], index: number, ids: readonly string[]): Map<string, string> {
  const at = Math.max(0, Math.min(index, siblings.length));
  const low = at > 0 ? siblings[at - 1]!.order : null;
  for (let moved = at; moved <= siblings.length; moved++) {
    const high = moved < siblings.length ? siblings[moved]!.order : null;
    const keys = spread(low, high, ids.length + moved - at);
    if (keys === null) continue;
    const result = new Map<string, string>();
    ids.forEach((id, i) => result.set(id, keys[i]!));
    for (let i = at; i < moved; i++) result.set(siblings[i]!.id, keys[ids.length + i - at]!);
    return result;
  }
  // The key before the gap is not one of ours: number the whole block anew.
  const line = [...siblings.slice(0, at).map((s) => s.id), ...ids, ...siblings.slice(at).map((s) => s.id)];
  const keys = spread(null, null, line.length)!;
  return new Map(line.map((id, i) => [id, keys[i]!]));
}
