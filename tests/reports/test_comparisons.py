"""Pairs of settings, and the difference over the dataset from a sample of differing masks."""

from dataclasses import replace
from itertools import combinations

from reports.comparisons import MEANS, MOST_PAIRS, comparisons, contrasts
from reports.formats import Format, render
from reports.sections import written_sections
from sampling.comparison.contrast import DifferenceEstimand
from sampling.comparison.paired import PairedCounts
from sampling.estimation.estimate import VerdictCounts
from tests.reports.builders import comparison_of, setting_of


def lines(section):
    return [[cell.line for cell in row] for row in section.table.rows]


def test_a_pair_is_told_with_signs_interval_adjusted_p_and_n(published):
    section = comparisons(published)

    assert section.table.columns[2:6] == ("Difference (pp)", "Interval", "p (Holm)", "Mentions")
    rows = lines(section)
    assert rows[0] == [
        "entity label × G-SAM",
        "entity label × SEEM",
        "+12.1",
        "+10.3 to +13.9",
        "< 0.001",
        "2,000",
        "302",
        "60",
    ]
    assert rows[3][2:4] == ["−4.7", "−6.1 to −3.3"]
    assert len(rows) == 28
    assert "Holm's procedure for all 28 pairs" in " ".join(section.paragraphs)
    assert "at most 0.05 different errs anywhere in the table with a probability of at most 5 %" in " ".join(
        section.paragraphs
    )


def many(make_content, n_settings):
    settings = [
        setting_of(f"s{i}", VerdictCounts(n_units=100, n_correct=50 + i, n_incorrect=50 - i))
        for i in range(n_settings)
    ]
    counts = PairedCounts(n_both=40, n_only_a=12, n_only_b=10, n_neither=38)
    pairs = combinations([setting.setting for setting in settings], 2)
    return make_content(*settings, comparisons=tuple(comparison_of(a, b, counts, 0.5) for a, b in pairs))


def test_nine_settings_are_compared_whole(make_content):
    content = many(make_content, 9)

    section = comparisons(content)

    assert len(section.table.rows) == MOST_PAIRS == len(content.comparisons)
    assert "with the setting of the highest accuracy" not in " ".join(section.paragraphs)


def test_of_many_pairs_those_with_the_best_setting_are_shown_and_said_to_be(make_content):
    content = many(make_content, 10)

    section = comparisons(content)

    assert len(section.table.rows) == 9
    assert all("s9" in (row[0].text, row[1].text) for row in section.table.rows)
    words = " ".join(section.paragraphs)
    assert "Of 45 pairs these are the 9 with the setting of the highest accuracy, s9" in words
    assert "Holm's procedure for all 45 pairs" in words


def test_clustered_pairs_say_that_their_intervals_allow_for_it(published):
    clustered = replace(published, design=replace(published.design, per_entity=3))

    assert "allow for annotations of one entity" in " ".join(comparisons(clustered).paragraphs)
    assert "too narrow" not in " ".join(comparisons(published).paragraphs)


def test_one_setting_has_nothing_to_compare(make_content):
    content = make_content(setting_of("gc", VerdictCounts(n_units=1, n_correct=1)))

    assert comparisons(content).points == ("There is one setting, so there is nothing to compare it with.",)
    assert comparisons(content).table is None
    assert not contrasts(content).has_content


def test_pairs_that_cannot_be_compared_are_counted(unfinished, published, empty):
    assert comparisons(unfinished).points == (
        "1 pair of settings is not compared: too little is judged under both.",
    )
    # The row after filtering has no comparison here; the other eight settings have all of theirs.
    assert comparisons(published).points == (
        "8 pairs of settings are not compared: too little is judged under both.",
    )
    assert not comparisons(empty).has_content


def test_a_contrast_says_which_mean_is_meant_and_how_far_it_can_be(contrasting):
    section = contrasts(contrasting)

    per_annotation, per_entity = lines(section)
    assert per_annotation == [
        "annotation",
        "+7.3",
        "+4.4 to +10.3",
        "< 0.001",
        "+7.0 to +7.6",
        "30.0 %",
        "396 of 400",
        "160",
    ]
    assert per_entity[1:3] == ["<+0.1", "−1.2 to +1.2"]
    assert [point.partition(":")[0] for point in section.points] == ["per annotation", "per entity"]
    assert section.paragraphs[0].startswith(
        "The accuracy of intension × G-SAM minus that of extension × G-SAM"
    )


def test_pairs_of_differing_masks_are_not_taken_for_the_dataset(contrasting):
    words = " ".join(comparisons(contrasting).paragraphs)

    assert "every accuracy here is of those mentions, not of the dataset. So are these differences." in words


def test_every_difference_has_words():
    assert set(MEANS) == set(DifferenceEstimand)


def test_every_format_for_people_has_both_tables(contrasting):
    titles = [section.title for section in written_sections(contrasting)]
    (page,) = render(contrasting, [Format.HTML]).values()

    assert {"Settings compared", "The difference over the whole dataset"} <= set(titles)
    assert 'id="comparisons"' in page
    assert 'id="contrast"' in page
