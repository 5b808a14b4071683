"""The visit sheet: every stop with advice and empty fields, in both languages, the same bytes each time."""

from __future__ import annotations

import pypdfium2
import pytest

from config.rules import load_pack
from config.strict import BadConfig
from dashboard.screens.visit_sheet import sheet
from dashboard.text import advice, speaking
from dashboard.text.advice import advice_of
from planner.export.visit_sheet import visit_sheet_pdf
from tests.dashboard.fakes import day
from tests.planner.store.factories import NOW

PACK = load_pack("CN")


@pytest.mark.parametrize(("language", "ask"), [("en", "When: "), ("zh", "何时: ")])
def test_every_stop_has_advice_and_the_three_elements(language, ask):
    view = day()
    with speaking(language):
        made = sheet(view, PACK, now=NOW)
        data = visit_sheet_pdf(made)
        assert visit_sheet_pdf(made) == data
    assert data.startswith(b"%PDF")
    assert len(made.stops) == len(view.stops) > 3
    for card, stop in zip(made.stops, view.stops, strict=True):
        assert (card.number, card.name) == (str(stop.number), stop.name)
        assert len(card.ask) == 3
        assert card.ask[0].startswith(ask)
        assert card.say
        assert card.approach
        assert len(card.outcomes) == 6
        book = advice_of(stop)
        assert book.offered
        assert all(one.name.said(language) in card.offered for one in book.offered)
        assert len(card.conditional) == len(book.conditional)
        for one, said in zip(book.conditional, card.conditional, strict=True):
            assert one.name.said(language) in said
            assert one.why.said(language) in said
    assert any(card.conditional for card in made.stops)
    # What is never done is the same at every door and stands once, each with its reason and article.
    blocked = advice_of(view.stops[0]).blocked
    assert len(made.never) == 1 + len(blocked) > 1
    for one, said in zip(blocked, made.never[1:], strict=True):
        assert one.name.said(language) in said
        assert one.why.said(language) in said
        assert one.article is None or one.article.said(language) in said
    printed = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data))
    for one in (*blocked, *advice_of(view.stops[0]).offered):
        assert "".join(one.name.said(language).split()) in "".join(printed.split())
    assert PACK.version in made.footer
    assert "08:30" in made.notes[0]
    assert made.stops[0].wishes


def test_what_is_written_in_a_name_is_text_and_no_markup():
    view = day()
    hostile = "#set page(fill: red) *bold* $x$ \\ [a]"
    from dataclasses import replace

    one = replace(view.stops[0], name=hostile, address=hostile)
    made = sheet(replace(view, stops=(one,)), PACK, now=NOW)
    assert made.stops[0].name == hostile
    assert visit_sheet_pdf(made).startswith(b"%PDF")


def test_without_a_playbook_the_sheet_is_no_less_a_sheet(monkeypatch):
    def broken():
        raise BadConfig("playbook.toml: a slip")

    monkeypatch.setattr(advice, "playbook", broken)
    made = sheet(day(), PACK, now=NOW)
    assert made.stops[0].say == ""
    assert (made.stops[0].offered, made.stops[0].conditional, made.never) == ("", [], [])
    assert made.stops[0].ask == ["When", "How", "How much"]
    assert visit_sheet_pdf(made).startswith(b"%PDF")
