/**
 * MessagePack as the line needs it: null, booleans, numbers, text, bytes, lists and maps.
 * Written after the public specification; anything else in a packet is refused.
 */

const writer = new TextEncoder();
const reader = new TextDecoder("utf-8", { fatal: true });

export class Unreadable extends Error {}

/** The bytes of a value. Leaves `undefined` out of maps. */
export function encode(value: unknown): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  write(value, parts);
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function write(value: unknown, parts: Uint8Array[]): void {
  if (value === null || value === undefined) parts.push(Uint8Array.of(0xc0));
  else if (typeof value === "boolean") parts.push(Uint8Array.of(value ? 0xc3 : 0xc2));
  else if (typeof value === "number") parts.push(number(value));
  else if (typeof value === "string") {
    const text = writer.encode(value);
    parts.push(text.length < 32 ? Uint8Array.of(0xa0 | text.length) : head(0xd9, 0xda, 0xdb, text.length), text);
  } else if (value instanceof Uint8Array || value instanceof ArrayBuffer) {
    const data = value instanceof ArrayBuffer ? new Uint8Array(value) : value;
    parts.push(head(0xc4, 0xc5, 0xc6, data.length), data);
  } else if (Array.isArray(value)) {
    parts.push(value.length < 16 ? Uint8Array.of(0x90 | value.length) : head(0, 0xdc, 0xdd, value.length));
    for (const each of value) write(each, parts);
  } else if (typeof value === "object") {
    const pairs = Object.entries(value).filter(([, each]) => each !== undefined);
    parts.push(pairs.length < 16 ? Uint8Array.of(0x80 | pairs.length) : head(0, 0xde, 0xdf, pairs.length));
    for (const [key, each] of pairs) {
      write(key, parts);
      write(each, parts);
    }
  } else throw new TypeError(typeof value);
}

/** A length behind its mark; `one` is 0 where the format has no form with one byte. */
function head(one: number, two: number, four: number, length: number): Uint8Array {
  if (one > 0 && length < 0x100) return Uint8Array.of(one, length);
  if (length < 0x10000) return Uint8Array.of(two, length >> 8, length & 0xff);
  return Uint8Array.of(four, length >>> 24, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff);
}

function number(value: number): Uint8Array {
  if (Number.isSafeInteger(value)) {
    if (value >= 0 && value < 0x80) return Uint8Array.of(value);
    if (value < 0 && value >= -32) return Uint8Array.of(0x100 + value);
    const whole = new DataView(new ArrayBuffer(9));
    if (value >= 0 && value < 0x1_0000_0000) {
      whole.setUint8(0, 0xce);
      whole.setUint32(1, value);
      return new Uint8Array(whole.buffer, 0, 5);
    }
    whole.setUint8(0, value < 0 ? 0xd3 : 0xcf);
    whole.setBigInt64(1, BigInt(value));
    return new Uint8Array(whole.buffer);
  }
  const real = new DataView(new ArrayBuffer(9));
  real.setUint8(0, 0xcb);
  real.setFloat64(1, value);
  return new Uint8Array(real.buffer);
}

/** The value of a packet; bytes inside are views into it. */
export function decode(packet: Uint8Array): unknown {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  let at = 0;
  const need = (length: number): number => {
    const from = at;
    at += length;
    if (at > packet.length) throw new Unreadable("it ends too early");
    return from;
  };
  const uint = (size: number): number => {
    const from = need(size);
    if (size === 1) return view.getUint8(from);
    if (size === 2) return view.getUint16(from);
    return size === 4 ? view.getUint32(from) : Number(view.getBigUint64(from));
  };
  const int = (size: number): number => {
    const from = need(size);
    if (size === 1) return view.getInt8(from);
    if (size === 2) return view.getInt16(from);
    return size === 4 ? view.getInt32(from) : Number(view.getBigInt64(from));
  };
  const bytes = (length: number): Uint8Array => {
    const from = need(length);
    return packet.subarray(from, at);
  };
  const text = (length: number): string => {
    // The few words of the line itself are short; a decoder for each costs more than they do.
    const from = need(length);
    let short = "";
    for (let i = from; i < at && length <= 16; i += 1) {
      const byte = packet[i] as number;
      if (byte > 0x7f) return reader.decode(packet.subarray(from, at));
      short += String.fromCharCode(byte);
    }
    return length <= 16 ? short : reader.decode(packet.subarray(from, at));
  };
  const list = (length: number, deep: number): unknown[] => {
    const found: unknown[] = [];
    for (let left = length; left > 0; left -= 1) found.push(value(deep + 1));
    return found;
  };
  const map = (length: number, deep: number): Record<string, unknown> => {
    const found: [string, unknown][] = [];
    for (let left = length; left > 0; left -= 1) found.push([String(value(deep + 1)), value(deep + 1)]);
    return Object.fromEntries(found);
  };
  const value = (deep: number): unknown => {
    if (deep > 16) throw new Unreadable("it is too deep");
    const mark = uint(1);
    if (mark < 0x80) return mark;
    if (mark < 0x90) return map(mark & 15, deep);
    if (mark < 0xa0) return list(mark & 15, deep);
    if (mark < 0xc0) return text(mark & 31);
    if (mark >= 0xe0) return mark - 0x100;
    if (mark === 0xc0) return null;
    if (mark === 0xc2 || mark === 0xc3) return mark === 0xc3;
    if (mark >= 0xc4 && mark <= 0xc6) return bytes(uint(2 ** (mark - 0xc4)));
    if (mark === 0xca) return view.getFloat32(need(4));
    if (mark === 0xcb) return view.getFloat64(need(8));
    if (mark >= 0xcc && mark <= 0xcf) return uint(2 ** (mark - 0xcc));
    if (mark >= 0xd0 && mark <= 0xd3) return int(2 ** (mark - 0xd0));
    if (mark >= 0xd9 && mark <= 0xdb) return text(uint(2 ** (mark - 0xd9)));
    if (mark === 0xdc || mark === 0xdd) return list(uint(mark === 0xdc ? 2 : 4), deep);
    if (mark === 0xde || mark === 0xdf) return map(uint(mark === 0xde ? 2 : 4), deep);
    throw new Unreadable(`mark ${mark}`);
  };
  const found = value(0);
  if (at !== packet.length) throw new Unreadable("something follows");
  return found;
}
