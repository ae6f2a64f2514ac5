/**
 * Order keys: strings over 0-9A-Za-z that sort by code unit, with room between any two.
 *
 * The server makes the same keys (`canvases/boards/order.py`); both are held to `tests/wire/order.json`.
 * A key never ends in "0", so that there is always a key before it.
 */
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE = DIGITS.length;

/** A key strictly between two keys; "" stands for the open end on either side. */
export function between(low: string, high: string): string {
  if (high !== "" && low >= high) return between(low, "");
  let key = "";
  let bounded = high !== "";
  for (let at = 0; ; at += 1) {
    const from = at < low.length ? DIGITS.indexOf(low.charAt(at)) : 0;
    const to = bounded && at < high.length ? DIGITS.indexOf(high.charAt(at)) : BASE;
    if (to - from > 1) return key + DIGITS.charAt(pick(from, to, low === "", high === ""));
    key += DIGITS.charAt(from);
    if (to > from) bounded = false;
  }
}

/** Near the known end, so that keys grow slowly when everybody adds at the bottom. */
function pick(from: number, to: number, lowOpen: boolean, highOpen: boolean): number {
  if (lowOpen === highOpen) return (from + to) >> 1;
  return highOpen ? from + 1 : to - 1;
}

/** Two random digits behind a fresh key: two people who add at the same place differ. */
export function scattered(key: string): string {
  const random = crypto.getRandomValues(new Uint8Array(2));
  return key + DIGITS.charAt((random[0] ?? 0) % BASE) + DIGITS.charAt(1 + ((random[1] ?? 0) % (BASE - 1)));
}
