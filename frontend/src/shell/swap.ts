/** htmx in this house: the token, what errors do to the page, and where the focus goes. */
import { settled } from "./drafts.ts";
import { release, showErrors } from "./forms.ts";
import { toast } from "./toast.ts";
import { meta, say } from "./words.ts";

interface Context {
  request: { headers: Record<string, string> };
  response?: { status: number };
  text?: string;
  hx?: { redirect?: string };
  swap?: string;
  target?: Element | string;
  sourceElement?: Element;
}

declare global {
  interface Window {
    htmx?: { process(element: Element): void };
  }
}

/** The sentence that an error page says. */
export function told(html: string): string {
  const page = new DOMParser().parseFromString(html, "text/html");
  return page.querySelector("[data-error-text]")?.textContent?.trim() ?? "";
}

const context = (event: Event): Context => (event as CustomEvent<{ ctx: Context }>).detail.ctx;
const on = (name: string, run: (it: Context, event: Event) => void): void =>
  document.addEventListener(`htmx:${name}`, (event) => run(context(event), event));

function refocus(it: Context, before: { id: string; shown: number }): void {
  const region = it.target instanceof Element ? it.target : null;
  const fresh = (region?.id && document.getElementById(region.id)) || region;
  if (!fresh?.isConnected) return;
  fresh.removeAttribute("aria-busy");
  if (fresh.matches(".preview")) fresh.removeAttribute("hidden");
  if (showErrors(fresh)) return;
  if (document.activeElement && document.activeElement !== document.body) return;
  const rows = before.shown >= 0 ? fresh.querySelectorAll("tbody > tr, li") : [];
  const next =
    fresh.querySelector<HTMLElement>("[data-focus]") ??
    rows[before.shown]?.querySelector<HTMLElement>("a, button, th, h3") ??
    (before.id ? document.getElementById(before.id) : null) ??
    (fresh as HTMLElement);
  if (!next.matches("a, button, input, select, textarea")) next.tabIndex = -1;
  next.focus();
}

export function startSwaps(): void {
  let before = { id: "", shown: -1 };
  on("config:request", (it) => {
    it.request.headers["X-CSRFToken"] = meta("csrf-token");
    const source = it.sourceElement as HTMLElement | undefined;
    before = { id: source?.id ?? "", shown: Number(source?.dataset["more"] ?? -1) };
    if (it.target instanceof Element) it.target.setAttribute("aria-busy", "true");
  });
  on("after:request", (it) => {
    const status = it.response?.status ?? 0;
    settled(it.sourceElement?.closest("form"), status < 400);
    if (status < 400 || status === 422 || it.hx?.redirect) return;
    it.swap = "none";
    if (![...(it.sourceElement?.attributes ?? [])].some((a) => a.name.startsWith("hx-status:")))
      toast(told(it.text ?? "") || say("failed"), undefined, true);
  });
  on("after:swap", (it) => refocus(it, before));
  on("finally:request", (it) => {
    const form = it.sourceElement?.closest("form");
    if (form) release(form);
    if (it.target instanceof Element) it.target.removeAttribute("aria-busy");
  });
  on("error", (it) => {
    settled(it.sourceElement?.closest("form"), false);
    toast(say("down"), undefined, true);
  });
}
