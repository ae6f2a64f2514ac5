/** What travels on the line; the server's side is `canvases/boards/wire.py`, the examples `tests/wire/`. */
import * as Y from "yjs";
import type { Place, Role } from "./types.ts";

export const PROTOCOL = 1;
/** What notes hold and which words they may say; both numbers are explained in docs/live.md. */
export const SCHEMA = 1;
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
  schema?: number;
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

/** Why the server does not let a line in; with `protocol` it says its own numbers. */
export interface Refusal {
  message: string;
  data?: { v?: number; schema?: number };
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

/** Bytes as Yjs wants them: a plain Uint8Array, also where Node gives a Buffer. */
export function bytes(value: Uint8Array | ArrayBuffer): Uint8Array {
  return value instanceof Uint8Array
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value);
}

export function joinParts(parts: readonly Joined[]): Uint8Array {
  const pieces = parts.map((part) => bytes(part.diff));
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** Whether the document holds clocks that the server lacks. */
export function isAhead(doc: Y.Doc, vector: Uint8Array): boolean {
  const theirs = Y.decodeStateVector(vector);
  const mine = Y.decodeStateVector(Y.encodeStateVector(doc));
  for (const [client, clock] of mine) if (clock > (theirs.get(client) ?? 0)) return true;
  return false;
}
