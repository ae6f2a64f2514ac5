/**
 * Several editors against a real server, for `tests/canvases/live/test_together.py`.
 *
 * Reads one JSON line with the parts to play, prints one JSON line with what every editor ends up
 * with. The lines are cut, and come back, while everybody keeps typing.
 */
import { readFileSync } from "node:fs";
import { Connection } from "./connection.ts";
import { addNote, moveNote, notesOf, removeNote, setText, setValue } from "./notes.ts";
import { openSocket } from "./socket.ts";
import { STATUSES, type SocketLike } from "./types.ts";

interface Play {
  url: string;
  canvas: string;
  blocks: string[];
  editors: { cookie: string; person: string }[];
  rounds: number;
  seed: number;
}

const play = JSON.parse(readFileSync(0, "utf8")) as Play;
let seed = play.seed;

function random(below: number): number {
  seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
  return Math.floor((seed / 0x7fffffff) * below) % below;
}

function pick<T>(from: readonly T[]): T {
  return from[random(from.length)] as T;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 600; turn += 1) {
    if (holds()) return;
    await pause(25);
  }
  const states = lines.map(({ line }) => JSON.stringify(line.status)).join(" ");
  throw new Error(`never came true: ${what} (${states})`);
}

const lines = play.editors.map((editor) => {
  let socket: SocketLike | null = null;
  const line = new Connection({
    canvas: play.canvas,
    url: play.url,
    headers: { Cookie: editor.cookie, Origin: play.url },
    socket: (url, headers) => (socket = openSocket(url, headers)),
  });
  const seen = { refused: [] as string[], offers: 0, merged: 0 };
  line.on("refused", (code) => seen.refused.push(code));
  line.on("offer", () => (seen.offers += 1));
  line.on("merged", () => (seen.merged += 1));
  return { line, seen, person: editor.person, socket: () => socket as unknown as SocketLike };
});

function change(at: number): void {
  const { line, person } = lines[at] as (typeof lines)[number];
  if (!line.status.editable) return;
  const notes = line.notes;
  const ids = [...notes.keys()];
  line.edit(() => {
    const what = random(10);
    if (ids.length < 3 || what < 2) {
      addNote(notes, { block: pick(play.blocks), author: person, text: `note ${random(1000)} žluť 😀` });
    } else if (what < 7) {
      const id = pick(ids);
      const text = notesOf(notes).find((note) => note.id === id)?.text ?? "";
      const cut = random(text.length + 1);
      setText(notes, id, `${text.slice(0, cut)}${pick(["a", "éx", "😀", ""])}${text.slice(cut + random(2))}`);
    } else if (what < 8) moveNote(notes, pick(ids), pick(play.blocks));
    else if (what < 9) setValue(notes, pick(ids), "status", pick(STATUSES));
    else removeNote(notes, pick(ids));
  });
}

await until("everybody is in", () => lines.every(({ line }) => line.status.state === "saved"));
for (let round = 0; round < play.rounds; round += 1) {
  for (let at = 0; at < lines.length; at += 1) change(at);
  if (round % 12 === 5) {
    const cut = pick(lines);
    cut.socket().disconnect();
    setTimeout(() => cut.socket().connect(), 60 + random(200));
  }
  await pause(random(30));
}
await until("everything is saved", () =>
  lines.every(({ line }) => line.status.state === "saved" && line.status.pending === 0),
);
const boards = (): string[] => lines.map(({ line }) => JSON.stringify(notesOf(line.notes)));
await until("all boards are equal", () => new Set(boards()).size === 1);
const answer = {
  boards: lines.map(({ line }) => notesOf(line.notes)),
  seen: lines.map(({ seen }) => seen),
  peers: lines.map(({ line }) => line.peers.size),
};
for (const { line } of lines) line.close();
process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit(0));
