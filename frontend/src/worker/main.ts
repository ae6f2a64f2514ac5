/**
 * The service worker: the frame of the house and the boards that somebody opened, without a network.
 *
 * It keeps static files, and of all pages only a board and its list, only as they were answered to
 * the person who is signed in here, and only until she signs out, somebody else signs in, or the
 * copy is two weeks old. Everything else goes to the network untouched. `/service-worker.js` puts
 * `HOUSE` in front of this file, so that the worker is renewed with the files it keeps.
 */
import { KEPT_DAYS, forget, keptBy, tidy } from "../board/kept/database.ts";

declare const HOUSE: { version: string; files: string[]; offline: string };

interface Waiting extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface Fetching extends Waiting {
  readonly request: Request;
  readonly preloadResponse: Promise<Response | undefined>;
  respondWith(answer: Promise<Response>): void;
}

interface Telling extends Waiting {
  readonly data: { person?: string; none?: boolean; out?: boolean; gone?: string };
}

interface Worker {
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
  readonly registration: { navigationPreload?: { enable(): Promise<void> } };
  addEventListener(type: "install" | "activate", run: (event: Waiting) => void): void;
  addEventListener(type: "fetch", run: (event: Fetching) => void): void;
  addEventListener(type: "message", run: (event: Telling) => void): void;
}

const worker = self as unknown as Worker;
const FILES = `innocore-files-${HOUSE.version}`;
const PAGES = "innocore-pages-";
const WISHES = "innocore-wishes";
const BOARD = /^\/canvases\/([A-Za-z0-9_-]{22})(\/list)?$/;
const KEPT_AT = "X-Kept-At";
const SLOW_MS = 4000;
const LOOK_EVERY_MS = 600_000;
const MATCH = { ignoreVary: true };

let lookedAt = 0;

const pagesOf = (person: string): Promise<Cache> => caches.open(PAGES + person);
const pageCaches = async (): Promise<string[]> => (await caches.keys()).filter((name) => name.startsWith(PAGES));
const wish = (person: string): string => `/-/no-copy/${person}`;
const wantsNone = async (person: string): Promise<boolean> => (await caches.match(wish(person), { cacheName: WISHES })) !== undefined;

worker.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(FILES)
      .then((files) => files.addAll([...HOUSE.files, HOUSE.offline]))
      .then(() => worker.skipWaiting()),
  );
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      await worker.registration.navigationPreload?.enable();
      await worker.clients.claim();
      // Kept pages name the files of their time: bring them up to date before those go.
      await renewPages();
      for (const name of await caches.keys()) {
        if (name.startsWith("innocore-files-") && name !== FILES) await caches.delete(name);
      }
    })(),
  );
});

async function renewPages(): Promise<void> {
  for (const name of await pageCaches()) {
    const pages = await caches.open(name);
    for (const { url } of await pages.keys()) {
      const path = new URL(url).pathname;
      const answer = await fetch(path, { credentials: "same-origin", redirect: "manual" }).catch(() => null);
      await pages.delete(url);
      if (answer) await keep(path, answer);
    }
  }
}

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(visit(event, url));
  else if (url.pathname.startsWith("/static/")) event.respondWith(file(request));
});

/** Files carry their mark in the address, so a kept one never grows old. */
async function file(request: Request): Promise<Response> {
  const kept = await caches.match(request, MATCH);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) {
    const copy = answer.clone();
    void caches.open(FILES).then((files) => files.put(request, copy));
  }
  return answer;
}

async function visit(event: Fetching, url: URL): Promise<Response> {
  const isBoard = BOARD.test(url.pathname) && url.search === "";
  const asked = event.preloadResponse.then((answer) => answer ?? fetch(event.request));
  asked.catch(() => undefined);
  const copy = BOARD.test(url.pathname) ? await copyOf(url.pathname) : undefined;
  try {
    // A network that does not answer is none, for a page that is here.
    const answer = await (copy ? Promise.race([asked, late()]) : asked);
    if (isBoard) {
      const twin = answer.clone();
      event.waitUntil(keep(url.pathname, twin));
    }
    return answer;
  } catch {
    return copy ?? (await offlinePage());
  }
}

