"""What is collected for translators: sentences of sources and of all templates."""

from __future__ import annotations

import pytest

from tests.house.catalogues import collect


@pytest.mark.parametrize("folder", ["workspace/", "templates/_layout/", "templates/_parts/"])
def test_sentences_are_collected_from(folder: str) -> None:
    places = {at for it in collect() if it.id for at, _line in it.locations}
    assert any(at.startswith(folder) for at in places)


def test_placeholders_have_names() -> None:
    nameless = [it.id for it in collect() if "%s" in str(it.id) or "%d" in str(it.id)]
    assert not nameless
