/**
 * The palette of Ctrl K: a combobox with a list box in a dialog. Loaded at the first wish for it.
 *
 * The answer is made by the server, rights and all; nothing of it is kept on this device beyond this
 * page. Without this file the same form leads to the page of results.
 */
import { make, say } from "../shell/words.ts";

const WAIT_MS = 200;
const MOST_KEPT = 30;
type Answer = { html: string; said: string };

const form = document.querySelector<HTMLFormElement>("form[data-palette]")!;
const address = form.dataset["palette"]!;
const kept = new Map<string, Answer>();

const input = make("input", {
  class: "palette-input", type: "text", role: "combobox", "aria-expanded": "false",
  "aria-controls": "palette-list", "aria-autocomplete": "list", "aria-label": say("find"),
  placeholder: say("jump"), autocomplete: "off", autocapitalize: "none", spellcheck: "false",
  maxlength: "200", dir: "auto",
});
const list = make("div", { class: "palette-list", id: "palette-list", role: "listbox", "aria-label": say("found"), tabindex: "-1" });
const said = make("p", { class: "palette-said", role: "status" });
const key = (name: string): HTMLElement => make("kbd", {}, name);
const help = make("p", { class: "palette-help" },
  make("span", {}, key("↑"), key("↓"), ` ${say("choose")}`),
  make("span", {}, key("Enter"), ` ${say("open")}`),
  make("span", {}, key("Ctrl Enter"), ` ${say("tab")}`),
);
const close = make("button", { type: "button", class: "palette-close" },
  make("kbd", { "aria-hidden": "true" }, "Esc"), make("span", { class: "sr" }, say("close")));
const icon = form.querySelector("svg")?.cloneNode(true);
const head = make("div", { class: "palette-head" }, ...(icon ? [icon] : []), input, close);
const dialog = make("dialog", { class: "palette", "aria-label": say("find"), closedby: "any" },
  head, list, make("div", { class: "palette-foot" }, help, said));
document.body.append(dialog);

let asked = "";
let timer = 0;
let running: AbortController | undefined;

const options = (): HTMLElement[] => [...list.querySelectorAll<HTMLElement>("[role=option]")];
const chosen = (): HTMLElement | null => list.querySelector("[aria-selected=true]");

function choose(option: HTMLElement | undefined): void {
  chosen()?.setAttribute("aria-selected", "false");
  if (!option) return input.removeAttribute("aria-activedescendant");
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", option.id);
}

function show(answer: Answer): void {
  list.innerHTML = answer.html;
  said.textContent = answer.said;
  const found = options();
  input.setAttribute("aria-expanded", String(found.length > 0));
  choose(found[0]);
}

async function ask(words: string): Promise<void> {
  running?.abort();
  const known = kept.get(words);
  if (known || !words) return show(known ?? { html: "", said: "" });
  running = new AbortController();
  try {
    const reply = await fetch(`${address}?q=${encodeURIComponent(words)}`, {
      headers: { "HX-Request": "true" },
      signal: running.signal,
    });
    const away = reply.headers.get("HX-Redirect");
    if (away) return location.assign(away);
    if (!reply.ok && reply.status !== 429) throw new Error(String(reply.status));
    const box = make("template");
    box.innerHTML = await reply.text();
    const root = box.content.firstElementChild as HTMLElement;
    const answer = { html: root.innerHTML, said: root.dataset["said"] ?? "" };
    if (reply.ok) {
      if (kept.size >= MOST_KEPT) kept.clear();
      kept.set(words, answer);
    }
    if (words === asked) show(answer);
  } catch (problem) {
    if ((problem as Error).name !== "AbortError") show({ html: "", said: say("failed") });
  }
}

/** Follow an option; as a link would, in a new tab when asked. */
function follow(option: HTMLElement | null, tab: boolean): void {
  const url = option?.dataset["url"];
  if (!url) {
    if (asked) location.assign(`${form.action}?q=${encodeURIComponent(asked)}`);
    return;
  }
  if (tab) window.open(url, "_blank", "noopener");
  else {
    dialog.close();
    location.assign(url);
  }
}

input.addEventListener("input", () => {
  asked = input.value.trim();
  window.clearTimeout(timer);
  timer = window.setTimeout(() => void ask(asked), kept.has(asked) ? 0 : WAIT_MS);
});

dialog.addEventListener("keydown", (event) => {
  if (event.isComposing || event.target !== input) return;
  const found = options();
  const at = found.indexOf(chosen() as HTMLElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 5, PageUp: at - 5 }[event.key];
  if (to !== undefined && found.length) {
    const step = event.key.startsWith("Page") ? Math.max(0, Math.min(to, found.length - 1)) : to;
    choose(found.at(step % found.length));
    event.preventDefault();
  } else if (event.key === "Enter") {
    event.preventDefault();
    follow(chosen(), event.ctrlKey || event.metaKey);
  }
});

list.addEventListener("click", (event) => {
  const option = (event.target as Element).closest<HTMLElement>("[role=option]");
  if (option) follow(option, event.ctrlKey || event.metaKey);
});
close.addEventListener("click", () => dialog.close());
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});
dialog.addEventListener("close", () => running?.abort());

function open(): void {
  if (dialog.open) return;
  dialog.showModal();
  input.focus();
  input.select();
}

document.addEventListener("palette", open);
open();
