/** The line of one board. The state machine lives here; what travels is in `protocol.ts`. */
import * as Y from "yjs";
import type { Notes } from "./notes.ts";
import type { ConnectionEvents, ConnectionOptions, Peer, Place, Status } from "./types.ts";

export declare class Connection {
  constructor(options: ConnectionOptions);
  readonly canvas: string;
  readonly doc: Y.Doc;
  readonly notes: Notes;
  readonly meta: Y.Map<string>;
  /** The origin of own changes: undo tracks it, `transaction.origin === line.origin` tells own from others'. */
  readonly origin: object;
  readonly status: Status;
  readonly peers: ReadonlyMap<number, Peer>;
  /** Register; the answer unregisters. */
  on<K extends keyof ConnectionEvents>(event: K, call: (value: ConnectionEvents[K]) => void): () => void;
  /** One change of mine, sent together; throws when `status.editable` is false. */
  edit<T>(change: () => T): T;
  /** Tell the others where I am; sent at most 10 times a second. */
  here(place: Partial<Place>): void;
  /** Undo of my own changes only, since now. */
  undo(captureMs?: number): Y.UndoManager;
  /** Everything that this device knows, as one file. */
  copy(): Uint8Array;
  close(): void;
}

export declare function connect(options: ConnectionOptions): Connection;
