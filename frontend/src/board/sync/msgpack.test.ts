/** Packets there and back, against bytes that the specification gives. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Unreadable, decode, encode } from "./msgpack.ts";

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(" ", ""), "hex"));

test("bytes are those of the specification", () => {
  const pairs: [unknown, string][] = [
    [null, "c0"], [true, "c3"], [false, "c2"], [0, "00"], [127, "7f"], [-1, "ff"], [-32, "e0"],
    ["", "a0"], ["žluť", "a6 c5be6c75c5a5"], [[1, [2]], "92 01 91 02"],
    [{ compact: true, schema: 0 }, "82 a7636f6d70616374 c3 a6736368656d61 00"],
    [Uint8Array.of(1, 2), "c4 02 0102"], [1.5, "cb 3ff8000000000000"],
  ];
  for (const [value, written] of pairs) {
    assert.deepEqual(encode(value), hex(written), String(value));
    assert.deepEqual(decode(hex(written)), value);
  }
});

test("every size comes back as it was", () => {
  const numbers = [128, 255, 256, 65_535, 65_536, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, -33, -129, -40_000, -(2 ** 40), 0.1];
  const lengths = [0, 15, 16, 31, 32, 255, 256, 65_535, 65_536];
  const values: unknown[] = [
    ...numbers,
    ...lengths.map((length) => "x".repeat(length)),
    ...lengths.map((length) => new Uint8Array(length).fill(7)),
    ...[0, 15, 16, 65_535, 65_536].map((length) => Array.from({ length }, () => 1)),
    ...[15, 16, 70_000].map((length) => Object.fromEntries(Array.from({ length }, (_, at) => [`k${at}`, at]))),
  ];
  for (const value of values) assert.deepEqual(decode(encode(value)), value);
});

test("numbers as other writers send them are read", () => {
  const pairs: [string, number][] = [
    ["cc ff", 255], ["cd 0100", 256], ["ce 00010000", 65_536], ["cf 0000000100000000", 2 ** 32],
    ["d0 80", -128], ["d1 8000", -32_768], ["d2 80000000", -(2 ** 31)], ["d3 ffffffffffffffff", -1], ["ca 3fc00000", 1.5],
  ];
  for (const [written, value] of pairs) assert.equal(decode(hex(written)), value);
});

test("what is cut, too deep, unknown or followed by something is refused", () => {
  for (const bad of ["", "a5 61", "c4 05 01", "92 01", "81 a1 61", "d4 01 02", "c1", "00 00", "91".repeat(40), "dd ffffffff", "a1 ff"]) {
    assert.throws(() => decode(hex(bad)), (error) => error instanceof Unreadable || error instanceof TypeError || error instanceof RangeError, bad);
  }
});

test("a key of the prototype is only a key", () => {
  const found = decode(hex("81 a9 5f5f70726f746f5f5f 81 a1 61 01")) as object;
  assert.equal(Object.getPrototypeOf(found), Object.prototype);
  assert.equal(({} as { a?: number }).a, undefined);
});
