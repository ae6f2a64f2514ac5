"""Italian stands complete beside English: a new sentence comes with its translation."""

from __future__ import annotations

import pytest

from tests.house.catalogues import collect, in_language
from workspace.foundation.languages import counted

COMPLETE = ["it"]


@pytest.mark.parametrize("language", COMPLETE)
def test_no_sentence_is_without_a_translation(language: str) -> None:
    catalogue = in_language(language, collect())
    left = [
        it.id for it in catalogue if it.id and (it.fuzzy or not it.string or not all(it.string))
    ]
    assert not left, f"{len(left)} sentences have no translation, the first is {left[0]!r}"
    assert counted(catalogue).share == 100
