/**
 * The part of every page in what this device keeps: the service worker is told who is here and what
 * she wishes, and signing out forgets all of it. What is kept, and why: docs/offline.md.
 */
import { DATABASE, unsentOf } from "../board/kept/database.ts";
import { forgetDrafts } from "./drafts.ts";
import { meta, say } from "./words.ts";

const person = (): string => document.body.dataset["person"] ?? "";

function wantsNone(): boolean {
  try {
    return localStorage.getItem(`no-copy:${person()}`) !== null;
  } catch {
    return true;
  }
}

async function tell(message: object): Promise<void> {
  const worker = await navigator.serviceWorker?.getRegistration();
  worker?.active?.postMessage(message);
}

/** Changes that were never sent go with the session; the person decides. */
async function signOut(form: HTMLFormElement): Promise<void> {
  const left = await unsentOf(person()).catch(() => 0);
  if (left > 0 && !window.confirm(say("unsent", left))) return;
  forgetDrafts();
  indexedDB.deleteDatabase(DATABASE);
  await tell({ out: true }).catch(() => undefined);
  form.submit();
}

export function startOffline(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (!form.matches("[data-forget]") || event.defaultPrevented) return;
    event.preventDefault();
    void signOut(form);
  });
  const address = meta("service-worker");
  if (!address || !navigator.serviceWorker) return;
  window.addEventListener("load", () => {
    void navigator.serviceWorker
      .register(address)
      .then(() => navigator.serviceWorker.ready)
      .then((it) => it.active?.postMessage({ person: person(), none: wantsNone() }))
      .catch(() => undefined);
  });
}
