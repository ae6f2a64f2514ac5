"""The words of the board: one table here, one beside the island, the same English in both."""

import json
from pathlib import Path

import pytest
from babel import Locale
from flask import Flask
from flask_babel import Babel, force_locale

from canvases.boards.strings import PLURALS, SENTENCES, board_strings

BESIDE = Path(__file__).parents[2] / "frontend" / "src" / "board" / "strings.json"


@pytest.fixture
def speaking() -> Flask:
    app = Flask(__name__)
    Babel(app)
    return app


def test_both_tables_say_the_same_in_english(speaking: Flask) -> None:
    beside = json.loads(BESIDE.read_text(encoding="utf-8"))
    with speaking.test_request_context(), force_locale("en"):
        assert dict(board_strings(Locale("en"))) == beside


def test_no_key_is_a_sentence_and_a_plural(speaking: Flask) -> None:
    assert not SENTENCES.keys() & PLURALS.keys()


def test_a_language_gets_every_plural_category_that_whole_numbers_have(speaking: Flask) -> None:
    with speaking.test_request_context(), force_locale("cs"):
        forms = board_strings(Locale("cs"))["comment_count"]
    assert isinstance(forms, dict)
    assert set(forms) == {"one", "few", "other"}


def test_places_stay_for_the_browser_to_fill(speaking: Flask) -> None:
    with speaking.test_request_context(), force_locale("en"):
        forms = board_strings(Locale("en"))["picked_up"]
    assert isinstance(forms, dict)
    assert "%(block)s" in forms["one"]
    assert "%(count)s" in forms["other"]
