/** "/" and Ctrl K open the palette; its file comes at the first wish. Single letters can be
 * switched off in the account. */
import { make } from "./words.ts";

let asked = false;

function open(form: HTMLElement): void {
  if (asked) return void document.dispatchEvent(new Event("palette"));
  asked = true;
  const script = make("script", { src: form.dataset["script"]! });
  const style = make("link", { rel: "stylesheet", href: form.dataset["style"]! });
  script.onerror = () => (asked = false);
  // Not before its looks are there; without them it is shown all the same.
  style.onload = style.onerror = () => document.head.append(script);
  document.head.append(style);
}

export function startKeys(): void {
  const form = document.querySelector<HTMLElement>("form[data-palette]");
  if (!form) return;
  document.addEventListener("keydown", (event) => {
    const typing = (event.target as Element).closest?.("input, textarea, select, [contenteditable]");
    const slash = event.key === "/" && !typing && document.body.dataset["keys"] !== "off";
    const palette = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey;
    if (!(slash || palette) || document.querySelector("dialog[open]:not(.palette)")) return;
    event.preventDefault();
    open(form);
  });
  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || !(event.target as Element).closest("#search, [data-find]")) return;
    event.preventDefault();
    open(form);
  });
}
