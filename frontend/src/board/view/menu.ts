/** A menu of buttons beside a note (a sheet at the foot on phones). */
import { h, icon, isPhone } from "./dom.ts";

export interface Choice {
  label: string;
  lang?: string | undefined;
  icon?: string;
  key?: string;
  disabled?: boolean;
  run: () => void;
}

let close: (() => void) | null = null;

export const closeMenu = (): void => close?.();

/** `back` gets the focus again when the menu closes without a choice. */
export function openMenu(label: string, choices: readonly Choice[], anchor: Element, back: () => void): void {
  closeMenu();
  const items = choices.map((choice) =>
    h("button", {
      type: "button", role: "menuitem", class: "board-menu-item", tabindex: "-1",
      ...(choice.disabled ? { "aria-disabled": "true" } : {}),
      on: { click: () => { if (!choice.disabled) { shut(); choice.run(); } } },
    }, choice.icon ? icon(choice.icon) : null, h("span", { text: choice.label, dir: "auto", lang: choice.lang }),
    choice.key ? h("kbd", { text: choice.key, "aria-hidden": "true" }) : null));
  const title = h("p", { class: "board-menu-title", text: label, "aria-hidden": "true" });
  const menu = h("div", { class: "board-menu", role: "menu", "aria-label": label }, title, ...items);
  let at = 0;
  const focus = (index: number): void => {
    at = (index + items.length) % items.length;
    items[at]!.focus();
  };
  const shut = (): void => {
    document.removeEventListener("pointerdown", outside, true);
    menu.remove();
    if (close === shut) close = null;
  };
  const outside = (event: Event): void => {
    if (!menu.contains(event.target as Node)) shut();
  };
  menu.addEventListener("keydown", (event) => {
    const steps: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 };
    event.stopPropagation();
    if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      shut();
      back();
    } else if (event.key in steps) {
      event.preventDefault();
      focus(steps[event.key]!);
    } else if (event.key.length === 1 && event.key !== " ") {
      const letter = event.key.toLowerCase();
      const order = [...items.keys()].map((i) => (at + 1 + i) % items.length);
      const found = order.find((i) => choices[i]!.label.toLowerCase().startsWith(letter));
      if (found !== undefined) focus(found);
    }
  });
  document.body.append(menu);
  if (!isPhone()) {
    const box = anchor.getBoundingClientRect();
    const own = menu.getBoundingClientRect();
    const below = box.bottom + 4 + own.height <= innerHeight;
    const top = below ? box.bottom + 4 : Math.max(8, box.top - own.height - 4);
    menu.style.top = `${Math.min(top, innerHeight - own.height - 8)}px`;
    menu.style.left = `${Math.max(8, Math.min(box.left, innerWidth - own.width - 8))}px`;
  }
  document.addEventListener("pointerdown", outside, true);
  close = shut;
  focus(Math.max(0, choices.findIndex((choice) => !choice.disabled)));
}
