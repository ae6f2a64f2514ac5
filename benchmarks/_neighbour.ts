/**
 * Somebody else on a board, for `board.py`: the browser's own line, played under Node.
 *
 * The first line of standard input is `{url, cookie, person, canvas}`; every further line is one
 * order, answered by one line when the server has it: `{fill: n, blocks}` adds notes, `{say: text}`
 * gives the next note another text, `{}` ends.
 */
import { createInterface } from "node:readline";
import { Connection } from "../frontend/src/board/sync/connection.ts";
import { addNote, notesOf, setText } from "../frontend/src/board/sync/notes.ts";

interface Order {
  url?: string;
  cookie?: string;
  person?: string;
  canvas?: string;
  fill?: number;
  blocks?: string[];
  say?: string;
}

const WORDS = "hospital sensor pilot clinic ward nurse refill patch reader interview price margin".split(" ");
const orders = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const next = async (): Promise<Order> => JSON.parse((await orders.next()).value ?? "{}") as Order;
const tell = (answer: object): void => void process.stdout.write(`${JSON.stringify(answer)}\n`);

const { url = "", cookie = "", person = "", canvas = "" } = await next();
const line = new Connection({ canvas, url, headers: { Cookie: cookie, Origin: url } });

async function saved(): Promise<void> {
  for (let turn = 0; turn < 2000; turn += 1) {
    if (line.status.state === "saved" && line.status.pending === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`never saved: ${JSON.stringify(line.status)}`);
}

await saved();
tell({ ready: true });
let turn = 0;
for (;;) {
  const order = await next();
  if (order.fill !== undefined) {
    const blocks = order.blocks ?? [];
    for (let from = 0; from < order.fill; from += 50) {
      line.edit(() => {
        for (let at = from; at < Math.min(from + 50, order.fill as number); at += 1) {
          const text = Array.from({ length: 4 + (at % 9) }, (_, word) => WORDS[(at * 7 + word * 5) % WORDS.length]).join(" ");
          addNote(line.notes, { block: blocks[at % blocks.length] as string, author: person, text: `${at} ${text}` });
        }
      });
      await saved();
    }
  } else if (order.say !== undefined) {
    const notes = notesOf(line.notes);
    const note = notes[(turn * 37) % notes.length];
    turn += 1;
    if (note) line.edit(() => setText(line.notes, note.id, order.say as string));
  } else break;
  await saved();
  tell({ done: true });
}
line.close();
process.exit(0);