const late = (): Promise<never> => new Promise((_, reject) => setTimeout(() => reject(new Error("late")), SLOW_MS));

async function copyOf(path: string): Promise<Response | undefined> {
  for (const name of await pageCaches()) {
    const found = await caches.match(path, { cacheName: name, ...MATCH });
    if (found && Number(found.headers.get(KEPT_AT)) > Date.now() - KEPT_DAYS * 86_400_000) return found;
  }
  return undefined;
}

/** Keep what was answered; what is not there any more, or not this person's, goes. */
async function keep(path: string, answer: Response): Promise<void> {
  if (answer.status === 404 || answer.status === 403) {
    await drop(BOARD.exec(path)?.[1] ?? "");
    return;
  }
  if (answer.status !== 200 || answer.redirected) return;
  const text = await answer.text();
  const person = /<body[^>]* data-person="([^"]+)"/.exec(text)?.[1];
  if (!person || (await wantsNone(person))) return;
  const headers = new Headers(answer.headers);
  for (const name of ["Content-Encoding", "Content-Length", "Set-Cookie"]) headers.delete(name);
  headers.set(KEPT_AT, String(Date.now()));
  await (await pagesOf(person)).put(path, new Response(text, { headers }));
}

async function drop(canvas: string): Promise<void> {
  for (const name of await pageCaches()) {
    const pages = await caches.open(name);
    await Promise.all([pages.delete(`/canvases/${canvas}`, MATCH), pages.delete(`/canvases/${canvas}/list`, MATCH)]);
  }
  await forget((row) => row.canvas === canvas);
}

/** Says that there is no network, and which boards open nevertheless. */
async function offlinePage(): Promise<Response> {
  const page = await caches.match(HOUSE.offline, MATCH);
  if (!page) return Response.error();
  const rows: string[] = [];
  for (const name of await pageCaches()) {
    for (const { url } of await (await caches.open(name)).keys()) {
      const path = new URL(url).pathname;
      const kept = await copyOf(path);
      if (!kept || path.endsWith("/list")) continue;
      // The title stands in the page as markup already, so it is safe to set it into another.
      const title = /<title>([^<]*)<\/title>/.exec(await kept.text())?.[1] ?? path;
      rows.push(`<li><a href="${path}" dir="auto">${title.replace(/ · [^·]*$/, "")}</a></li>`);
    }
  }
  const text = (await page.text()).replace("<!-- kept -->", rows.join(""));
  return new Response(rows.length > 0 ? text.replace(' data-none=""', "") : text, { headers: page.headers });
}

worker.addEventListener("message", (event) => {
  const { person, none, out, gone } = event.data;
  if (gone !== undefined) event.waitUntil(drop(gone));
  else if (out) event.waitUntil(forgetPages(() => true));
  else if (person !== undefined) event.waitUntil(welcome(person, none === true));
});

async function forgetPages(fits: (person: string) => boolean): Promise<void> {
  for (const name of await pageCaches()) if (fits(name.slice(PAGES.length))) await caches.delete(name);
}

/** A page was opened by this person; an empty name is a visitor, whose session may just have ended. */
async function welcome(person: string, none: boolean): Promise<void> {
  await forgetPages((other) => other !== person || none);
  const wishes = await caches.open(WISHES);
  if (person === "") {
    await forget(() => true, true);
    return;
  }
  if (none) await wishes.put(wish(person), new Response(""));
  else await wishes.delete(wish(person));
  await tidy(person);
  if (Date.now() - lookedAt < LOOK_EVERY_MS) return;
  lookedAt = Date.now();
  // A right that was taken away takes its copies along, also of boards that are not opened any more.
  for (const canvas of await keptBy(person)) {
    const answer = await fetch(`/canvases/${canvas}/counts`, { credentials: "same-origin", redirect: "manual" }).catch(() => null);
    if (answer?.status === 404 || answer?.status === 403) await drop(canvas);
  }
}
