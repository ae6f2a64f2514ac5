/** Two minutes before the session ends the person can go on; after that she is told. */
import { toast } from "./toast.ts";
import { meta, say } from "./words.ts";

const WARNING_MS = 120_000;
const LONGEST_MS = 2 ** 31 - 1;

function watch(ends: number): void {
  const left = ends - Date.now();
  if (!(left > 0) || left > LONGEST_MS) return;
  let close: (() => void) | undefined;
  const over = window.setTimeout(() => {
    close?.();
    toast(say("ended"), undefined, true);
  }, left);
  window.setTimeout(() => {
    const go = (): void => void extend(over);
    close = toast(say("ends"), meta("session-extend") ? { label: say("stay"), go } : undefined, true);
  }, Math.max(0, left - WARNING_MS));
}

async function extend(over: number): Promise<void> {
  const answer = await fetch(meta("session-extend"), {
    method: "POST",
    headers: { "X-CSRFToken": meta("csrf-token"), "HX-Request": "true" },
  }).catch(() => null);
  if (!answer?.ok) return void toast(say("down"), undefined, true);
  window.clearTimeout(over);
  watch(Date.parse(await answer.text()));
}

export function startSession(): void {
  watch(Date.parse(meta("session-ends")));
}
