"""How masks were reviewed, and how fast."""

from dataclasses import replace

from reports.review_findings import ReviewerPace
from reports.reviewing import pace, reviewing


def lines(section):
    return [[cell.line for cell in row] for row in section.table.rows]


def test_the_pace_of_every_reviewer_has_its_median_and_spread(published):
    section = pace(published)

    assert section.table.columns == ("Reviewer", "Verdicts", "Timed", "Median (s)", "Quartiles (s)", "Hours")
    assert lines(section) == [
        ["Ada", "7,412", "7,412", "3.4", "2.1–6.2", "10.6"],
        ["Emmy", "4,397", "0", "—", "—", "—"],
        ["Grace", "6,101", "6,090", "2.0", "1.4–2.9", "4.4"],
        ["Lise", "29", "29", "14.2", "8.0–75", "0.3"],
    ]
    assert "In all 15.2 hours for 13,531 timed verdicts." in section.paragraphs


def test_where_nothing_was_timed_that_is_said(published, empty):
    untimed = (ReviewerPace(reviewer="Emmy", n_verdicts=9, n_timed=0, quartiles=None, seconds=0),)

    assert pace(replace(published, paces=untimed)).points == ("No verdict was timed.",)
    assert not pace(empty).has_content


def test_the_policy_is_told_with_the_guideline_in_force(published):
    section = reviewing(published)
    said = " ".join(section.points)

    assert "a mask is read by 1 reviewer at first" in said
    assert "and 10 % of the correct ones, drawn by chance" in said
    assert "3 % of those shown" in said
    assert f"SHA-256 {'5e' * 32}, 13,513 verdicts" in said


def test_a_share_of_nothing_is_called_none(published):
    policy = replace(published.policy, second_share=0.0, gold_share=0.0, guidelines={})
    said = " ".join(reviewing(replace(published, policy=policy)).points)

    assert "and none of the correct ones" in said
    assert "Masks of known answer: none of those shown" in said
    assert "No verdict that stands names the guideline" in said
