/** What travels on the line; the server's side is `canvases/boards/wire.py`, the examples `tests/wire/`. */
import type { Place, Role } from "./types.ts";

export const PROTOCOL = 1;
export const NAMESPACE = "/rt";
export const MOST_UPDATE = 64 * 1024;
export const MOST_MERGE = 1_000_000;

export interface Shown {
  session: number;
  gone?: boolean;
  person: string;
  name: string;
  colour: number;
  role: Role;
  at: Place;
}

/** The first part carries everything; the others only their piece of `diff`. */
export interface Joined {
  canvas: string;
  room: number;
  part: number;
  diff: Uint8Array;
  session?: number;
  role?: Role;
  row?: number;
  vector?: Uint8Array;
  others?: Shown[];
  me?: Shown;
  parts?: number;
}

export type NackCode = "readonly" | "too_large" | "bad_update" | "rate" | "gap" | "missing";

export interface Nack {
  canvas: string;
  room: number;
  seq: number;
  code: NackCode;
  vector: Uint8Array;
}

export interface Frame {
  room: number;
  /** (session, seq) pairs that are on the server's disk. */
  acks: [number, number][];
  others: Shown[];
  update: Uint8Array;
}

export class Malformed extends Error {}

/** Read the blob of an `s`. */
export function readFrame(data: Uint8Array): Frame {
  let at = 0;
  const number = (): number => {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = data[at];
      if (byte === undefined || scale > 2 ** 49) throw new Malformed("frame");
      at += 1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
  };
  const room = number();
  const acks: [number, number][] = [];
  for (let left = number(); left > 0; left -= 1) acks.push([number(), number()]);
  const length = number();
  const aware = data.subarray(at, at + length);
  const others = length > 0 ? (JSON.parse(new TextDecoder().decode(aware)) as Shown[]) : [];
  return { room, acks, others, update: data.subarray(at + length) };
}

/** The bytes of an `aw`: what the client may say of itself. */
export function writePlace(client: number, place: Place): Uint8Array {
  const said = { client, note: place.note, block: place.block, typing: place.typing };
  return new TextEncoder().encode(JSON.stringify(said));
}

/** What the msgpack parser writes as bytes: an ArrayBuffer in browsers, a Buffer in Node, nothing else. */
export function packed(value: Uint8Array): ArrayBuffer | Uint8Array {
  const node = (globalThis as { Buffer?: { from(value: Uint8Array): Uint8Array } }).Buffer;
  return node === undefined ? (value.slice().buffer as ArrayBuffer) : node.from(value);
}

/** socket.io's msgpack parser gives Uint8Array in browsers and Buffer in Node; Yjs wants the former. */
export function bytes(value: Uint8Array | ArrayBuffer): Uint8Array {
  return value instanceof Uint8Array
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value);
}
