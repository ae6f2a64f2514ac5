/** Forms with files: rows with progress, cancel and retry. Without this the same form is plain. */
import { settled } from "./drafts.ts";
import { release, showErrors } from "./forms.ts";
import { told } from "./swap.ts";
import { announce, count, make, meta, say } from "./words.ts";

function size(bytes: number): string {
  return bytes < 1e6 ? `${count(Math.ceil(bytes / 1e3))} kB` : `${count(Math.round(bytes / 1e5) / 10)} MB`;
}

const inputs = (form: HTMLFormElement): HTMLInputElement[] => [
  ...form.querySelectorAll<HTMLInputElement>("input[type=file]"),
];

function list(input: HTMLInputElement): void {
  const shown = input.closest(".upload")?.querySelector(".upload-list");
  if (!shown) return;
  for (const row of shown.querySelectorAll("[data-chosen]")) row.remove();
  for (const file of input.files ?? []) {
    const words = make("span", { dir: "auto" }, `${file.name} `, make("small", {}, size(file.size)));
    shown.append(make("li", { class: "upload-row", "data-chosen": "" }, make("span"), words, make("span")));
  }
}

function rows(form: HTMLFormElement): { row: Element; file: File }[] {
  return inputs(form).flatMap((input) => {
    const shown = [...(input.closest(".upload")?.querySelectorAll("[data-chosen]") ?? [])];
    return [...(input.files ?? [])].map((file, at) => ({ row: shown[at] ?? make("li"), file }));
  });
}

function replace(form: HTMLFormElement, html: string): void {
  const page = new DOMParser().parseFromString(html, "text/html");
  const next = form.id ? page.getElementById(form.id) : page.querySelector("form[data-upload]");
  if (!next) return;
  const chosen = inputs(form);
  form.replaceWith(document.adoptNode(next));
  for (const old of chosen) {
    const fresh = document.getElementById(old.id);
    if (!old.files?.length || !fresh) continue;
    fresh.replaceWith(old);
    list(old);
  }
  window.htmx?.process(next);
  showErrors(next);
}

function send(form: HTMLFormElement, submitter: HTMLElement | null): void {
  const request = new XMLHttpRequest();
  const lines = rows(form);
  const stop = make("button", { class: "button button-quiet button-small", type: "button" }, say("cancel"));
  stop.addEventListener("click", () => request.abort());
  lines[0]?.row.lastElementChild?.replaceWith(stop);
  for (const { row, file } of lines) {
    row.querySelectorAll("progress, .error").forEach((it) => it.remove());
    row.append(make("progress", { max: String(file.size || 1), value: "0", "aria-label": file.name }));
  }
  request.upload.addEventListener("progress", ({ loaded }) => {
    let rest = loaded;
    for (const { row, file } of lines) {
      const part = Math.min(Math.max(rest, 0), file.size);
      const bar = row.querySelector("progress");
      const words = row.querySelector("small");
      if (bar) bar.value = part;
      if (words) words.textContent = say("sent", size(part), size(file.size));
      rest -= file.size;
    }
  });
  const end = (accepted: boolean, trouble = ""): void => {
    release(form);
    settled(form, accepted);
    stop.replaceWith(make("span"));
    if (accepted) return;
    for (const { row } of lines) row.querySelector("progress")?.remove();
    if (!trouble) return;
    const again = make("button", { class: "button button-small", type: "button" }, say("retry"));
    again.addEventListener("click", () => form.requestSubmit(submitter));
    lines[0]?.row.append(make("p", { class: "error" }, make("span", {}, trouble), again));
    announce(trouble);
  };
  request.addEventListener("load", () => {
    const way = request.getResponseHeader("HX-Redirect");
    const good = request.status < 400;
    const shows = request.status === 422 || (!good && request.responseText.includes('id="error-summary"'));
    end(good, good || shows ? "" : told(request.responseText) || say("failed"));
    if (way) location.assign(way);
    else if (shows) replace(form, request.responseText);
    else if (good) location.reload();
  });
  request.addEventListener("error", () => end(false, say("cut")));
  request.addEventListener("abort", () => end(false));
  request.open("POST", submitter?.getAttribute("formaction") ?? form.action);
  request.setRequestHeader("HX-Request", "true");
  request.setRequestHeader("X-CSRFToken", meta("csrf-token"));
  request.send(new FormData(form, submitter));
}

export function startUploads(): void {
  document.addEventListener("change", (event) => {
    const input = event.target as HTMLInputElement;
    if (input.type === "file") list(input);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (event.defaultPrevented || !form.matches("[data-upload]")) return;
    if (!inputs(form).some((it) => it.files?.length)) return;
    event.preventDefault();
    send(form, event.submitter);
  });
  for (const name of ["dragover", "dragleave", "drop"] as const) {
    document.addEventListener(name, (event) => {
      const zone = (event.target as Element).closest?.<HTMLElement>("[data-drop]");
      if (!zone) return;
      event.preventDefault();
      zone.dataset["drag"] = String(name === "dragover");
      const input = zone.querySelector<HTMLInputElement>("input[type=file]");
      if (name !== "drop" || !input || !event.dataTransfer?.files.length) return;
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
}
