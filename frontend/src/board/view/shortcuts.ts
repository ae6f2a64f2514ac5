/** The list of keys. */
import type { Words } from "../model/words.ts";
import { h, icon } from "./dom.ts";

/** Keys, and the sentence for what they do. A name in the keys is looked up among the words. */
const TABLE: readonly [readonly string[], string][] = [
  [["↑", "↓"], "keys_up_down"], [["←", "→"], "keys_left_right"],
  [["key_home", "key_end"], "keys_home_end"], [["key_page_up", "key_page_down"], "keys_pages"],
  [["N"], "keys_new"], [["key_enter", "F2"], "keys_edit"],
  [["key_shift_enter"], "keys_line"], [["key_ctrl_enter"], "keys_next"], [["key_escape"], "keys_leave"],
  [["key_space"], "keys_pick_up"], [["M"], "keys_move"], [["1", "2", "3", "4", "5"], "keys_status"],
  [["E"], "keys_evidence"], [["C"], "keys_comments"],
  [["X"], "keys_mark"], [["key_shift_arrows"], "keys_extend"], [["key_ctrl_a"], "keys_all"],
  [["key_delete"], "keys_delete"], [["key_ctrl_z", "key_ctrl_shift_z"], "keys_undo"],
  [["key_shift_f10"], "keys_menu"], [["H"], "keys_history"], [["/"], "keys_filter"], [["?"], "keys_shortcuts"],
];

export class Shortcuts {
  private readonly dialog: HTMLDialogElement;
  private back: Element | null = null;

  constructor(say: Words["say"], letters: boolean) {
    const rows = TABLE.map(([keys, what]) => h("div", {},
      h("dt", {}, ...keys.map((key) => h("kbd", { text: key.startsWith("key_") ? say(key) : key }))),
      h("dd", { text: say(what) })));
    this.dialog = h("dialog", { class: "dialog shortcuts", "aria-labelledby": "shortcuts-title" },
      h("header", { class: "dialog-head" }, h("h2", { id: "shortcuts-title", text: say("shortcuts") }),
        h("button", {
          type: "button", class: "button button-quiet button-icon", "aria-label": say("close"),
          on: { click: () => this.dialog.close() },
        }, icon("x"))),
      h("div", { class: "dialog-body", tabindex: "0", role: "region", "aria-labelledby": "shortcuts-title" },
        h("p", { class: "meta", text: say(letters ? "shortcuts_letters" : "shortcuts_letters_off") }),
        h("dl", { class: "shortcut-list" }, ...rows)));
    this.dialog.addEventListener("close", () => {
      // The browser gave the focus back already. This comes later: it must not take it from where
      // somebody quick has gone meanwhile.
      if (document.activeElement === document.body && this.back instanceof HTMLElement) this.back.focus();
    });
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog) this.dialog.close();
    });
    document.body.append(this.dialog);
  }

  open(): void {
    this.back = document.activeElement;
    this.dialog.showModal();
  }
}
