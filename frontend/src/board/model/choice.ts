/** Which note is current and which are chosen for an action on several. */

export interface Choice {
  current: string | null;
  /** Where a range began. */
  anchor: string | null;
  chosen: ReadonlySet<string>;
}

export const nothing: Choice = { current: null, anchor: null, chosen: new Set() };

export const only = (id: string | null): Choice => ({ current: id, anchor: id, chosen: new Set() });

/** The current note moves, the chosen ones stay. */
export const standAt = (choice: Choice, id: string): Choice => ({ ...choice, current: id, anchor: id });

export function toggle(choice: Choice, id: string): Choice {
  const chosen = new Set(choice.chosen);
  // The first Ctrl click beside a current note means "these two".
  if (chosen.size === 0 && choice.current !== null && choice.current !== id) chosen.add(choice.current);
  if (!chosen.delete(id)) chosen.add(id);
  return { current: id, anchor: id, chosen };
}

/** X on the keyboard: this note in or out, nothing else. */
export function mark(choice: Choice, id: string): Choice {
  const chosen = new Set(choice.chosen);
  if (!chosen.delete(id)) chosen.add(id);
  return { current: id, anchor: id, chosen };
}

/** From the anchor to `id` along `line` (the notes of one block in order). */
export function extend(choice: Choice, id: string, line: readonly string[]): Choice {
  const anchor = choice.anchor ?? choice.current ?? id;
  const from = line.indexOf(anchor);
  const to = line.indexOf(id);
  if (from < 0 || to < 0) return mark({ ...choice, chosen: choice.chosen }, id);
  const range = line.slice(Math.min(from, to), Math.max(from, to) + 1);
  return { current: id, anchor, chosen: new Set(range) };
}

export const all = (choice: Choice, line: readonly string[]): Choice => ({ ...choice, chosen: new Set(line) });

export const clear = (choice: Choice): Choice => ({ ...choice, anchor: choice.current, chosen: new Set() });

/** What an action acts on: the chosen notes when the current one is among them, else the current. */
export function affected(choice: Choice, line: readonly string[]): string[] {
  const { current, chosen } = choice;
  if (chosen.size > 0 && (current === null || chosen.has(current))) return line.filter((id) => chosen.has(id));
  return current === null ? [] : [current];
}

/** Notes that vanished are no longer chosen. */
export function without(choice: Choice, gone: ReadonlySet<string>): Choice {
  if (choice.chosen.size === 0 && !(choice.current && gone.has(choice.current))) return choice;
  const chosen = new Set([...choice.chosen].filter((id) => !gone.has(id)));
  const current = choice.current && gone.has(choice.current) ? null : choice.current;
  const anchor = choice.anchor && gone.has(choice.anchor) ? current : choice.anchor;
  return { current, anchor, chosen };
}
