"""The data dictionary: what is said of every column, and of figures that the recipes do not give."""

from dataclasses import replace

from reports.content import ReportContent
from reports.exports.columns import COLUMNS
from reports.exports.dictionary import BY_RISK, render_dictionary


def test_every_column_has_a_meaning_and_stands_once() -> None:
    names = [column.name for column in COLUMNS]

    assert len(set(names)) == len(names)
    assert all(column.meaning.endswith(".") for column in COLUMNS)


def test_a_file_s_name_is_no_part_of_the_recipes(published: ReportContent) -> None:
    text = render_dictionary(published, 'it\'s "ours".parquet')

    assert r"""pd.read_parquet('it\'s "ours".parquet')""" in text
    assert """FROM 'it''s "ours".parquet')""" in text


def test_where_the_recipes_give_other_figures_than_the_report_it_is_said(published: ReportContent) -> None:
    by_risk = replace(published, design=replace(published.design, is_by_risk=True))

    assert BY_RISK in render_dictionary(by_risk, "v.parquet")
    assert BY_RISK not in render_dictionary(published, "v.parquet")


def test_a_sample_of_differing_masks_is_said_to_be_one(published: ReportContent) -> None:
    names = tuple(setting.setting for setting in published.settings[:2])
    contrast = replace(published, design=replace(published.design, contrast=names))

    assert "not of the dataset" in render_dictionary(contrast, "v.parquet")
