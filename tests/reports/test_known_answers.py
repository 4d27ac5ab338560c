"""What masks of known answer say, and with how much caution."""

import json
from dataclasses import replace

import pytest

from reports.gold import EASIER, HARDER, gold, gold_corrected
from reports.json_document import render_json
from reports.review_findings import GoldFindings, GoldRates
from sampling.estimation.estimate import NoEstimate
from tests.reports.builders import estimate_of

NONE = NoEstimate(reason="no mask known to be correct was judged correct or incorrect")


def lines(section):
    return [[cell.line for cell in row] for row in section.table.rows]


def rates_of(**changes):
    none = {"accepted": NONE, "rejected_natural": NONE, "rejected_synthetic": NONE, "n_unsure": 0}
    return GoldRates(**(none | changes))


def with_rates(content, **changes):
    return replace(content, gold=GoldFindings(rates=rates_of(**changes), corrected={}))


def test_each_rate_stands_with_its_verdicts_and_interval(published):
    section = gold(published)

    assert lines(section) == [
        ["Found correct by a lead", "Sensitivity", "64", "96.9 %", "89.2–99.6"],
        ["Found incorrect by a lead", "Specificity", "40", "90.0 %", "76.3–97.2"],
        ["Made wrong on purpose", "Specificity", "71", "98.6 %", "92.4–>99.9"],
    ]
    assert section.paragraphs[1] == (
        "Unsure verdicts are left out: 3. 95 % Clopper–Pearson intervals, of all reviewers together."
    )


def test_what_makes_the_rates_less_than_they_seem_is_said_of_the_kinds_that_there_are(published):
    rate = estimate_of(0.9, 20)

    def cautions(**rates):
        return gold(with_rates(published, **rates)).paragraphs[2:]

    assert cautions(accepted=rate) == cautions(rejected_natural=rate) == (HARDER,)
    assert cautions(rejected_synthetic=rate) == (EASIER,)
    assert cautions(accepted=rate, rejected_synthetic=rate) == (HARDER, EASIER)


def test_a_kind_without_a_verdict_has_a_dash_and_nothing_is_corrected(published):
    content = with_rates(published, rejected_synthetic=estimate_of(0.9, 20), n_unsure=2)

    assert lines(gold(content))[0] == ["Found correct by a lead", "Sensitivity", "0", "—", "—"]
    assert not gold_corrected(content).has_content


def test_verdicts_that_are_all_unsure_give_no_rate_and_say_so(published):
    section = gold(with_rates(published, n_unsure=4))

    assert section.paragraphs[1:] == ("Unsure verdicts are left out: 4.",)
    assert {row[3] for row in lines(section)} == {"—"}


def test_the_corrected_accuracy_stands_beside_the_judged_one_for_settings_without_second_readings(published):
    section = gold_corrected(published)

    rows = lines(section)
    assert rows[0][:3] == ["entity label × G-SAM", "81.4 %", "79.6–83.0"]
    # Rogan and Gladen: (0.814 + 0.9 − 1)/(62/64 + 0.9 − 1).
    assert rows[0][3] == "82.2 %"
    assert len(rows) == 8
    assert "overall after filtering" not in {row[0] for row in rows}
    assert "95 % Lang–Reiczigel intervals" in section.paragraphs[1]
    assert "do not quote it" in section.paragraphs[0]


def test_an_accuracy_that_cannot_be_corrected_says_why(published):
    reason = "0.99 judged correct is out of reach"
    setting = published.settings[0].setting
    findings = replace(published.gold, corrected={setting: NoEstimate(reason=reason)})

    assert lines(gold_corrected(replace(published, gold=findings))) == [
        ["entity label × G-SAM", "—", "—", f"— ({reason})", "—"]
    ]


def test_a_reason_stands_where_there_is_no_figure(published):
    content = replace(published, gold=NONE)

    assert gold(content).points == (f"No figure: {NONE.reason}.",)
    assert not gold_corrected(content).has_content
    assert "gold" not in json.loads(render_json(content))


def test_without_masks_of_known_answer_nothing_is_said(certifying):
    assert not gold(certifying).has_content
    assert not gold_corrected(certifying).has_content
    assert "gold" not in json.loads(render_json(certifying))


def test_the_document_for_machines_holds_every_rate_that_there_is(published):
    found = json.loads(render_json(published))["gold"]

    assert found["sensitivity"]["estimate"] == pytest.approx(62 / 64)
    assert {kind: each["n"] for kind, each in found["specificity"].items()} == {
        "natural": 40,
        "synthetic": 71,
    }
    assert found["n_unsure"] == 3
    assert len(found["corrected"]) == 8
    lacking = json.loads(render_json(with_rates(published, n_unsure=1)))["gold"]
    assert lacking == {"n_unsure": 1}
