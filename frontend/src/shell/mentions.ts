/** "@" in a comment offers the people who may read it. The server lists them; without this a name
 * that is typed in full does the same. */
const BEGUN = /(?:^|[^\w@.])@([^\s@[\]()]{0,40})$/u;

let area: HTMLTextAreaElement | null = null;
let box: HTMLElement | null = null;
let asked = 0;

const options = (): HTMLElement[] => [...(box?.querySelectorAll<HTMLElement>("[role=option]") ?? [])];
const chosen = (): number => options().findIndex((it) => it.ariaSelected === "true");

function close(): void {
  asked += 1;
  box?.remove();
  for (const name of ["aria-controls", "aria-activedescendant"]) area?.removeAttribute(name);
  area = box = null;
}

function choose(at: number): void {
  const all = options();
  all.forEach((it, index) => (it.ariaSelected = String(index === at)));
  area?.setAttribute("aria-activedescendant", all[at]?.id ?? "");
  all[at]?.scrollIntoView({ block: "nearest" });
}

function take(option: HTMLElement | undefined): void {
  if (!area || !option) return;
  const field = area;
  const begun = BEGUN.exec(field.value.slice(0, field.selectionStart));
  const start = field.selectionStart - (begun?.[1]?.length ?? 0) - 1;
  close();
  if (begun) field.setRangeText(`${option.dataset["mention"]} `, start, field.selectionStart, "end");
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

async function offer(field: HTMLTextAreaElement): Promise<void> {
  const begun = BEGUN.exec(field.value.slice(0, field.selectionStart));
  const mine = (asked += 1);
  if (!begun) return close();
  const url = `${field.dataset["mentions"]}?q=${encodeURIComponent(begun[1] ?? "")}`;
  const answer = await fetch(url).catch(() => null);
  const html = answer?.ok ? await answer.text() : "";
  if (mine !== asked) return;
  close();
  if (!html.includes('role="option"')) return;
  area = field;
  field.insertAdjacentHTML("afterend", html);
  box = field.nextElementSibling as HTMLElement;
  box.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    take((event.target as Element).closest<HTMLElement>("[role=option]") ?? undefined);
  });
  field.setAttribute("aria-controls", "mention-list");
  choose(0);
}

export function startMentions(): void {
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (field instanceof HTMLTextAreaElement && field.dataset["mentions"]) void offer(field);
  });
  document.addEventListener("focusout", (event) => {
    if (event.target === area) close();
  });
  document.addEventListener(
    "keydown",
    (event) => {
      if (!box || event.target !== area) return;
      const count = options().length;
      const step = { ArrowDown: 1, ArrowUp: count - 1 }[event.key];
      if (step !== undefined) choose((chosen() + step) % count);
      else if (event.key === "Enter" || event.key === "Tab") take(options()[chosen()]);
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );
}
