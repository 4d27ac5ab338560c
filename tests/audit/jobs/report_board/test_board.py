"""What the page loads: another stamp whenever something changes, and cards that say who said what."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from audit.errors import NotReadyError
from audit.jobs.report_board.board import load_report_choices
from audit.jobs.report_board.cards import load_cards, load_galleries
from audit.jobs.report_board.choosing import chosen_masks
from audit.jobs.report_board.mask_filter import Facet, MaskFilter
from audit.jobs.verdict_files import import_verdicts
from audit.jobs.workspace import make_workspace, open_workspace
from tests.audit.jobs.tuned_workspace import a_copy

NOW = datetime(2026, 11, 2, tzinfo=UTC)


def test_without_a_sample_it_is_said_what_comes_first(tmp_path):
    make_workspace(tmp_path / "audit", None)
    workspace = open_workspace(tmp_path / "audit")
    with pytest.raises(NotReadyError, match="draw one with mask-audit sample"):
        load_report_choices(workspace, NOW)
    workspace.store.close()


@pytest.fixture
def own_workspace(workspace, tmp_path):
    """One that a test may change."""
    yield from a_copy(workspace.settings.folder, tmp_path)


def test_the_stamp_is_the_same_until_something_is_said_or_set(own_workspace, tmp_path):
    workspace = own_workspace
    before = load_report_choices(workspace, NOW).stamp
    assert load_report_choices(workspace, NOW).stamp == before
    other = replace(workspace, settings=replace(workspace.settings, confidence=0.9))
    assert load_report_choices(other, NOW).stamp != before
    file = tmp_path / "late.csv"
    file.write_text(
        "annotation_id,setting,reviewer,verdict,decided_at\noven_0001,A,late,unsure,2026-11-02T10:00:00Z"
    )
    import_verdicts(workspace.store, file, "main", NOW)
    assert load_report_choices(workspace, NOW).stamp != before


def test_a_card_says_who_said_what(workspace, board):
    wanted = MaskFilter.of({Facet.SETTING: "A", Facet.OUTCOME: "incorrect", Facet.REVIEWER: "ann"})
    (card, *_) = load_cards(workspace, board, chosen_masks(board.state, wanted))
    assert card.readings == ("ann: incorrect (spills over)",)
    assert card.exhibit.lines[-1].startswith("no photo: ")


def test_the_card_of_a_pair_says_of_which_mask(workspace, board):
    wanted = MaskFilter.of({Facet.SETTING: "A", Facet.AGAINST: "B"})
    (card, *_) = load_cards(workspace, board, chosen_masks(board.state, wanted)[:1])
    assert len(card.readings) == len(card.outcomes) == 2
    assert " on A: " in card.readings[0]
    assert " on B: " in card.readings[1]


def test_the_galleries_are_those_of_the_report(workspace, board):
    keys = [each.key for each in load_galleries(workspace, board)]
    assert keys == ["failures", "wrong-1", "right-1", "wrong-2", "right-2", "discordant-1-2"]
