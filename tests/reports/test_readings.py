"""The panel of agreement, and accuracies corrected for reviewers' errors."""

from dataclasses import replace

from reports.readings import KAPPAS, REMARKS, agreement, corrected
from sampling.estimation.estimate import NoEstimate
from sampling.reviewers.agreement import Coefficient, Kappa, Remark
from tests.reports.builders import agreement_of


def lines(section):
    return [[cell.line for cell in row] for row in section.table.rows]


def test_agreement_is_told_by_every_figure_with_its_interval(published):
    section = agreement(published)

    assert lines(section) == [
        ["Observed agreement", "92.0 %", "88.4–94.6 %"],
        ["Agreement on “incorrect”", "50.0 %", "36.3–63.7 %"],
        ["Agreement on “correct”", "95.7 %", "92.6–97.5 %"],
        ["Krippendorff's alpha", "0.46", "0.28 to 0.60"],
        ["Gwet's AC1", "0.91", "0.87 to 0.93"],
        ["Cohen's kappa", "0.46", "0.28 to 0.60"],
        ["Agreement between sources", "92.0 %", "88.4–94.6 %"],
    ]
    assert (
        "298 masks with two decided readings or more, 298 pairs of readings, 2 reviewers"
        in (section.paragraphs[0])
    )


def test_where_one_verdict_is_rare_a_sentence_says_why_coefficients_disagree(published):
    (point,) = agreement(published).points

    assert "because one verdict is rare" in point
    assert agreement(replace(published, agreement=agreement_of(remark=None))).points == ()


def test_a_coefficient_that_cannot_be_had_says_why_and_one_below_chance_has_a_minus(published):
    panel = agreement_of(
        kappa=NoEstimate(reason="all readings say the same"),
        kappa_is=Kappa.FLEISS,
        ac1=Coefficient(value=-0.25, low=-0.5, high=0.001, confidence=0.95),
    )

    rows = lines(agreement(replace(published, agreement=panel)))

    assert rows[4] == ["Gwet's AC1", "−0.25", "−0.50 to 0.00"]
    assert rows[5] == ["Fleiss' kappa", "— (all readings say the same)", "—"]


def test_readings_that_allow_no_figure_say_why_and_none_at_all_say_nothing(published):
    none = NoEstimate(reason="no unit has two decided readings")

    assert agreement(replace(published, agreement=none)).points == (
        "No figure: no unit has two decided readings.",
    )
    assert not agreement(replace(published, agreement=None)).has_content


def test_what_was_read_through_one_source_only_says_nothing_of_agreement_between_sources(published):
    front_ends = replace(published.front_ends, n_masks_of_several=0, agreement=None)

    section = agreement(replace(published, front_ends=front_ends))

    assert len(section.paragraphs) == len(agreement(published).paragraphs) - 1
    assert "Agreement between sources" not in {row[0] for row in lines(section)}


def test_sources_that_share_only_unsure_readings_say_why_they_have_no_agreement(published):
    none = NoEstimate(reason="no unit has two decided readings")
    front_ends = replace(published.front_ends, n_masks_of_several=1, agreement=none)

    section = agreement(replace(published, front_ends=front_ends))

    assert section.paragraphs[-1].startswith("1 mask was read through more than one of “page”, “import”")
    assert lines(section)[-1] == ["Agreement between sources", "— (no unit has two decided readings)", "—"]


def test_the_corrected_accuracy_stands_beside_the_first_readings(published):
    section = corrected(published)

    assert lines(section) == [
        ["overall after filtering", "94.8 %", "93.7–95.7", "93.8 %", "92.0–95.3", "298", "4", "11", "2"]
    ]
    assert "95 % difference-estimator intervals" in section.paragraphs[0]


def test_a_setting_whose_second_readings_are_awaited_says_so(published):
    awaited = NoEstimate(reason="7 units that had to be read again await their second reading")
    settings = tuple(replace(setting, corrected=awaited) for setting in published.settings)

    rows = lines(corrected(replace(published, settings=settings)))

    assert len(rows) == 9
    assert rows[0][3] == "— (7 units that had to be read again await their second reading)"
    assert len(rows[0]) == 9


def test_without_second_readings_there_is_no_section(certifying):
    assert not corrected(certifying).has_content


def test_every_kappa_and_remark_has_words():
    assert set(KAPPAS) == set(Kappa)
    assert set(REMARKS) == set(Remark)
