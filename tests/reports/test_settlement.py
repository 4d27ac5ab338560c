"""What a mask counts as where its reviewers disagree, in every format."""

import csv
import io
import json
from dataclasses import replace

import pytest

from reports.formats import Format, render
from reports.review_findings import Settling
from reports.settlement import POLICIES, disagreement_text, lead_text, settlement
from sampling.reviewers.settlement import Settlement


def text_in(content, chosen):
    (text,) = render(content, [chosen]).values()
    return text


@pytest.mark.parametrize("policy", Settlement)
def test_every_format_names_the_policy(policy, published):
    content = replace(published, settling=Settling(policy=policy))
    sentence = POLICIES[policy]
    assert policy in sentence
    assert sentence in settlement(content).paragraphs[0]
    assert sentence[:60] in text_in(content, Format.MARKDOWN)
    assert sentence[:60] in text_in(content, Format.HTML)
    assert sentence[:60] in text_in(content, Format.LATEX).replace("\n", " ")
    assert json.loads(text_in(content, Format.JSON))["settlement"] == policy
    rows = list(csv.DictReader(io.StringIO(text_in(content, Format.CSV))))
    assert {row["settlement"] for row in rows if row["slice"] != "preference"} == {policy}


def test_what_became_of_disagreements_is_counted(published):
    (paragraph,) = settlement(published).paragraphs
    assert "disagree on: 24, of which a lead settled 21 and the policy 2." in paragraph
    assert "Masks to settle on the lead's page: 1 disputed, 3 flagged." in paragraph
    found = json.loads(text_in(published, Format.JSON))["disagreements"]
    assert found == {
        "n_masks": 24,
        "n_settled_by_policy": 2,
        "n_settled_by_lead": 21,
        "n_disputed": 1,
        "n_flagged": 3,
        "n_adjudicated": 29,
        "n_not_to_settle": 0,
    }


def test_where_nothing_is_left_to_settle_nothing_is_asked(published):
    none = Settling(policy=Settlement.MAJORITY)
    assert disagreement_text(none) == lead_text(none) == ""
    assert lead_text(replace(none, n_flagged=2)) == "Masks to settle on the lead's page: 2 flagged."


def test_masks_that_no_lead_can_settle_are_named_apart():
    found = Settling(policy=Settlement.MAJORITY, n_disputed=1, n_not_to_settle=1)
    assert lead_text(found) == (
        "Masks to settle on the lead's page: 1 disputed."
        " 1 disputed or flagged mask cannot be shown, so no lead can settle it."
    )
