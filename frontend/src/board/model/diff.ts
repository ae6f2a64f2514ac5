/** Text changes as small edits, and positions carried through other people's edits.
 *
 * All positions are UTF-16 code units, as in the browser and in Y.Text.
 */

export interface Edit {
  at: number;
  remove: number;
  insert: string;
}

/** One step of a Y.Text delta. */
export interface Step {
  retain?: number;
  insert?: unknown;
  delete?: number;
}

const isLow = (text: string, at: number): boolean => {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff;
};

/** The smallest edit from one text to the other, or null when they are equal.
 *
 * `caret` is where the caret stands after the edit. It decides between equal answers: typing an "o"
 * into "foot" is placed where the person typed it, so that edits of others around it merge rightly.
 */
export function smallestEdit(before: string, after: string, caret: number): Edit | null {
  if (before === after) return null;
  const mostTail = Math.min(before.length, after.length - Math.min(caret, after.length));
  let tail = 0;
  while (tail < mostTail && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const mostHead = Math.min(before.length, after.length) - tail;
  let head = 0;
  while (head < mostHead && before[head] === after[head]) head++;
  if (head === mostHead) {
    const most = Math.min(before.length, after.length) - head;
    while (tail < most && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  }
  // Never cut a character of two units in half.
  if (head > 0 && (isLow(before, head) || isLow(after, head))) head--;
  if (tail > 0 && (isLow(before, before.length - tail) || isLow(after, after.length - tail))) tail--;
  return { at: head, remove: before.length - tail - head, insert: after.slice(head, after.length - tail) };
}

/** Where a position ends up after a delta. Text inserted exactly there stays behind it if `sticky`. */
export function carry(position: number, delta: readonly Step[], sticky = false): number {
  let read = 0;
  let result = position;
  for (const step of delta) {
    if (step.retain !== undefined) {
      read += step.retain;
    } else if (step.delete !== undefined) {
      const gone = Math.min(position, read + step.delete) - read;
      if (gone > 0) result -= gone;
      read += step.delete;
    } else {
      const length = typeof step.insert === "string" ? step.insert.length : 1;
      if (read < position || (read === position && !sticky)) result += length;
    }
    if (read > position) break;
  }
  return result;
}

/** The same edit, meant for the text before the deltas, for the text after them. */
export function carryEdit(edit: Edit, deltas: readonly (readonly Step[])[]): Edit {
  let start = edit.at;
  let end = edit.at + edit.remove;
  for (const delta of deltas) {
    start = carry(start, delta, edit.remove > 0 ? false : true);
    end = edit.remove > 0 ? carry(end, delta, true) : start;
  }
  return { at: start, remove: Math.max(0, end - start), insert: edit.insert };
}
