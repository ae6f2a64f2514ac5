/** Menus, tips and dialogs: what the browser does not do by itself yet. */
import { make } from "./words.ts";

const ANCHORS = CSS.supports("position-area", "block-end");
const COMMANDS = "commandForElement" in HTMLButtonElement.prototype;
const CLOSED_BY = "closedBy" in HTMLDialogElement.prototype;

/** Put `box` below `opener`, or above it when there is no room. */
function place(box: HTMLElement, opener: Element): void {
  const from = opener.getBoundingClientRect();
  const size = box.getBoundingClientRect();
  const end = box.classList.contains("menu-end") !== (getComputedStyle(box).direction === "rtl");
  const left = end ? from.right - size.width : from.left;
  const below = from.bottom + size.height + 8 < innerHeight;
  box.style.left = `${Math.max(8, Math.min(left, innerWidth - size.width - 8))}px`;
  box.style.top = `${below ? from.bottom : Math.max(0, from.top - size.height - 8)}px`;
}

function startMenus(): void {
  document.addEventListener(
    "toggle",
    (event) => {
      const box = event.target as HTMLElement;
      if (!(box instanceof HTMLElement) || !box.matches("[data-menu], .tip[id]")) return;
      const opener = document.querySelector(`[popovertarget="${CSS.escape(box.id)}"]`);
      if (opener && !ANCHORS && (event as ToggleEvent).newState === "open") place(box, opener);
    },
    true,
  );
  document.addEventListener("keydown", (event) => {
    const here = document.activeElement;
    const menu =
      here?.closest<HTMLElement>("[data-menu]") ??
      (here instanceof HTMLButtonElement ? (here.popoverTargetElement as HTMLElement | null) : null);
    if (!menu?.matches("[data-menu]:popover-open") || here?.matches("input, textarea")) return;
    const items = [...menu.querySelectorAll<HTMLElement>("a, button")];
    const at = items.indexOf(here as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    items.at(to % items.length)?.focus();
  });
}

function startTips(): void {
  const tip = make("div", { class: "tip", popover: "manual", "aria-hidden": "true" });
  document.body.append(tip);
  const hide = (): void => {
    if (tip.matches(":popover-open")) tip.hidePopover();
  };
  const show = (event: Event): void => {
    const owner = (event.target as Element).closest?.<HTMLElement>("[data-tip]");
    if (!owner) return;
    if (event.type === "focusin" && !owner.matches(":focus-visible")) return;
    tip.textContent = owner.dataset["tip"] ?? "";
    tip.style.positionArea = "none";
    tip.showPopover();
    place(tip, owner);
  };
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "mouse") show(event);
  });
  document.addEventListener("focusin", show);
  for (const name of ["pointerout", "focusout", "click", "scroll"])
    document.addEventListener(name, hide, { passive: true });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });
}

function startDialogs(): void {
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    if (!CLOSED_BY && target.matches("dialog[closedby=any]")) (target as HTMLDialogElement).close();
    const button = target.closest("[commandfor]");
    if (COMMANDS || !button) return;
    const dialog = document.getElementById(button.getAttribute("commandfor") ?? "");
    if (!(dialog instanceof HTMLDialogElement)) return;
    if (button.getAttribute("command") === "close") dialog.close();
    else dialog.showModal();
  });
}

export function startOverlays(): void {
  startMenus();
  startTips();
  startDialogs();
}
