/** Editing the text of a note together: a text area bound to the shared text, character by character.
 *
 * Typing is live: others see it at once. Enter keeps it, Escape takes back what was typed here since
 * the editor opened, and only that.
 */
import type { Board } from "../board.ts";
import { carry, carryEdit, smallestEdit, type Step } from "../model/diff.ts";
import { LONGEST_TEXT, type Note } from "../model/notes.ts";
import type { Change } from "../model/store.ts";
import { h, setAttribute } from "./dom.ts";
import type { NoteView } from "./note.ts";

const TYPING_FADES_MS = 4_000;

export interface EditorTools {
  addAfter(id: string): void;
  undo(): void;
  redo(): void;
}

interface Session {
  id: string;
  view: NoteView;
  area: HTMLTextAreaElement;
  frame: HTMLElement;
  /** Step of the undo history to return to on Escape. */
  mark: number;
  fresh: boolean;
  /** The shared text as this text area knows it. */
  shadow: string;
  /** What others wrote while an input method composes a character. */
  held: (readonly Step[])[];
  composing: boolean;
  /** The note as it was when somebody deleted it. */
  deleted: Note | null;
  last: Note;
}

export class Editor {
  private session: Session | null = null;
  private writing = false;
  private typingTimer = 0;

  constructor(private readonly board: Board, private readonly tools: EditorTools) {
    board.listen({
      changed: (change) => this.onChange(change),
      lineChanged: () => this.onLine(),
      replaced: () => this.onReplaced(),
    });
  }

  get isOpen(): boolean {
    return this.session !== null;
  }

  /** `mark`: a place in the undo history before the note was made, for a note that is new. */
  open(id: string, mark?: number): void {
    const { board } = this;
    if (this.session) this.close(true);
    const view = board.views.get(id);
    const note = board.note(id);
    if (!view || !note) return;
    const area = h("textarea", {
      class: "note-area", rows: "1", maxlength: String(LONGEST_TEXT), dir: "auto", spellcheck: "true",
      "aria-label": board.say("edit_label", { block: board.titleOf(note.block) }),
    });
    area.value = note.text;
    const frame = h("div", { class: "note-editor", data: { text: note.text } }, area);
    this.session = {
      id, view, area, frame, mark: mark ?? board.undo.mark(), fresh: mark !== undefined,
      shadow: note.text, held: [], composing: false, deleted: null, last: note,
    };
    board.editing = id;
    view.text.hidden = true;
    view.text.after(frame);
    view.body.classList.add("is-editing");
    board.stand(id);
    area.addEventListener("input", () => this.onInput());
    area.addEventListener("compositionstart", () => { if (this.session) this.session.composing = true; });
    area.addEventListener("compositionend", () => this.onComposed());
    area.addEventListener("beforeinput", (event) => this.onBeforeInput(event));
    area.addEventListener("keydown", (event) => this.onKey(event));
    area.addEventListener("blur", () => this.onBlur());
    area.focus({ preventScroll: true });
    area.setSelectionRange(area.value.length, area.value.length);
    board.reveal(view.body);
  }

  /** Leave the editor: keep what was typed, or take it back. */
  close(keep: boolean, focus = false): void {
    const { session, board } = this;
    if (!session) return;
    if (session.composing) this.onComposed();
    this.session = null;
    clearTimeout(this.typingTimer);
    board.editing = null;
    session.frame.remove();
    session.view.text.hidden = false;
    session.view.body.classList.remove("is-editing");
    const { id } = session;
    if (session.deleted) {
      this.settleDeleted(session, keep);
    } else if (board.store.notes.has(id) && board.editable) {
      const nothingWritten = session.fresh && session.area.value.trim() === "";
      if (!keep || nothingWritten) board.undo.backTo(session.mark);
    }
    board.touch(id);
    board.flush();
    if (board.store.notes.has(id)) board.stand(id, { focus, keep: board.choice.chosen.has(id) });
    else this.standBeside(session.last, focus);
  }

  private standBeside(note: Note, focus: boolean): void {
    const next = this.board.neighbour(note);
    if (next !== null) this.board.stand(next, { focus });
    else if (focus) this.board.focusGround(note.block);
    else this.board.stand(null);
  }

  private settleDeleted(session: Session, keep: boolean): void {
    const { board } = this;
    const note = session.deleted!;
    board.views.delete(session.id);
    session.view.item.remove();
    if (!keep || !board.editable) return;
    board.undo.step(() => board.store.keep({ ...note, text: session.area.value }));
    board.speech.own(board.say("note_kept"));
  }

  // From the keyboard to the document

  private onInput(): void {
    const { session } = this;
    if (!session) return;
    session.frame.dataset.text = session.area.value;
    this.sayTyping();
    if (!session.composing) this.push(session);
  }

  private push(session: Session): void {
    const { area } = session;
    const edit = smallestEdit(session.shadow, area.value, area.selectionEnd);
    if (!edit) return;
    if (session.deleted || !this.board.editable) {
      session.shadow = area.value;
      return;
    }
    const onto = session.held.length > 0 ? carryEdit(edit, session.held) : edit;
    this.writing = true;
    this.board.undo.typing(() => this.board.store.write(session.id, onto));
    this.writing = false;
    session.shadow = area.value;
  }

