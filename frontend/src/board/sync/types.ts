/** What the board sees of the live line. Only this file and `index.ts` are the contract. */
import type * as Y from "yjs";
import type { NoteView } from "./notes.ts";

export const STATUSES = ["untested", "testing", "supported", "refuted", "parked"] as const;
export type NoteStatus = (typeof STATUSES)[number];

export const TIERS = ["team", "mentors", "sponsor", "public"] as const;
export type NoteTier = (typeof TIERS)[number];

export const KINDS = ["", "desirability", "viability", "feasibility"] as const;
export type NoteKind = (typeof KINDS)[number];

/** The fields of one note in the document: `notes` is a Y.Map of id -> Y.Map of these. */
export interface NoteFields {
  block: string;
  /** Fractional index, see `order.ts`; ties are broken by note id. */
  order: string;
  text: Y.Text;
  status: NoteStatus;
  tier: NoteTier;
  kind: NoteKind;
  /** Importance, 1 to 5. */
  weight: number;
  /** Public id of the person; the server corrects a wrong one. */
  author: string;
  /** Milliseconds since 1970, UTC. */
  created: number;
}

export type NoteMap = Y.Map<string | number | Y.Text>;

export type Role = "editor" | "viewer";

/**
 * connecting  nothing shown yet
 * saved       the server has every change on its disk
 * saving      something is unacknowledged for more than 400 ms
 * waiting     ... for more than 5 s
 * offline     no line; changes are kept and `pending` counts them
 * merging     back on the line, sending what was made meanwhile
 * readonly    may read, may not edit; `offer` holds local changes that were not taken
 * stale       the tab slept, or shows what the device kept: state is being pulled, no input until then
 * reload      the server speaks another protocol than this page
 * closed      the line ended for good, see `reason`
 */
export type LineState =
  | "connecting"
  | "saved"
  | "saving"
  | "waiting"
  | "offline"
  | "merging"
  | "readonly"
  | "stale"
  | "reload"
  | "closed";

export type ByeReason = "removed" | "session_ended" | "deleted" | "moved" | "restart" | "missing";

export interface Status {
  readonly state: LineState;
  /** Own changes that the server has not acknowledged yet. */
  readonly pending: number;
  /** May `edit` be called now? True offline too; false when connecting, stale, readonly, reload, closed. */
  readonly editable: boolean;
  readonly reason: ByeReason | null;
}

/** Where somebody is on the board. */
export interface Place {
  note: string | null;
  block: string | null;
  typing: boolean;
}

/** Somebody else who has this board open; name, colour and role come from the server. */
export interface Peer {
  readonly session: number;
  readonly person: string;
  readonly name: string;
  /** 0 to 3: index of the presence colours. */
  readonly colour: number;
  readonly role: Role;
  readonly at: Place;
}

/** A note that I and somebody else changed in different ways; null where it was deleted. */
export interface BothChanged {
  readonly id: string;
  readonly before: NoteView | null;
  readonly mine: NoteView | null;
  readonly theirs: NoteView | null;
}

/** After "merging": what was changed on both sides while the line was down. */
export interface MergeReport {
  /** Changes of mine that were sent. */
  readonly sent: number;
  readonly both: readonly BothChanged[];
}

/** Changes of mine that the server will not take. */
export interface Offer {
  /** The whole document with them. */
  readonly state: Uint8Array;
  /** The notes that they touched. */
  readonly notes: ReadonlySet<string>;
}

/** What this device kept of the board. */
export interface Kept {
  /** What the server had acknowledged or sent; null when only own changes are left. */
  readonly base: Uint8Array | null;
  /** Own changes that were never acknowledged, oldest first. */
  readonly own: readonly Uint8Array[];
}

/** Where the line puts what this device should keep; nothing of it is waited for. */
export interface Shelf {
  /** An own change, not acknowledged yet. `alone`: other tabs of this person shall take it over. */
  own(update: Uint8Array, alone: boolean): void;
  /** Something that the server has. */
  shared(update: Uint8Array): void;
  /** Every own change until now is acknowledged. */
  settled(): void;
  /** What the server was known to have before `shared` was called next. */
  base(): Promise<Uint8Array | null>;
  /** Begin anew: the document was exchanged. */
  restart(): void;
  /** Forget the board; own changes that nobody has yet may stay for the same person. */
  forget(butOwn: boolean): void;
  /** The tab closes; with own changes left, another tab takes them over. */
  leave(pending: boolean): void;
  /** Own changes of other tabs arrive here. */
  onSibling(listener: (updates: readonly Uint8Array[]) => void): void;
}

export interface ConnectionEvents {
  /** The state of the line changed. */
  status: Status;
  /** First state is there (once), `doc` can be drawn. */
  ready: void;
  /** Somebody came, went or moved. */
  peers: ReadonlyMap<number, Peer>;
  /** Reconnected and everything sent. */
  merged: MergeReport;
  /** Local changes that the server will not take: offer them as a file. They left the document. */
  offer: Offer;
  /**
   * `line.doc`, `line.notes` and `line.meta` are new objects: observe and draw them again, and make
   * undo anew. Rare: it happens after `refused` and `offer`, because Yjs cannot forget a change.
   */
  replaced: Y.Doc;
  /** A change was refused and undone here. The codes are of the protocol. */
  refused: "too_large" | "bad_update" | "rate";
}

export interface ConnectionOptions {
  /** Public id of the canvas. */
  canvas: string;
  /** Origin of the server; the page's own by default. */
  url?: string;
  /** What this device kept of the board; nothing by default. */
  kept?: Kept;
  /** Where this device keeps it from now on. */
  shelf?: Shelf;
  /** For tests: makes the socket. */
  socket?: SocketFactory;
  /** For tests: extra headers (cookie) under Node. */
  headers?: Record<string, string>;
  /** For tests: time and timers. */
  clock?: Clock;
}

export interface Clock {
  now(): number;
  after(ms: number, call: () => void): number;
  cancel(timer: number): void;
}

/** The few things that the line needs of a socket; `openSocket` makes the real one. */
export interface SocketLike {
  readonly connected: boolean;
  on(event: string, listener: (...values: never[]) => void): unknown;
  emit(event: string, ...values: unknown[]): unknown;
  connect(): unknown;
  disconnect(): unknown;
  /** Called for everything that arrives, heartbeats too. */
  onHeard(listener: () => void): void;
}

export type SocketFactory = (url: string, headers?: Record<string, string>) => SocketLike;
