/**
 * The real socket: the part of socket.io that a board speaks, over WebSocket with msgpack packets.
 *
 * Engine.IO 4 wraps it: text "0{...}" opens, "2" asks and "3" answers whether somebody is there,
 * "1" closes; every packet of socket.io is one binary message. There is one namespace, no polling,
 * no acknowledgement by callback. A lost line comes back by itself, later each time.
 */
import { decode, encode } from "./msgpack.ts";
import { NAMESPACE, PROTOCOL } from "./protocol.ts";
import type { SocketLike } from "./types.ts";

const CONNECT = 0;
const DISCONNECT = 1;
const EVENT = 2;
const CONNECT_ERROR = 4;
const FIRST_PAUSE = 400;
const LONGEST_PAUSE = 5000;
const OPENS_WITHIN = 8000;

interface Packet {
  type: number;
  data?: unknown;
  nsp: string;
}

type Wire = Pick<WebSocket, "send" | "close" | "binaryType" | "onmessage" | "onclose" | "onerror">;
export type MakeWire = (address: string) => Wire;

/** Headers can be given under Node only; there the built-in WebSocket takes them. */
function realWire(headers?: Record<string, string>): MakeWire {
  const Made = WebSocket as unknown as new (address: string, more?: object) => Wire;
  return (address) => (headers === undefined ? new Made(address) : new Made(address, { headers }));
}

export function openSocket(
  url: string,
  headers?: Record<string, string>,
  make: MakeWire = realWire(headers),
): SocketLike {
  const address = `${url.replace(/^http/, "ws")}/socket.io/?EIO=4&transport=websocket`;
  const listeners = new Map<string, (...values: never[]) => void>();
  let heard = (): void => undefined;
  let wire: Wire | null = null;
  let wanted = false;
  let connected = false;
  let tries = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const tell = (event: string, ...values: unknown[]): void => listeners.get(event)?.(...(values as never[]));
  const send = (packet: Packet): void => wire?.send(encode(packet));

  const drop = (why: string): void => {
    clearTimeout(timer);
    const old = wire;
    const was = connected;
    wire = null;
    connected = false;
    if (old) {
      old.onmessage = old.onclose = old.onerror = null;
      old.close();
    }
    if (was) tell("disconnect", why);
  };

  const comeBack = (): void => {
    if (!wanted || wire) return;
    clearTimeout(timer);
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** tries) * (0.5 + Math.random());
    tries += 1;
    timer = setTimeout(open, pause);
  };

  const fail = (why: string): void => {
    const was = connected;
    drop("transport close");
    if (!was) tell("connect_error", { message: why });
    comeBack();
  };

  const read = (packet: Packet): void => {
    if (packet.nsp !== NAMESPACE) return;
    if (packet.type === CONNECT) {
      clearTimeout(timer);
      connected = true;
      tries = 0;
      tell("connect");
    } else if (packet.type === EVENT && connected && Array.isArray(packet.data)) {
      const [event, ...values] = packet.data as [string, ...unknown[]];
      tell(event, ...values);
    } else if (packet.type === DISCONNECT || packet.type === CONNECT_ERROR) {
      // The server means it: nobody tries again unless told to.
      wanted = false;
      drop("io server disconnect");
      if (packet.type === CONNECT_ERROR) tell("connect_error", packet.data);
    }
  };

  const hear = (data: unknown): void => {
    heard();
    if (typeof data !== "string") {
      let packet: Packet;
      try {
        packet = decode(new Uint8Array(data as ArrayBuffer)) as Packet;
      } catch {
        return fail("unreadable");
      }
      read(packet);
    } else if (data[0] === "0") {
      send({ type: CONNECT, nsp: NAMESPACE, data: { v: PROTOCOL } });
    } else if (data === "2") {
      wire?.send("3");
    } else if (data === "1") {
      fail("closed");
    }
  };

  function open(): void {
    if (!wanted || wire) return;
    clearTimeout(timer);
    const mine = make(address);
    wire = mine;
    mine.binaryType = "arraybuffer";
    mine.onmessage = (message) => {
      if (wire === mine) hear(message.data);
    };
    mine.onclose = mine.onerror = () => {
      if (wire === mine) fail("closed");
    };
    timer = setTimeout(() => fail("timeout"), OPENS_WITHIN);
  }

  return {
    get connected() {
      return connected;
    },
    on: (event, listener) => listeners.set(event, listener),
    emit: (event, ...values) => {
      if (connected) send({ type: EVENT, nsp: NAMESPACE, data: [event, ...values] });
    },
    connect: () => {
      wanted = true;
      open();
    },
    disconnect: () => {
      wanted = false;
      if (connected) send({ type: DISCONNECT, nsp: NAMESPACE });
      drop("io client disconnect");
    },
    onHeard: (listener) => {
      heard = listener;
    },
  };
}
