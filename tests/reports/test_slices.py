"""Splits, categories and sizes: intervals where there are enough units, counts where there are few."""

from html import unescape
from re import sub

from reports.report_html import render_report_html
from reports.slices import by_category, by_size, by_split
from sampling.estimation.accuracy import sample_accuracy
from sampling.estimation.cautions import Caution
from sampling.estimation.estimands import Estimand
from sampling.estimation.estimate import VerdictCounts
from tests.reports.builders import result_of, setting_of


def lines(section):
    return [[cell.line for cell in row] for row in section.table.rows]


def parts():
    return {
        "enough": result_of(VerdictCounts(n_units=30, n_correct=27, n_incorrect=3)),
        "few": result_of(VerdictCounts(n_units=31, n_correct=27, n_incorrect=2, n_pending=2)),
        "none": result_of(VerdictCounts(n_units=4, n_unsure=4)),
    }


def test_a_category_with_fewer_than_30_counted_units_shows_counts_and_no_interval(make_content):
    counts = VerdictCounts(n_units=65, n_correct=54, n_incorrect=5, n_unsure=4, n_pending=2)
    setting = setting_of("gc", counts, by_category=parts(), by_size=parts())

    for section in (by_category(make_content(setting)), by_size(make_content(setting))):
        assert lines(section) == [
            ["gc", "enough", "90.0 %", "74.4–96.5", "30"],
            ["gc", "few", "27 of 29 (INCOMPLETE: 2 pending)", "fewer than 30", "29"],
            ["gc", "none", "— (every unit is unsure or unjudgable)", "—", "0"],
        ]
        assert "Parts with fewer than 30 counted units" in " ".join(section.paragraphs)


def test_the_page_shows_counts_of_small_categories_too(make_content):
    counts = VerdictCounts(n_units=65, n_correct=54, n_incorrect=5, n_unsure=4, n_pending=2)
    content = make_content(setting_of("gc", counts, by_category=parts()))

    page = unescape(sub(r"<[^>]+>", "", render_report_html(content)))
    table = page.partition("Accuracy by category")[2]

    assert "27 of 29" in table
    assert "fewer than 30" in table
    assert "93.1 %" not in table  # 27/29


def test_a_split_keeps_its_interval_however_small_it_is(make_content):
    counts = VerdictCounts(n_units=65, n_correct=54, n_incorrect=5, n_unsure=4, n_pending=2)

    rows = lines(by_split(make_content(setting_of("gc", counts, by_split=parts()))))

    assert rows[1] == ["gc", "few", "93.1 % (INCOMPLETE: 2 pending)", "78.0–98.1", "29"]


def test_a_part_without_an_error_and_one_of_few_effective_units_are_marked(make_content):
    counts = VerdictCounts(n_units=40, n_correct=40)
    part = result_of(counts, cautions=(Caution.FEW_EFFECTIVE,))

    rows = lines(by_category(make_content(setting_of("gc", counts, by_category={"cat": part}))))

    assert rows == [
        ["gc", "cat", "100.0 % (no error: at most 7.2 % wrong, n_eff only 40)", "91.2–100.0", "40"]
    ]


def test_without_parts_there_is_no_section(make_content):
    content = make_content(setting_of("gc", VerdictCounts(n_units=1, n_correct=1)))

    assert not any(section_of(content).has_content for section_of in (by_split, by_category, by_size))


def test_a_category_of_which_nothing_was_judged_is_not_all_wrong(make_content):
    counts = VerdictCounts(n_units=25, n_missing=5, n_pending=20)
    nothing = dict.fromkeys(Estimand, sample_accuracy(counts))
    setting = setting_of("gc", counts, by_category={"cat": result_of(counts, estimands=nothing)})

    [row] = lines(by_category(make_content(setting)))

    assert row[2] == "— (nothing has been judged yet)"


def test_units_that_no_row_counts_are_counted_beside_the_table(make_content):
    counts = VerdictCounts(n_units=35, n_correct=27, n_incorrect=3, n_missing=5)
    judged = {"one": result_of(VerdictCounts(n_units=30, n_correct=27, n_incorrect=3))}
    content = make_content(setting_of("gc", counts, by_category=judged, by_size=judged))

    assert "5 units have no category and are in no row." in by_category(content).paragraphs
    assert "Missing masks have no size and are in no row: 5 of gc." in by_size(content).paragraphs
