/** Forms: focus on what is wrong, one sending at a time, characters left, no text lost on leaving. */
import { announce, count, say } from "./words.ts";

const AGAIN_MS = 10_000;

/** Bring the person to the summary of errors, if `root` has one; the title says "Error:" first. */
export function showErrors(root: ParentNode): boolean {
  const summary = root.querySelector<HTMLElement>("#error-summary");
  if (!summary) return false;
  const word = say("error");
  if (!document.title.startsWith(word)) document.title = `${word} ${document.title}`;
  summary.focus();
  return true;
}

/** A form that was sent may be sent again. */
export function release(form: HTMLFormElement): void {
  delete form.dataset["busy"];
  for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
}

function guard(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  const question = event.submitter?.dataset["confirm"] ?? form.dataset["confirm"];
  if (form.dataset["busy"] || (question && !window.confirm(question))) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset["sent"] = "true";
  if (!form.matches("[data-guard]")) return;
  form.dataset["busy"] = "true";
  event.submitter?.setAttribute("aria-busy", "true");
  window.setTimeout(() => release(form), AGAIN_MS);
}

function countLeft(field: HTMLTextAreaElement | HTMLInputElement): void {
  const shown = document.getElementById(field.dataset["counter"] ?? "");
  if (!shown) return;
  const left = Number(field.dataset["limit"]) - [...field.value].length;
  shown.textContent = left < 0 ? say("over", count(-left)) : say("left", count(left));
  // The count is read with the field; that it is passed must be heard at once.
  if (left < 0 && shown.dataset["over"] === "false") announce(shown.textContent);
  shown.dataset["over"] = String(left < 0);
}

export function startForms(): void {
  showErrors(document);
  for (const field of document.querySelectorAll<HTMLTextAreaElement>("[data-counter]")) countLeft(field);
  document.addEventListener("submit", guard, true);
  document.addEventListener("input", (event) => {
    const field = event.target as HTMLTextAreaElement;
    if (field.dataset["counter"]) countLeft(field);
    if (event.isTrusted && field.form) delete field.form.dataset["sent"];
    if (event.isTrusted && field.matches("textarea") && field.form) field.form.dataset["dirty"] = "true";
  });
  // Forms with a draft lose nothing; the others ask before the page is left.
  window.addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-guard][data-dirty]:not([data-draft], [data-sent])"))
      event.preventDefault();
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll<HTMLFormElement>("form[data-busy]").forEach(release);
  });
}
