"""The words of the board island: gettext here, whole sentences with places in the browser.

The keys are those of `frontend/src/board/strings.json`, which a test holds equal to this table.
"""

from collections.abc import Callable, Mapping

from babel import Locale

from workspace.foundation.text import lazy, ngettext

Forms = str | dict[str, str]

SENTENCES: dict[str, object] = {
    "add_to_block": lazy("Add a note to %(block)s"),
    "ask_for_evidence": lazy("What shows it? Add evidence below, so that others can follow."),
    "block_empty": lazy("%(block)s is empty. %(question)s"),
    "block_empty_add": lazy("Add the first note to %(block)s. %(question)s"),
    "block_nothing": lazy("Nothing here yet"),
    "blocks": lazy("Blocks"),
    "choice_cleared": lazy("No notes chosen"),
    "clear_filters": lazy("Clear filters"),
    "close": lazy("Close"),
    "close_panel": lazy("Close the panel"),
    "closed_deleted": lazy("This canvas was deleted. Ask your team lead if it should come back."),
    "closed_missing": lazy("There is no such canvas, or it is not yours to see."),
    "closed_moved": lazy("This canvas has moved. Reload the page to follow it."),
    "closed_removed": lazy("You no longer have access to this canvas. Your team lead can say why."),
    "closed_restart": lazy("The connection has ended. Reload the page to go on."),
    "closed_session_ended": lazy("You are signed out. Sign in again to go on."),
    "closed_title": lazy("This board is closed."),
    "comments": lazy("Comments"),
    "copy_kept": lazy(
        "This device keeps a copy of this board, so that it opens without a network. The copy "
        "goes when you sign out, when somebody else signs in here, or when you have not opened "
        "it for two weeks."
    ),
    "copy_off": lazy("This device keeps no copy. Keep this page open until everything is saved."),
    "copy_refused": lazy(
        "This browser keeps no offline copy. Keep this page open until everything is saved."
    ),
    "copy_start": lazy("Keep a copy on this device"),
    "copy_stop": lazy("Keep no copy on this device"),
    "copy_title": lazy("Copy on this device"),
    "copy_waits": lazy("You can change this when everything is saved."),
    "count_of": lazy("%(shown)s of %(total)s"),
    "delete_note": lazy("Delete note"),
    "deleted_by": lazy("%(name)s deleted this note. Keep it?"),
    "deleted_by_someone": lazy("Somebody deleted this note. Keep it?"),
    "details": lazy("Details"),
    "download_copy": lazy("Download a copy"),
    "download_unsent": lazy("Download your changes"),
    "drag_cancelled": lazy("Put back"),
    "dropped": lazy("Dropped in %(block)s, position %(place)s"),
    "edit": lazy("Edit"),
    "edit_label": lazy("Text of the note in %(block)s"),
    "edit_left": lazy("Left without saving"),
    "evidence": lazy("Evidence"),
    "filter": lazy("Filter notes"),
    "filter_by_status": lazy("Show only notes with this status"),
    "filter_cleared": lazy("All notes are shown"),
    "filter_notes": lazy("Show notes with"),
    "follow": lazy("Follow %(name)s"),
    "following": lazy("Following %(name)s"),
    "hovering": lazy("%(block)s, position %(place)s"),
    "importance": lazy("Importance"),
    "importance_1": lazy("1, hardly matters"),
    "importance_2": lazy("2, minor"),
    "importance_3": lazy("3, usual"),
    "importance_4": lazy("4, important"),
    "importance_5": lazy("5, everything depends on it"),
    "importance_is": lazy("Importance %(weight)s"),
    "key_ctrl_a": lazy("Ctrl A"),
    "key_ctrl_enter": lazy("Ctrl Enter"),
    "key_ctrl_shift_z": lazy("Ctrl Shift Z"),
    "key_ctrl_z": lazy("Ctrl Z"),
    "key_delete": lazy("Delete"),
    "key_end": lazy("End"),
    "key_enter": lazy("Enter"),
    "key_escape": lazy("Esc"),
    "key_home": lazy("Home"),
    "key_page_down": lazy("Page Down"),
    "key_page_up": lazy("Page Up"),
    "key_shift_arrows": lazy("Shift ↑ ↓"),
    "key_shift_enter": lazy("Shift Enter"),
    "key_shift_f10": lazy("Shift F10"),
    "key_space": lazy("Space"),
    "keep_note": lazy("Keep it"),
    "keys_all": lazy("Choose the whole block"),
    "keys_comments": lazy("Comments of this note"),
    "keys_delete": lazy("Delete, with a way to undo"),
    "keys_edit": lazy("Edit this note; Enter saves"),
    "keys_evidence": lazy("Evidence for this note"),
    "keys_extend": lazy("Choose more notes"),
    "keys_filter": lazy("Filter notes"),
    "keys_history": lazy("History of the canvas"),
    "keys_home_end": lazy("First, last note of the block"),
    "keys_leave": lazy("Leave without saving; put back; choose none"),
    "keys_left_right": lazy("Nearest note in the block beside"),
    "keys_line": lazy("New line in a note"),
    "keys_mark": lazy("Choose this note, or not"),
    "keys_menu": lazy("Menu of this note"),
    "keys_move": lazy("Move to another block"),
    "keys_new": lazy("New note behind this one"),
    "keys_next": lazy("Save and open the next note"),
    "keys_pages": lazy("Previous, next block"),
    "keys_pick_up": lazy("Pick up; arrow keys move, Space drops"),
    "keys_shortcuts": lazy("This list"),
    "keys_status": lazy("Untested, testing, supported, refuted, parked"),
    "keys_undo": lazy("Undo, redo your own changes"),
    "keys_up_down": lazy("Previous, next note"),
    "let_note_go": lazy("Let it go"),
    "messages": lazy("Messages about this board"),
    "move_to": lazy("Move to…"),
    "not_following": lazy("No longer following %(name)s"),
    "not_yet": lazy("The board is still loading. Try again in a moment."),
    "note": lazy("Note"),
    "note_chosen": lazy("Chosen"),
    "note_empty": lazy("Empty note"),
    "note_kept": lazy("Kept"),
    "note_menu": lazy("Note menu"),
    "note_role": lazy("note"),
    "nothing_to_redo": lazy("Nothing to redo"),
    "nothing_to_undo": lazy("Nothing of yours to undo"),
    "offline_text": lazy(
        "Keep working: your notes stay on this device and merge when the connection returns."
    ),
    "offline_title": lazy("You are offline."),
    "panel": lazy("About this note"),
    "panel_failed": lazy("Evidence and comments could not be loaded."),
    "panel_nothing": lazy("No note chosen"),
    "panel_offline": lazy("Evidence and comments come back with the connection."),
    "picked_vanished": lazy("The note that you picked up was deleted"),
    "presence_here": lazy("%(name)s is here"),
    "presence_typing": lazy("%(name)s is typing"),
    "put_back": lazy("Put back in %(block)s"),
    "questions_of": lazy("Questions for %(block)s"),
    "read_only": lazy("You can read this board, not change it."),
    "readonly_offer": lazy(
        "Changes that you made before are not on the board. Download them to keep them."
    ),
    "readonly_text": lazy("Ask the team lead if you need to change it."),
    "redo_mine": lazy("Redo your change"),
    "redone": lazy("Redone"),
    "refused_bad_update": lazy(
        "The server could not read your last change, so it was taken back. Reload the "
        "page if it happens again."
    ),
    "refused_rate": lazy(
        "That was too fast for the server, so your last change was taken back. Wait a "
        "moment and try again."
    ),
    "refused_too_large": lazy(
        "Your last change was too large, so it was taken back. Make it in smaller pieces."
    ),
    "reload": lazy("Reload"),
    "reload_text": lazy("The board was updated. Your changes are kept."),
    "reload_title": lazy("Reload to continue."),
    "report_absent": lazy("Not there yet"),
    "report_before": lazy("Before"),
    "report_deleted": lazy("Deleted"),
    "report_go": lazy("Go to the note"),
    "report_go_to": lazy("Go to the note: %(note)s"),
    "report_keep": lazy("Keep this as a version"),
    "report_kept": lazy("Kept as a version. You find it in the history."),
    "report_mine": lazy("Yours"),
    "report_not_kept": lazy("The version could not be kept. Try again in a moment."),
    "report_now": lazy("On the board now"),
    "report_open": lazy("See what changed"),
    "report_text": lazy(
        "Both are merged: texts keep the words of both, and where one value had to win the "
        "board shows it below. Compare, and change what is not right."
    ),
    "report_theirs": lazy("Theirs"),
    "report_title": lazy("Changed by you and by others"),
    "report_version": lazy("Merged after working offline"),
    "seen_by": lazy("Seen by"),
    "shortcuts": lazy("Keyboard shortcuts"),
    "shortcuts_letters": lazy(
        "Letters and digits work while a note has the focus. You can turn them off in your account."
    ),
    "shortcuts_letters_off": lazy(
        "Letters and digits are turned off in your account. The other keys work while a "
        "note has the focus."
    ),
    "state_closed": lazy("Closed"),
    "state_connecting": lazy("Loading…"),
    "state_merging": lazy("Back online, merging"),
    "state_offline": lazy("Offline"),
    "state_readonly": lazy("You can read this board."),
    "state_reload": lazy("Reload to continue"),
    "state_saved": lazy("Saved"),
    "state_saving": lazy("Saving…"),
    "state_stale": lazy("Catching up…"),
    "state_waiting": lazy("Not saved yet, trying again"),
    "status": lazy("Status"),
    "status_parked": lazy("Parked"),
    "status_refuted": lazy("Refuted"),
    "status_set_without_evidence": lazy("No evidence yet. Press E to add some."),
    "status_supported": lazy("Supported"),
    "status_testing": lazy("Testing"),
    "status_untested": lazy("Untested"),
    "tier_choice_mentors": lazy("Team and mentors"),
    "tier_choice_public": lazy("Everybody, once released"),
    "tier_choice_sponsor": lazy("Sponsors, once released"),
    "tier_choice_team": lazy("Team only"),
    "tier_mentors": lazy("Seen by team and mentors"),
    "tier_public": lazy("Seen by everybody once released"),
    "tier_short_mentors": lazy("Mentors"),
    "tier_short_public": lazy("Public"),
    "tier_short_sponsor": lazy("Sponsor"),
    "tier_short_team": lazy("Team"),
    "tier_sponsor": lazy("Seen by sponsors once released"),
    "tier_team": lazy("Seen by the team only"),
    "try_again": lazy("Try again"),
    "undo": lazy("Undo"),
    "undo_mine": lazy("Undo your change"),
    "undone": lazy("Undone"),
    "unfollow": lazy("Stop following %(name)s"),
    "waiting_text": lazy(
        "Keep this page open. Your changes are on this device until the server has stored them."
    ),
    "waiting_title": lazy("Not saved yet."),
    "you": lazy("%(name)s (you)"),
    "zoom": lazy("Zoom"),
    "zoom_in": lazy("Larger"),
    "zoom_now": lazy("Zoom is %(level)s. Press for 100 %%."),
    "zoom_out": lazy("Smaller"),
    "zoom_reset": lazy("Back to 100 %%"),
}

