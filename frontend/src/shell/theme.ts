/** The theme changes at once; the choice is stored on the account by the form itself. */
import { meta } from "./words.ts";

export function startTheme(): void {
  const form = document.querySelector<HTMLFormElement>("[data-theme-form]");
  form?.addEventListener("submit", (event) => {
    const chosen = event.submitter as HTMLButtonElement | null;
    if (!chosen) return;
    event.preventDefault();
    const root = document.documentElement;
    if (chosen.value) root.dataset["theme"] = chosen.value;
    else delete root.dataset["theme"];
    document
      .querySelector('meta[name="color-scheme"]')
      ?.setAttribute("content", chosen.value || "light dark");
    for (const it of form.querySelectorAll("button"))
      it.setAttribute("aria-pressed", String(it === chosen));
    void fetch(form.action, {
      method: "POST",
      headers: { "X-CSRFToken": meta("csrf-token"), "HX-Request": "true" },
      body: new URLSearchParams({ theme: chosen.value }),
    });
  });
}
