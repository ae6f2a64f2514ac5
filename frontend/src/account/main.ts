/** Passkeys, and forms that go on by themselves after somebody has confirmed who she is.
 *
 * `form[data-passkey]` shows a key, `form[data-passkey-new]` makes one: the attribute is the address
 * of the question. The browser's answer goes back as JSON in the field `credential`, by the form
 * itself. Without a script, or where the browser knows no passkeys, these forms stay hidden. */
import { ask, make } from "./passkey.ts";

function refuse(form: HTMLFormElement): void {
  const place = form.querySelector<HTMLElement>("[data-passkey-failed]") ?? say(form);
  place.hidden = false;
}

/** A place for the sentence that the page holds for this case. */
function say(form: HTMLFormElement): HTMLElement {
  const made = document.createElement("p");
  made.className = "error";
  made.setAttribute("role", "alert");
  made.dataset["passkeyFailed"] = "";
  made.textContent = document.body.querySelector("[data-passkey-words]")?.textContent ?? "";
  form.append(made);
  return made;
}

async function answer(form: HTMLFormElement, field: HTMLInputElement): Promise<void> {
  const asked = form.dataset["passkey"];
  const token = form.querySelector<HTMLInputElement>("[name=csrf_token]")?.value ?? "";
  try {
    const credential = asked
      ? await ask(asked, token)
      : await make(form.dataset["passkeyNew"] ?? "", token);
    if (!credential) return;
    field.value = JSON.stringify(credential);
    form.submit();
  } catch {
    refuse(form);
  }
}

function start(form: HTMLFormElement): void {
  const field = form.querySelector<HTMLInputElement>("[name=credential]");
  if (!field || !window.PublicKeyCredential) return;
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.reportValidity()) void answer(form, field);
  });
}

document.querySelectorAll<HTMLFormElement>("form[data-passkey], form[data-passkey-new]").forEach(start);
document.querySelector<HTMLFormElement>("form[data-send-now]")?.requestSubmit();
document.querySelectorAll<HTMLButtonElement>("button[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
