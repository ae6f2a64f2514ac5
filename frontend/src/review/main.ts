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
      void save();
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

let timer = 0;
let dirty = false;
let busy: Promise<void> | null = null;

async function save(): Promise<void> {
  if (!form || !page || !dirty) return;
  if (busy) await busy;
  dirty = false;
  const status = document.querySelector<HTMLElement>("[data-saved]");
  busy = (async () => {
    try {
      const answer = await fetch(page.dataset["draftUrl"] ?? "", {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json" },
        keepalive: true,
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const told = (await answer.json()) as { saved: string; score: number | null; scored: number };
      if (status) status.textContent = say("saved", "", told.saved);
      const number = document.querySelector("[data-score]");
      if (number) number.textContent = told.score === null ? "–" : told.score.toLocaleString(document.documentElement.lang);
      show(told.scored);
    } catch {
      dirty = true;
      if (status) status.textContent = say("failed");
      timer = window.setTimeout(() => void save(), AGAIN);
    }
  })();
  await busy;
  busy = null;
}

function show(count: number): void {
  const bar = document.querySelector<HTMLProgressElement>("[data-progress]");
  if (bar) bar.value = count;
  const line = document.querySelector("[data-scored]");
  if (line && bar) line.textContent = say("scored", count, bar.max);
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
  addEventListener("pagehide", () => void save());
}

places();
slides();
rubric();
