"""Table 6 and Figure 4: what the sample is made of, beside the population."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.composition import MOST_CATEGORIES, figure_four, table_six
from reports.figures.figure import Measure
from reports.sample_findings import Composition, SplitCases
from sampling.design.frame import DrawnUnit
from sampling.estimation.estimate import NoEstimate
from tests.reports.builders import content_of
from tests.reports.published_audit import CATEGORIES

GONE = NoEstimate(reason="the population holds no setting gc any more")


def lines(section):
    return [[cell.line for cell in row] for row in section.table.rows]


def made_of(categories, of_population=GONE, **changes):
    facts = {
        "splits": (SplitCases(split="entity", n_units=2000, n_entities=2000),),
        "n_entities": 2000,
        "categories": categories,
        "of_population": of_population,
        "counted": DrawnUnit.ENTITY,
    }
    return content_of(composition=Composition(**(facts | changes)))


def test_table_6_is_that_of_the_published_evaluation(published):
    section = table_six(published)

    assert section.table.columns == ("Split", "Cases", "Entities")
    assert lines(section) == [
        ["entity", "1,400", "1,400"],
        ["query", "400", "400"],
        ["wiki", "200", "200"],
        ["all", "2,000", "2,000"],
    ]
    assert "in several splits" not in section.paragraphs[0]


def test_an_entity_of_several_splits_counts_once_in_all():
    splits = (
        SplitCases(split="train", n_units=3, n_entities=2),
        SplitCases(split="val", n_units=2, n_entities=2),
    )

    section = table_six(made_of({}, splits=splits, n_entities=3))

    assert lines(section)[-1][2] == "3"
    assert "an entity that is in several splits counts once" in section.paragraphs[0]


def test_figure_4_has_the_published_shares_beside_those_of_the_population(published):
    section = figure_four(published)
    (figure,) = section.figures

    # As published, in percent.
    assert {row[0]: row[2].removesuffix(" %") for row in lines(section)[:-1]} == {
        "others": "23.7",
        "animal": "22.4",
        "plant": "15.9",
        "food": "6.7",
        "material": "6.3",
        "location": "6.2",
        "tools": "5.9",
        "building": "4.9",
        "vehicle": "4.5",
        "sports": "1.9",
        "person": "1.7",
    }
    assert lines(section)[0][3:] == ["388,520", "19.0 %"]
    assert section.table.columns == ("Category", "Sample", "Share", "Population (entities)", "Share")
    assert figure.labels == (*CATEGORIES, "no category")
    assert figure.measure is Measure.SHARE
    assert "2,040,643 entities of setting entity-label-g-sam" in figure.caption


def test_what_has_no_category_is_named_and_nearly_none_is_no_false_zero(published):
    assert lines(figure_four(published))[-1] == ["no category", "0", "0.0 %", "5", "<0.1 %"]


def test_where_the_population_is_gone_the_sample_stands_alone_and_says_why():
    section = figure_four(made_of({"cat": 1500, None: 500}))

    assert section.table.columns == ("Category", "Sample", "Share")
    assert lines(section) == [["cat", "1,500", "75.0 %"], ["no category", "500", "25.0 %"]]
    assert "Population: not shown, the population holds no setting gc any more." in section.figures[0].caption
    assert len(section.figures[0].series) == 1


def test_a_category_that_the_sample_missed_stands_with_a_true_zero():
    section = figure_four(made_of({"cat": 2000}, {"cat": 10, "owl": 30}))

    assert lines(section)[-1] == ["owl", "0", "0.0 %", "30", "75.0 %"]


@pytest.mark.parametrize("of_population", [GONE, {None: 7}])
def test_without_any_category_there_is_no_figure_4(of_population):
    assert not figure_four(made_of({None: 2000}, of_population)).has_content


def test_a_sample_of_differing_masks_or_by_risk_says_that_it_is_no_picture_of_the_population(published):
    contrast = replace(published.design, contrast=("intension-g-sam", "extension-g-sam"))
    by_risk = replace(published.design, is_by_risk=True)

    assert (
        "only mentions whose masks differ"
        in figure_four(replace(published, design=contrast)).figures[0].caption
    )
    assert "drawn by risk" in figure_four(replace(published, design=by_risk)).figures[0].caption


COUNTS = st.dictionaries(
    st.none() | st.text("abcdefgh", min_size=1, max_size=2), st.integers(1, 10**6), min_size=1
)


@given(COUNTS, COUNTS)
def test_nothing_is_lost_when_many_categories_are_put_together(of_sample, of_population):
    section = figure_four(made_of(of_sample, of_population))

    if section.has_content:
        rows = lines(section)
        assert len(rows) <= MOST_CATEGORIES + 2
        assert sum(int(row[1].replace(",", "")) for row in rows) == sum(of_sample.values())
        assert sum(int(row[3].replace(",", "")) for row in rows) == sum(of_population.values())
        for series in section.figures[0].series:
            assert sum(series.values) == pytest.approx(1)
