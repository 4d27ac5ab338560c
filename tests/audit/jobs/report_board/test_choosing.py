"""A filter lets through the masks that it names, and says what hides the others."""

from itertools import combinations

import pytest

from audit.jobs.report_board.choosing import PAGE_SIZE, chosen_masks, loosenings, page_of
from audit.jobs.report_board.mask_filter import Facet, MaskFilter
from audit.jobs.report_board.offered import offered_values, read_filter
from audit.jobs.review_state import Outcome
from tests.audit.jobs.report_board.conftest import N_UNITS, SETTINGS, verdict_of


def masks(board, **values):
    wanted = MaskFilter.of({Facet(name): value for name, value in values.items()})
    return chosen_masks(board.state, wanted)


def numbers(specimens):
    return {int(each.unit.annotation_id.removeprefix("oven_")) for each in specimens}


def test_no_filter_gives_every_mask_of_every_setting_once(board):
    found = masks(board)
    assert len(found) == len(SETTINGS) * N_UNITS
    assert len({each.masks[0].mask_id for each in found}) == len(found)


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("said", ["correct", "incorrect"])
def test_a_setting_and_an_outcome_give_what_was_said_of_it(board, setting, said):
    found = masks(board, setting=setting, outcome=said)
    assert numbers(found) == {number for number in range(N_UNITS) if verdict_of(setting, number) == said}
    assert {each.masks[0].outcome for each in found} == {Outcome[said.upper()]}


def test_masks_that_nobody_judged_are_pending(board):
    assert numbers(masks(board, outcome="pending")) == {N_UNITS - 1}


def test_a_reason_and_a_reviewer_give_the_masks_of_which_they_spoke(board):
    found = masks(board, setting="A", reason="spills_over", reviewer="ben")
    assert numbers(found) == {number for number in range(12, N_UNITS - 1) if number % 3 == 0}


def test_two_settings_held_against_each_other_give_the_mentions_on_which_they_differ(board):
    judged = range(N_UNITS - 1)
    differ = {number for number in judged if verdict_of("A", number) != verdict_of("B", number)}
    found = masks(board, setting="A", against="B")
    assert numbers(found) == differ
    assert all([mask.settings for mask in each.masks] == [("A",), ("B",)] for each in found)
    only_b = masks(board, setting="B", against="A", outcome="correct")
    assert numbers(only_b) == {number for number in differ if verdict_of("B", number) == "correct"}
    assert masks(board, setting="A", against="A") == ()


def test_every_facet_narrows_what_the_others_let_through(board):
    values = {
        Facet.CATEGORY: "later",
        Facet.SOURCE: "low",
        Facet.SETTING: "A",
        Facet.OUTCOME: "correct",
        Facet.REVIEWER: "ann",
    }
    alone = {
        facet: set(chosen_masks(board.state, MaskFilter.of({facet: value})))
        for facet, value in values.items()
    }
    for facets in combinations(values, 2):
        both = {facet: values[facet] for facet in facets}
        if Facet.SETTING in facets:  # a mask is then shown as that setting's alone
            continue
        found = set(chosen_masks(board.state, MaskFilter.of(both)))
        assert found == alone[facets[0]] & alone[facets[1]]


def test_the_order_is_the_same_whatever_is_asked(board):
    every = [each.unit.unit_id for each in masks(board, setting="A")]
    some = [each.unit.unit_id for each in masks(board, setting="A", outcome="correct")]
    assert some == [unit for unit in every if unit in set(some)]


def test_where_nothing_matches_it_is_said_which_choice_hides_how_many(board):
    wanted = MaskFilter.of({Facet.SETTING: "A", Facet.OUTCOME: "correct", Facet.REASON: "spills_over"})
    assert chosen_masks(board.state, wanted) == ()
    found = {each.facet: each.n for each in loosenings(board.state, wanted)}
    n_right = sum(verdict_of("A", number) == "correct" for number in range(N_UNITS))
    n_wrong = sum(verdict_of("A", number) == "incorrect" for number in range(N_UNITS))
    assert found == {Facet.REASON: n_right, Facet.OUTCOME: n_wrong}
    assert all(
        len(chosen_masks(board.state, each.loosened)) == each.n for each in loosenings(board.state, wanted)
    )


def test_pages_hold_every_mask_once(board):
    every = masks(board)
    pages = [page_of(every, number) for number in range(1, page_of(every, 1).n_pages + 1)]
    assert tuple(each for page in pages for each in page.specimens) == every
    assert all(len(page.specimens) <= PAGE_SIZE for page in pages)
    assert page_of(every, 10**9).number == len(pages)
    assert page_of((), 3).n_pages == 1


def test_what_can_be_asked_for_is_what_some_mask_has(board):
    offered = offered_values(board.state)
    assert offered[Facet.CATEGORY] == ("<b>early</b>", "later")
    assert offered[Facet.SETTING] == SETTINGS
    assert offered[Facet.OUTCOME] == ("correct", "incorrect", "pending", "reviewed", "counted")
    assert offered[Facet.REASON] == ("spills_over",)
    assert offered[Facet.REVIEWER] == ("ann", "ben")
    for facet in (Facet.SPLIT, Facet.CATEGORY, Facet.SOURCE, Facet.SETTING, Facet.OUTCOME, Facet.REASON):
        for value in offered[facet]:
            assert chosen_masks(board.state, MaskFilter.of({facet: value})), (facet, value)


def test_an_address_is_read_back_and_what_it_does_not_know_is_told(board):
    asked = {"view": "masks", "category": "<b>early</b>", "setting": "Z", "against": "A", "outcome": "wrong"}
    read = read_filter(asked, board.offered)
    assert read.wanted == MaskFilter.of({Facet.CATEGORY: "<b>early</b>"})
    assert set(read.unknown) == {(Facet.SETTING, "Z"), (Facet.OUTCOME, "wrong")}
