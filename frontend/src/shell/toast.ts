/** Short messages at the foot of the window. Messages of trouble stay until they are closed. */
import { make, say } from "./words.ts";

const SHOWN_MS = 8000;

function close(toast: Element): void {
  const held = toast.contains(document.activeElement);
  toast.remove();
  if (held) document.querySelector<HTMLElement>("main")?.focus();
}

function expire(toast: HTMLElement): void {
  let timer = 0;
  const start = (): void => {
    timer = window.setTimeout(() => close(toast), SHOWN_MS);
  };
  const stop = (): void => window.clearTimeout(timer);
  for (const name of ["pointerenter", "focusin"]) toast.addEventListener(name, stop);
  for (const name of ["pointerleave", "focusout"]) toast.addEventListener(name, start);
  start();
}

export interface Way {
  label: string;
  go: () => void;
}

/** Show `text`, with a way to act on it. `stays`: until somebody closes it. */
export function toast(text: string, way?: Way, stays = false): () => void {
  const shown = make("div", { class: "toast" }, make("span", { dir: "auto" }, text));
  const gone = (): void => close(shown);
  if (way) {
    const act = make("button", { class: "button button-small", type: "button" }, way.label);
    act.addEventListener("click", () => {
      gone();
      way.go();
    });
    shown.append(act);
  }
  const end = make("button", { class: "button button-small", type: "button" }, say("close"));
  end.addEventListener("click", gone);
  shown.append(end);
  document.getElementById("toasts")?.append(shown);
  if (!stays) expire(shown);
  return gone;
}

export function startToasts(): void {
  const region = document.getElementById("toasts");
  region?.addEventListener("click", (event) => {
    const button = (event.target as Element).closest("[data-close-toast]");
    if (button?.parentElement) close(button.parentElement);
  });
  for (const shown of document.querySelectorAll<HTMLElement>("[data-toast]")) {
    expire(shown);
    // A live region speaks of what is added to it, not of what it held at the start.
    window.setTimeout(() => region?.append(shown), 150);
  }
}
