/** Text typed into a form with data-draft stays in this browser until the server has accepted it.
 *
 * Kept under the person and the address, never passwords or files, at most a week; signing out
 * forgets all of it, and so does the first page that somebody else opens. A draft ends when the page
 * after sending shows that the form was accepted. */
import { toast } from "./toast.ts";
import { hour, say } from "./words.ts";

const PREFIX = "draft:";
const SENT = "draft-sent";
const KEPT_MS = 7 * 24 * 3600 * 1000;
type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;
type Kept = { at: number; values: [string, string][] };

const person = (): string => document.body.dataset["person"] ?? "";
const key = (form: HTMLFormElement): string =>
  `${PREFIX}${person()}:${location.pathname}:${form.dataset["draft"] ?? ""}`;

function controls(form: HTMLFormElement): Control[] {
  return ([...form.elements] as Control[]).filter(
    (it) =>
      it.name &&
      it.matches("input, textarea, select") &&
      !/^(password|hidden|file|submit|button)$/.test(it.type) &&
      !it.closest("[data-no-draft]"),
  );
}

const pickable = (it: Control): it is HTMLInputElement => /^(checkbox|radio)$/.test(it.type);

function read(it: Control): string {
  if (pickable(it)) return it.checked ? "1" : "";
  if (it instanceof HTMLSelectElement) return [...it.selectedOptions].map((o) => o.value).join("\n");
  return it.value;
}

function write(it: Control, value: string): void {
  if (pickable(it)) it.checked = value === "1";
  else if (it instanceof HTMLSelectElement) {
    const chosen = value.split("\n");
    for (const option of it.options) option.selected = chosen.includes(option.value);
  } else it.value = value;
}

const name = (it: Control): string => (pickable(it) ? `${it.name}=${it.value}` : it.name);

function store(run: () => void): void {
  try {
    run();
  } catch {
    // A browser that keeps nothing still works as a form.
  }
}

function keep(form: HTMLFormElement): void {
  const kept: Kept = { at: Date.now(), values: controls(form).map((it) => [name(it), read(it)]) };
  store(() => {
    localStorage.setItem(key(form), JSON.stringify(kept));
    const status = form.querySelector("[data-draft-status]");
    if (status) status.textContent = say("kept", "", hour());
  });
}

const forget = (draft: string): void => store(() => localStorage.removeItem(draft));

function restore(form: HTMLFormElement): void {
  let kept: Kept | undefined;
  store(() => {
    kept = JSON.parse(localStorage.getItem(key(form)) ?? "null") ?? undefined;
  });
  if (!kept) return;
  if (Date.now() - kept.at > KEPT_MS) return forget(key(form));
  const before = new Map(controls(form).map((it) => [it, read(it)]));
  const values = new Map(kept.values);
  let changed = false;
  for (const [it, old] of before) {
    const value = values.get(name(it));
    if (value === undefined || value === old) continue;
    write(it, value);
    changed = true;
  }
  if (!changed) return;
  form.dispatchEvent(new Event("input", { bubbles: true }));
  toast(say("restored"), {
    label: say("discard"),
    go: () => {
      for (const [it, old] of before) write(it, old);
      forget(key(form));
    },
  }, true);
}

/** Forget every draft that fits, by whom it is of (empty: a visitor) and when it was kept. */
function forgetWhere(fits: (of: string, at: number) => boolean): void {
  store(() => {
    for (const it of Object.keys(localStorage)) {
      if (!it.startsWith(PREFIX)) continue;
      let at = 0;
      store(() => {
        at = (JSON.parse(localStorage.getItem(it) ?? "null") as Kept | null)?.at ?? 0;
      });
      if (fits(it.slice(PREFIX.length).split(":", 1)[0] ?? "", at)) localStorage.removeItem(it);
    }
  });
}

/** What others typed here goes once somebody has signed in; what is too old goes anyhow. */
function tidy(): void {
  const oldest = Date.now() - KEPT_MS;
  forgetWhere((of, at) => at < oldest || (person() !== "" && of !== person()));
}

/** Nothing of the person who signs out stays. */
export const forgetDrafts = (): void => forgetWhere((of) => of === person());

/** Whether the page that came after sending says that the form was accepted. */
function settle(): void {
  let sent: string | null = null;
  store(() => {
    sent = sessionStorage.getItem(SENT);
    sessionStorage.removeItem(SENT);
  });
  if (!sent) return;
  const came = performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming | undefined;
  const refused = document.querySelector("[data-error], #error-summary");
  if (person() && !refused && came?.type === "navigate") forget(sent);
}

export function startDrafts(): void {
  settle();
  tidy();
  document.querySelectorAll<HTMLFormElement>("form[data-draft]").forEach(restore);
  let timer = 0;
  document.addEventListener("input", (event) => {
    const form = (event.target as Control).form;
    if (!event.isTrusted || !form?.dataset["draft"]) return;
    window.clearTimeout(timer);
    timer = window.setTimeout(() => keep(form), 400);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (!form.dataset["draft"]) return;
    window.clearTimeout(timer);
    keep(form);
    store(() => sessionStorage.setItem(SENT, key(form)));
  });
}

/** Tell whether the server took the form, when it was sent by a script. */
export function settled(form: Element | null | undefined, accepted: boolean): void {
  if (!form?.matches("form[data-draft]")) return;
  store(() => sessionStorage.removeItem(SENT));
  if (accepted) forget(key(form as HTMLFormElement));
}
