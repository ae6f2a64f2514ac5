/** The review page: digits score, arrows change slides, clicks place comments, drafts save themselves. */

const words = JSON.parse(document.getElementById("review-words")?.textContent ?? "{}") as Record<string, string>;
const say = (key: string, n: string | number = "", t: string | number = ""): string =>
  (words[key] ?? key).replace("{n}", String(n)).replace("{t}", String(t));
const page = document.querySelector<HTMLElement>("[data-review]");
const form = document.querySelector<HTMLFormElement>("#rubric-form");
const PAUSE = 1500;
const AGAIN = 4000;

function places(): void {
  for (const pin of document.querySelectorAll<HTMLElement>(".pin[data-x]")) {
    pin.style.left = `${Number(pin.dataset["x"]) / 10}%`;
    pin.style.top = `${Number(pin.dataset["y"]) / 10}%`;
    pin.addEventListener("click", (event) => {
      event.stopPropagation();
      document.getElementById(pin.dataset["pin"] ?? "")?.focus();
    });
  }
}

function slides(): void {
  const slide = document.querySelector<HTMLElement>(".slide");
  if (!slide) return;
  const drawing = slide.querySelector("img");
  const drawn = (): void => page?.classList.add("is-drawn");
  if (!drawing || drawing.complete) drawn();
  else for (const name of ["load", "error"]) drawing.addEventListener(name, drawn, { once: true });
  const turn = (step: string): void => document.querySelector<HTMLAnchorElement>(`a[data-step="${step}"]`)?.click();
  slide.addEventListener("keydown", (event) => {
    if (event.target !== slide) return;
    const back = document.documentElement.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      event.preventDefault();
      turn(event.key === back ? "-1" : "1");
    }
  });
  if (sessionStorage.getItem("slide-focus")) {
    sessionStorage.removeItem("slide-focus");
    slide.focus({ preventScroll: true });
  }
  for (const link of document.querySelectorAll("a[data-step]"))
    link.addEventListener("click", () => {
      if (document.activeElement === slide) sessionStorage.setItem("slide-focus", "1");
    });
  const text = document.querySelector<HTMLTextAreaElement>("#new-pin textarea");
  slide.addEventListener("click", (event) => {
    if (!text) return;
    const box = slide.getBoundingClientRect();
    const x = Math.round(((event.clientX - box.left) / box.width) * 1000);
    const y = Math.round(((event.clientY - box.top) / box.height) * 1000);
    document.querySelector<HTMLInputElement>("[data-pin-x]")!.value = String(x);
    document.querySelector<HTMLInputElement>("[data-pin-y]")!.value = String(y);
    let ghost = slide.querySelector<HTMLElement>(".pin-new");
    if (!ghost) {
      ghost = document.createElement("span");
      ghost.className = "pin pin-new";
      ghost.textContent = "+";
      slide.querySelector("[data-pins]")?.append(ghost);
    }
    ghost.style.left = `${x / 10}%`;
    ghost.style.top = `${y / 10}%`;
    text.focus();
    const live = document.getElementById("live");
    if (live) live.textContent = say("placed");
  });
  document.querySelector("[data-comment]")?.addEventListener("click", (event) => {
    if (!text) return;
    event.preventDefault();
    text.focus();
  });
  const full = document.querySelector<HTMLButtonElement>("[data-full]");
  if (full && slide.requestFullscreen) {
    full.hidden = false;
    full.addEventListener("click", () => void (document.fullscreenElement ? document.exitFullscreen() : slide.requestFullscreen()));
  }
}

export {};

let timer = 0;
let dirty = false;
let closed = false;
let busy: Promise<void> | null = null;

const tell = (text: string): void => {
  const status = document.querySelector<HTMLElement>("[data-saved]");
  if (status) status.textContent = text;
};

const send = (keepalive: boolean): Promise<Response> =>
  fetch(page!.dataset["draftUrl"] ?? "", {
    method: "POST",
    body: new FormData(form!),
    headers: { Accept: "application/json" },
    keepalive,
  });

/** A token of the session of now, for all forms of this page; false when nobody is signed in. */
async function freshToken(): Promise<boolean> {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return false;
  const came = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = came.querySelector<HTMLInputElement>("#rubric-form [name=csrf_token]")?.value;
  if (!token) return false;
  for (const it of document.querySelectorAll<HTMLInputElement>("[name=csrf_token]")) it.value = token;
  return true;
}