  private onComposed(): void {
    const { session } = this;
    if (!session) return;
    session.composing = false;
    this.push(session);
    if (session.held.length === 0) return;
    const { held } = session;
    session.held = [];
    this.take(session, held);
  }

  private sayTyping(): void {
    const { board, session } = this;
    if (!session) return;
    board.line.here({ typing: true });
    clearTimeout(this.typingTimer);
    this.typingTimer = window.setTimeout(() => board.line.here({ typing: false }), TYPING_FADES_MS);
  }

  // From the document to the text area

  private onChange(change: Change): void {
    const { session } = this;
    if (!session || this.writing) return;
    const note = this.board.note(session.id);
    if (note) session.last = note;
    const removed = change.removed.get(session.id);
    if (removed) {
      if (change.local) this.close(true);
      else this.onDeleted(session, removed);
      return;
    }
    if (session.deleted && change.added.has(session.id)) this.onReturned(session);
    const delta = change.texts.get(session.id);
    if (!delta) return;
    if (session.composing) session.held.push(delta);
    else this.take(session, [delta]);
  }

  /** Show the shared text, the caret staying between the same characters. */
  private take(session: Session, deltas: readonly (readonly Step[])[]): void {
    const { area } = session;
    const text = this.board.store.text(session.id)?.toString() ?? "";
    let [start, end] = [area.selectionStart, area.selectionEnd];
    for (const delta of deltas) {
      start = carry(start, delta, start === end);
      end = carry(end, delta, true);
    }
    session.shadow = text;
    if (area.value === text) return;
    area.value = text;
    session.frame.dataset.text = text;
    area.setSelectionRange(start, Math.max(start, end));
  }

  private onDeleted(session: Session, note: Note): void {
    const { board } = this;
    session.deleted = note;
    const who = board.authorOf(session.id);
    const said = who
      ? board.say("deleted_by", { name: who.name.split(" ")[0]! })
      : board.say("deleted_by_someone");
    const button = (key: string, keep: boolean, kind: string): HTMLButtonElement =>
      h("button", {
        type: "button", class: `button button-small ${kind}`, text: board.say(key),
        on: { pointerdown: (event) => event.preventDefault(), click: () => this.close(keep, true) },
      });
    session.frame.append(h("div", { class: "note-deleted" },
      h("p", { text: said }),
      h("div", { class: "note-deleted-ways" }, button("keep_note", true, "button-primary"), button("let_note_go", false, ""))));
    session.view.body.classList.add("is-deleted");
    board.speech.own(said);
  }

  /** What was refused is taken back; the editor goes on with the text that the server has. */
  private onReplaced(): void {
    const { session } = this;
    if (!session || session.deleted) return;
    session.mark = this.board.undo.mark();
    session.held = [];
    this.take(session, []);
  }

  /** The person who deleted it has undone that: back to the shared text. */
  private onReturned(session: Session): void {
    session.deleted = null;
    session.frame.querySelector(".note-deleted")?.remove();
    session.view.body.classList.remove("is-deleted");
    const text = this.board.store.text(session.id)?.toString() ?? "";
    session.shadow = text;
    this.push(session);
  }

  private onLine(): void {
    const { session, board } = this;
    if (!session) return;
    session.area.readOnly = !board.editable;
    setAttribute(session.area, "aria-busy", board.line.status.state === "stale" ? "true" : null);
    if (board.line.status.state === "readonly") this.close(true);
  }

  // Keys

  private onKey(event: KeyboardEvent): void {
    const { session } = this;
    if (!session) return;
    event.stopPropagation();
    if (event.isComposing) return;
    const control = event.ctrlKey || event.metaKey;
    if (event.key === "Escape") {
      event.preventDefault();
      this.close(false, true);
      this.board.speech.own(this.board.say("edit_left"));
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      const { id } = session;
      const written = session.area.value.trim() !== "";
      this.close(true, true);
      if (control && written && this.board.store.notes.has(id)) this.tools.addAfter(id);
    } else if (control && event.key.toLowerCase() === "z") {
      event.preventDefault();
      if (event.shiftKey) this.tools.redo();
      else this.tools.undo();
    } else if (control && event.key.toLowerCase() === "y") {
      event.preventDefault();
      this.tools.redo();
    }
  }

  /** Undo from a menu or a gesture must be ours too: the browser's would take back others' text. */
  private onBeforeInput(event: InputEvent): void {
    if (event.inputType === "historyUndo" || event.inputType === "historyRedo") {
      event.preventDefault();
      if (event.inputType === "historyUndo") this.tools.undo();
      else this.tools.redo();
    }
  }

  private onBlur(): void {
    const { session } = this;
    if (!session || session.deleted) return;
    // Moving the note on the page takes the focus for a moment; leaving the window is not leaving the note.
    queueMicrotask(() => {
      if (this.session !== session || document.activeElement === session.area || !document.hasFocus()) return;
      if (session.frame.contains(document.activeElement)) return;
      this.close(true);
    });
  }
}
