/** Short messages at the foot of the board, some with one thing to do. */
import { h } from "./dom.ts";

const STAYS_MS = 8_000;

export class Toasts {
  private current: HTMLElement | null = null;
  private timer = 0;

  constructor(private readonly host: HTMLElement) {}

  show(text: string, action?: { label: string; run: () => void }): void {
    this.hide();
    const toast = h("div", { class: "toast" }, h("span", { text }));
    if (action) {
      toast.append(h("button", {
        type: "button", class: "button button-small", text: action.label,
        on: { click: () => { this.hide(); action.run(); } },
      }));
    }
    const wait = (): void => {
      clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.hide(), STAYS_MS);
    };
    // It stays as long as somebody is at it.
    for (const event of ["pointerenter", "focusin"] as const) toast.addEventListener(event, () => clearTimeout(this.timer));
    for (const event of ["pointerleave", "focusout"] as const) toast.addEventListener(event, wait);
    this.host.append(toast);
    this.current = toast;
    wait();
  }

  hide(): void {
    clearTimeout(this.timer);
    this.current?.remove();
    this.current = null;
  }
}