/** The copy that the browser keeps is older than what the server has now. */
function forgetCopy(): void {
  try {
    localStorage.removeItem(
      `draft:${document.body.dataset["person"] ?? ""}:${location.pathname}:${form?.dataset["draft"] ?? ""}`,
    );
  } catch {
    // A browser that keeps nothing has no copy.
  }
}

async function attempt(): Promise<void> {
  dirty = false;
  let answer = await send(false);
  if (answer.status === 400 && (await freshToken())) answer = await send(false);
  if (answer.ok) {
    const told = (await answer.json()) as { saved: string; score: number | null; scored: number };
    tell(say("saved", "", told.saved));
    const number = document.querySelector("[data-score]");
    if (number)
      number.textContent = told.score === null ? "–" : told.score.toLocaleString(document.documentElement.lang);
    show(told.scored);
    if (!dirty) forgetCopy();
    return;
  }
  dirty = true;
  if (answer.status === 400 || answer.status === 401) {
    tell(say("signedout"));
    timer = window.setTimeout(() => void save(), AGAIN);
  } else if (answer.status === 422 || answer.status === 413) {
    const told = (await answer.json().catch(() => ({}))) as { message?: string };
    tell(told.message ?? say("failed")); // the next change of the text tries again
  } else if ([403, 404, 409].includes(answer.status)) {
    closed = true;
    tell(say("closed"));
  } else throw new Error(String(answer.status));
}

async function save(): Promise<void> {
  window.clearTimeout(timer);
  while (busy) await busy;
  if (!form || !page || !dirty || closed) return;
  busy = attempt()
    .catch(() => {
      dirty = true;
      tell(say("failed"));
      timer = window.setTimeout(() => void save(), AGAIN);
    })
    .finally(() => {
      busy = null;
    });
  await busy;
}

function show(count: number): void {
  const bar = document.querySelector<HTMLProgressElement>("[data-progress]");
  if (bar) bar.value = count;
  const line = document.querySelector("[data-scored]");
  if (line && bar) line.textContent = say("scored", count, bar.max);
}

/** Whatever leads to another view of this page waits until the draft is kept, two seconds at most. */
function first(): void {
  const kept = (): Promise<unknown> =>
    Promise.race([save(), new Promise((done) => window.setTimeout(done, 2000))]);
  document.addEventListener(
    "click",
    (event) => {
      const link = (event.target as HTMLElement).closest<HTMLAnchorElement>(".review-slides a[href*='slide=']");
      if (!link || !dirty || closed || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      void kept().then(() => location.assign(link.href));
    },
    true,
  );
  document.addEventListener(
    "submit",
    (event) => {
      const sent = event.target as HTMLFormElement;
      if (sent === form || !dirty || closed || !sent.closest(".review-slides")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      void kept().then(() => {
        dirty = false;
        sent.requestSubmit((event as SubmitEvent).submitter);
      });
    },
    true,
  );
}

function rubric(): void {
  if (!form) return;
  const touched = (): void => {
    dirty = true;
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void save(), PAUSE);
  };
  form.addEventListener("input", touched);
  form.addEventListener("change", touched);
  form.addEventListener("submit", () => {
    dirty = false;
    window.clearTimeout(timer);
  });
  form.addEventListener("keydown", (event) => {
    const target = event.target as HTMLElement;
    if (event.ctrlKey || event.metaKey || event.altKey || target.matches("textarea, input:not([type=radio])")) return;
    if (!/^[1-5]$/.test(event.key)) return;
    const criterion = target.closest<HTMLElement>("[data-criterion]");
    const radio = criterion?.querySelector<HTMLInputElement>(`input[value="${event.key}"]`);
    if (!criterion || !radio) return;
    event.preventDefault();
    radio.checked = true;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
    const next = criterion.nextElementSibling?.querySelector<HTMLInputElement>("input[type=radio]:checked, input[type=radio]");
    (next ?? radio).focus();
  });
  addEventListener("pagehide", () => {
    // The browser lets a leaving page send little; longer texts are in the copy that it keeps.
    if (dirty && !closed) void send(true).catch(() => undefined);
  });
}

places();
slides();
first();
rubric();