# Every place of a sentence is handed over as itself: the browser fills it.
PLACES = {name: f"%({name})s" for name in ("block", "count", "name", "place", "status", "total")}

PLURALS: dict[str, Callable[[int], str]] = {
    "chosen_count": lambda n: ngettext(
        "%(count)s note chosen",
        "%(count)s notes chosen",
        n,
        **PLACES,
    ),
    "comment_count": lambda n: ngettext(
        "%(count)s comment",
        "%(count)s comments",
        n,
        **PLACES,
    ),
    "delete_notes": lambda n: ngettext(
        "Delete note",
        "Delete %(count)s notes",
        n,
        **PLACES,
    ),
    "evidence_count": lambda n: ngettext(
        "%(count)s piece of evidence",
        "%(count)s pieces of evidence",
        n,
        **PLACES,
    ),
    "filter_result": lambda n: ngettext(
        "%(count)s of %(total)s notes shown",
        "%(count)s of %(total)s notes shown",
        n,
        **PLACES,
    ),
    "heard_many_block": lambda n: ngettext(
        "%(count)s note changed in %(block)s",
        "%(count)s notes changed in %(block)s",
        n,
        **PLACES,
    ),
    "heard_many_board": lambda n: ngettext(
        "%(count)s note changed",
        "%(count)s notes changed",
        n,
        **PLACES,
    ),
    "heard_one_block": lambda n: ngettext(
        "%(name)s changed %(count)s note in %(block)s",
        "%(name)s changed %(count)s notes in %(block)s",
        n,
        **PLACES,
    ),
    "heard_one_board": lambda n: ngettext(
        "%(name)s changed %(count)s note",
        "%(name)s changed %(count)s notes",
        n,
        **PLACES,
    ),
    "lifted": lambda n: ngettext(
        "Lifted. Release over a block to drop it.",
        "%(count)s notes lifted. Release over a block to drop them.",
        n,
        **PLACES,
    ),
    "merged_both": lambda n: ngettext(
        "%(count)s note was changed by you and by others while you were offline.",
        "%(count)s notes were changed by you and by others while you were offline.",
        n,
        **PLACES,
    ),
    "more_people": lambda n: ngettext(
        "%(count)s more",
        "%(count)s more",
        n,
        **PLACES,
    ),
    "notes_chosen": lambda n: ngettext(
        "%(count)s note chosen",
        "%(count)s notes chosen",
        n,
        **PLACES,
    ),
    "notes_deleted": lambda n: ngettext(
        "Note deleted",
        "%(count)s notes deleted",
        n,
        **PLACES,
    ),
    "offline_text_kept": lambda n: ngettext(
        "Keep working: your notes stay on this device and merge when the connection "
        "returns. Others cannot see your last change yet.",
        "Keep working: your notes stay on this device and merge when the connection "
        "returns. Others cannot see your last %(count)s changes yet.",
        n,
        **PLACES,
    ),
    "offline_text_tab": lambda n: ngettext(
        "Keep this page open: your last change is in this tab only. It merges when the "
        "connection returns.",
        "Keep this page open: your last %(count)s changes are in this tab only. They merge "
        "when the connection returns.",
        n,
        **PLACES,
    ),
    "picked_up": lambda n: ngettext(
        "Picked up. %(block)s, position %(place)s of %(total)s. Arrow keys move, Space "
        "drops, Escape cancels.",
        "%(count)s notes picked up. %(block)s, position %(place)s of %(total)s. Arrow "
        "keys move, Space drops, Escape cancels.",
        n,
        **PLACES,
    ),
    "presence_more": lambda n: ngettext(
        "%(name)s and %(count)s more are here",
        "%(name)s and %(count)s more are here",
        n,
        **PLACES,
    ),
    "state_merging_count": lambda n: ngettext(
        "Back online, merging %(count)s change",
        "Back online, merging %(count)s changes",
        n,
        **PLACES,
    ),
    "state_offline_kept": lambda n: ngettext(
        "Offline · %(count)s change kept on this device",
        "Offline · %(count)s changes kept on this device",
        n,
        **PLACES,
    ),
    "state_offline_tab": lambda n: ngettext(
        "Offline · %(count)s change in this tab only",
        "Offline · %(count)s changes in this tab only",
        n,
        **PLACES,
    ),
    "status_of_many": lambda n: ngettext(
        "%(status)s: %(count)s note",
        "%(status)s: %(count)s notes",
        n,
        **PLACES,
    ),
    "too_many_notes": lambda n: ngettext(
        "A board holds at most %(count)s note. Delete some first.",
        "A board holds at most %(count)s notes. Delete some first.",
        n,
        **PLACES,
    ),
}


def board_strings(locale: Locale) -> Mapping[str, Forms]:
    """The table for the reader of this request: a sentence, or one for each plural category.

    The categories are those of CLDR, as `Intl.PluralRules` of the browser names them.
    """
    samples = {locale.plural_form(n): n for n in range(120, -1, -1)}
    table: dict[str, Forms] = {key: str(sentence) for key, sentence in SENTENCES.items()}
    for key, forms in PLURALS.items():
        found = {category: forms(n) for category, n in samples.items()}
        table[key] = {"other": forms(120), **found}
    return table
