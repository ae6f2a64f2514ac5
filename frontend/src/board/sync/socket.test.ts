/** The real socket over a wire that the test holds in its hands. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { decode, encode } from "./msgpack.ts";
import { openSocket, type MakeWire } from "./socket.ts";

class Wire {
  readonly sent: unknown[] = [];
  closed = false;
  binaryType: BinaryType = "blob";
  onmessage: ((message: MessageEvent) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;

  constructor(readonly address: string) {}

  send(data: unknown): void {
    this.sent.push(typeof data === "string" ? data : decode(data as Uint8Array));
  }

  close(): void {
    this.closed = true;
  }

  text(data: string): void {
    this.onmessage?.({ data } as MessageEvent);
  }

  packet(packet: object): void {
    this.onmessage?.({ data: encode(packet).buffer } as MessageEvent);
  }

  welcome(): void {
    this.text('0{"sid":"x","upgrades":[],"pingInterval":8000,"pingTimeout":10000}');
    this.packet({ type: 0, nsp: "/rt", data: { sid: "y" } });
  }

  break(): void {
    this.onclose?.({} as CloseEvent);
  }
}

function start(): { wires: Wire[]; told: unknown[][]; socket: ReturnType<typeof openSocket> } {
  const wires: Wire[] = [];
  const make: MakeWire = (address) => {
    const wire = new Wire(address);
    wires.push(wire);
    return wire as unknown as ReturnType<MakeWire>;
  };
  const socket = openSocket("https://house.example", undefined, make);
  const told: unknown[][] = [];
  for (const event of ["connect", "disconnect", "connect_error", "joined"]) {
    socket.on(event, (...values: unknown[]) => told.push([event, ...values]));
  }
  socket.connect();
  return { wires, told, socket };
}

const last = (wires: Wire[]): Wire => wires.at(-1) as Wire;

test("it opens, says its version, and carries events both ways", () => {
  const { wires, told, socket } = start();
  assert.equal(wires[0]?.address, "wss://house.example/socket.io/?EIO=4&transport=websocket");
  socket.emit("u", 1);
  assert.deepEqual(wires[0]?.sent, [], "nothing travels before the line is open");
  wires[0]?.welcome();
  assert.equal(socket.connected, true);
  socket.emit("u", 7, 1, Uint8Array.of(1, 2, 3));
  wires[0]?.packet({ type: 2, nsp: "/rt", data: ["joined", { diff: Uint8Array.of(9) }] });
  assert.deepEqual(wires[0]?.sent, [
    { type: 0, nsp: "/rt", data: { v: 1 } },
    { type: 2, nsp: "/rt", data: ["u", 7, 1, Uint8Array.of(1, 2, 3)] },
  ]);
  assert.deepEqual(told, [["connect"], ["joined", { diff: Uint8Array.of(9) }]]);
  socket.disconnect();
});

test("it answers the heartbeat, and everything that arrives is a sign of life", () => {
  const { wires, socket } = start();
  let signs = 0;
  socket.onHeard(() => (signs += 1));
  wires[0]?.welcome();
  wires[0]?.text("2");
  assert.equal(wires[0]?.sent.at(-1), "3");
  assert.equal(signs, 3);
  socket.disconnect();
});

test("a broken line comes back by itself, a closed one does not", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { wires, told, socket } = start();
  last(wires).welcome();
  last(wires).break();
  assert.deepEqual(told.at(-1), ["disconnect", "transport close"]);
  t.mock.timers.tick(700);
  assert.equal(wires.length, 2);
  last(wires).break();
  assert.deepEqual(told.at(-1), ["connect_error", { message: "closed" }]);
  t.mock.timers.tick(10_000);
  assert.equal(wires.length, 3);
  last(wires).welcome();
  assert.deepEqual(told.at(-1), ["connect"]);
  socket.disconnect();
  assert.deepEqual(last(wires).sent.at(-1), { type: 1, nsp: "/rt" });
  assert.ok(last(wires).closed);
  t.mock.timers.tick(60_000);
  assert.equal(wires.length, 3);
});

test("a refusal is told and nobody tries again unless asked to", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { wires, told, socket } = start();
  last(wires).text("0{}");
  last(wires).packet({ type: 4, nsp: "/rt", data: { message: "protocol" } });
  assert.deepEqual(told, [["connect_error", { message: "protocol" }]]);
  t.mock.timers.tick(60_000);
  assert.equal(wires.length, 1);
  socket.connect();
  assert.equal(wires.length, 2);
  socket.disconnect();
});

test("a line that never opens is given up and tried again", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { wires, told, socket } = start();
  t.mock.timers.tick(8000);
  assert.deepEqual(told, [["connect_error", { message: "timeout" }]]);
  assert.ok(wires[0]?.closed);
  t.mock.timers.tick(1000);
  assert.equal(wires.length, 2);
  socket.disconnect();
});

test("an old wire's last words count for nothing", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { wires, told, socket } = start();
  const old = last(wires);
  old.welcome();
  const { onmessage } = old;
  old.break();
  t.mock.timers.tick(700);
  onmessage?.({ data: encode({ type: 2, nsp: "/rt", data: ["joined", {}] }).buffer } as MessageEvent);
  assert.equal(told.filter(([event]) => event === "joined").length, 0);
  socket.disconnect();
});

test("a packet that nobody can read ends the wire", () => {
  const { wires, told, socket } = start();
  last(wires).welcome();
  last(wires).onmessage?.({ data: Uint8Array.of(0xc1).buffer } as MessageEvent);
  assert.deepEqual(told.at(-1), ["disconnect", "transport close"]);
  socket.disconnect();
});
