/**
 * The live line of a board: `connect` gives a Y.Doc that is shared, saved and merged.
 *
 *   const line = connect({ canvas: "..." });
 *   line.on("ready", draw);
 *   line.edit(() => addNote(line.notes, { ... }));      // one change, one undo step
 *   line.here({ note: id, typing: true });
 *   const undo = line.undo();                           // Y.UndoManager over my own changes only
 */
export { Connection, connect } from "./connection.ts";
export { between, scattered } from "./order.ts";
export {
  addNote,
  moveNote,
  inOrder,
  notesOf,
  newNoteId,
  setText,
  setValue,
  removeNote,
  type NoteDraft,
  type NoteView,
  type Notes,
} from "./notes.ts";
export * from "./types.ts";
