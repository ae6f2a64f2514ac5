/** The real socket: socket.io over WebSocket with msgpack packets. */
import { Manager } from "socket.io-client";
import * as parser from "socket.io-msgpack-parser";
import { NAMESPACE, PROTOCOL } from "./protocol.ts";
import type { SocketLike } from "./types.ts";

export function openSocket(url: string, headers?: Record<string, string>): SocketLike {
  const manager = new Manager(url, {
    transports: ["websocket"],
    parser,
    autoConnect: false,
    reconnectionDelay: 400,
    reconnectionDelayMax: 5000,
    randomizationFactor: 0.5,
    timeout: 8000,
    ...(headers === undefined ? {} : { extraHeaders: headers }),
  });
  const socket = manager.socket(NAMESPACE, { auth: { v: PROTOCOL } });
  let heard = (): void => undefined;
  manager.on("open", () => {
    manager.engine.on("packet", () => {
      heard();
    });
  });
  return {
    get connected() {
      return socket.connected;
    },
    on: (event, listener) => socket.on(event, listener as (...values: unknown[]) => void),
    emit: (event, ...values) => socket.emit(event, ...values),
    connect: () => socket.connect(),
    disconnect: () => socket.disconnect(),
    onHeard: (listener) => {
      heard = listener;
    },
  };
}
