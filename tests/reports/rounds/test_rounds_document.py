"""What is said of two rounds, in words, as a document and as JSON; names are data, gaps have a reason."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reports.formats import Format, render_document
from reports.rounds.content import (
    Change,
    RoundFacts,
    RoundsContent,
    SettingFiles,
    SettingPresence,
    SettingRounds,
    SharedMentions,
)
from reports.rounds.document import rounds_document
from reports.rounds.json_object import rounds_object
from reports.rounds.words import difference_text, figure_text, mentions_text, presence_text, status_text
from sampling.comparison.paired import PairedCounts, compare_settings
from sampling.comparison.rounds import RoundDifference
from sampling.estimation.estimands import Estimand
from sampling.estimation.estimate import Estimate, Interval, IntervalMethod, NoEstimate, VerdictCounts

HOSTILE = "<script>alert(1)</script> & \\input{x} % $_^ =cmd() \u202eright-to-left"
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def an_estimate(value: float, n: int) -> Estimate:
    interval = Interval(
        low=value - 0.05, high=value + 0.04, confidence=0.95, method=IntervalMethod.WILSON_EFFECTIVE
    )
    return Estimate(value=value, interval=interval, n=n, n_eff=n)


def a_difference(value: float) -> RoundDifference:
    interval = Interval(
        low=value - 0.03, high=value + 0.03, confidence=0.95, method=IntervalMethod.MOVER_OVERLAPPING
    )
    return RoundDifference(difference=value, interval=interval, correlation=0.456, n_shared=80)


def a_setting(name: str = "A", **changes: object) -> SettingRounds:
    setting = SettingRounds(
        setting=name,
        n_same=60,
        n_changed=20,
        n_carried=40,
        n_judged_again=20,
        n_judged_otherwise=2,
        old_counts=VerdictCounts(n_units=100, n_correct=90, n_incorrect=10),
        new_counts=VerdictCounts(n_units=100, n_correct=95, n_incorrect=5),
        old=dict.fromkeys(Estimand, an_estimate(0.9, 100)),
        new=dict.fromkeys(Estimand, an_estimate(0.95, 100)),
        new_as_mixed_before=None,
        common=compare_settings("new", "old", PairedCounts(n_both=60, n_only_a=9, n_only_b=3, n_neither=8)),
        whole=dict.fromkeys(Estimand, a_difference(0.05)),
    )
    return replace(setting, **changes)


def a_comparison(*settings: SettingRounds, **changes: object) -> RoundsContent:
    content = RoundsContent(
        old=RoundFacts(file="old.zip", sample="main", created_at=NOON, version="0.1.0"),
        new=RoundFacts(file="new.zip", sample="main", created_at=NOON, version="0.2.0"),
        estimand=Estimand.MIX,
        confidence=0.95,
        changes=(Change(what="seed", old="1", new="2"),),
        presence=(
            SettingPresence(setting="A", old=SettingFiles(n_annotations=9, fingerprint="f" * 64), new=None),
        ),
        mentions=SharedMentions(n_old=100, n_new=100, n_common=80, n_renamed=3, n_asked_otherwise=2),
        settings=settings or (a_setting(),),
        warnings=(),
        version="mask-audit 0.2.0",
        created_at=NOON,
    )
    return replace(content, **changes)


def test_the_words_say_what_changed_and_how_sure_that_is() -> None:
    setting = a_setting()
    assert difference_text(setting, Estimand.MIX) == "+5.0 percentage points (+2.0 to +8.0)"
    assert figure_text(setting.old[Estimand.MIX]) == "90.0 % (85.0–94.0, n = 100)"
    mixed = a_setting(new_as_mixed_before=an_estimate(0.93, 100))
    assert difference_text(mixed, Estimand.MIX).endswith(
        ", in the old sample's mix of splits, where the new accuracy is 93.0 %"
    )
    assert "mix of splits" not in difference_text(mixed, Estimand.ENTITY)
    assert mentions_text(a_comparison()) == (
        "80 (100 in the old sample, 100 in the new one); 3 more have the same id but another entity or "
        "image; of 2 the name or the question is another, so none of their verdicts is carried"
    )


def test_the_status_counts_what_is_pending_and_what_is_carried() -> None:
    assert status_text(a_comparison()) == (
        "Both rounds are judged. 40 verdicts of the new round are carried over from the old one."
    )
    pending = VerdictCounts(n_units=100, n_correct=90, n_incorrect=3, n_pending=7)
    assert status_text(a_comparison(a_setting(new_counts=pending, n_carried=1))) == (
        "Incomplete: 0 judgements are pending in the old round and 7 in the new one. 1 verdict of the new "
        "round is carried over from the old one."
    )


def test_a_setting_is_new_gone_the_same_or_of_other_files() -> None:
    one, other = (SettingFiles(n_annotations=9, fingerprint=each * 64) for each in "fe")
    said = {
        presence_text(SettingPresence(setting="A", old=old, new=new))
        for old, new in ((None, one), (one, None), (one, one), (one, other))
    }
    assert said == {"new", "gone", "the same files", "other files"}


def test_what_became_right_and_wrong_stands_in_the_table_of_common_mentions() -> None:
    table = rounds_document(a_comparison()).sections["common"].table
    assert [cell.text for cell in table.rows[0]] == ["A", "80", "9", "3", "+7.5", "−1.5 to +16.1"]


@pytest.mark.parametrize("settings", [(), (a_setting(),)])
def test_every_table_has_as_many_cells_as_columns(settings: tuple[SettingRounds, ...]) -> None:
    document = rounds_document(a_comparison(settings=settings))
    tables = [section.table for section in document.sections.values() if section.table]
    assert tables
    for table in tables:
        assert {len(row) for row in table.rows} <= {len(table.columns)}


def without_figures() -> SettingRounds:
    nothing = NoEstimate(reason="nothing has been judged yet")
    return a_setting(
        old_counts=VerdictCounts(n_units=2, n_pending=2),
        old=dict.fromkeys(Estimand, nothing),
        common=nothing,
        whole=dict.fromkeys(Estimand, nothing),
    )


def test_what_cannot_be_said_has_a_reason_and_is_no_number() -> None:
    content = a_comparison(without_figures())
    files = render_document(rounds_document(content), tuple(Format))
    for name, text in files.items():
        assert not re.search(rb"\bnan\b", text, re.IGNORECASE), name
    assert b"nothing has been judged yet" in files["rounds.md"]
    said = json.loads(json.dumps(rounds_object(content), allow_nan=False))
    assert said["settings"][0]["common"] == {"reason": "nothing has been judged yet"}
    assert "old" not in said["settings"][0]["estimands"]["mix"]


def test_names_are_never_markup_code_or_a_formula() -> None:
    content = a_comparison(
        a_setting(HOSTILE),
        changes=(Change(what=HOSTILE, old=HOSTILE, new=HOSTILE),),
        presence=(SettingPresence(setting=f"={HOSTILE}", old=None, new=None),),
    )
    files = render_document(rounds_document(content), tuple(Format))
    assert b"<script>alert" not in files["rounds.html"]
    assert b"\\input{x}" not in files["rounds.tex"]
    assert b"<script>alert" not in files["rounds.md"]
    assert b'\n"=' not in files["tables/settings.csv"]
    assert b"\n=" not in files["tables/settings.csv"]


def test_json_holds_the_differences_as_proportions() -> None:
    said = rounds_object(a_comparison())
    [setting] = said["settings"]
    assert setting["estimands"]["mix"]["difference"]["estimate"] == 0.05
    assert setting["common"]["n_became_right"] == 9
    assert said["complete"] is True
    assert said["presence"] == [{"setting": "A", "old": {"n_annotations": 9, "fingerprint": "f" * 64}}]
