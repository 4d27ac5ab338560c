"""What the statistics say, from numbers alone: tables, figures, and what is said where there is nothing."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reports.formats import Format, render_document
from reports.stats.content import ComparedDataset, OtherSetting, StatsContent
from reports.stats.document import stats_document
from reports.stats.numbers import (
    AreaShares,
    Counts,
    DatasetNumbers,
    NamedNumbers,
    PartNumbers,
    SizeClass,
    SplitNumbers,
)

HOSTILE = '<script>alert(1)</script> & 50 % \\input{x} =cmd("x") סוס \x07'


def counts(n_annotations: int, n_entities: int) -> Counts:
    return Counts(n_annotations=n_annotations, n_entities=n_entities)


def plain_split(name: str, total: Counts) -> SplitNumbers:
    part = PartNumbers(part=None, total=total, by_visibility={None: total})
    return SplitNumbers(split=name, total=total, by_visibility={None: total}, parts=(part,))


def named(name: str | None, total: Counts, split: str = "all") -> NamedNumbers:
    return NamedNumbers(name=name, total=total, by_split={split: total})


ONE = DatasetNumbers(
    setting="A",
    total=counts(1, 1),
    by_visibility={None: counts(1, 1)},
    n_images=1,
    n_without_entity=0,
    n_without_image=0,
    n_empty=0,
    n_unreadable=0,
    median_size=(40, 60),
    splits=(plain_split("all", counts(1, 1)),),
    sources=(named(None, counts(1, 1)),),
    categories=(named(None, counts(1, 1)),),
    entity_sizes=(SizeClass(lowest=1, highest=1, n_entities=1),),
    area=AreaShares(counts=(0,) * 19 + (1,)),
)
NOTHING = replace(
    ONE,
    total=counts(0, 0),
    by_visibility={},
    n_images=0,
    median_size=None,
    splits=(),
    sources=(),
    categories=(),
    entity_sizes=(),
    area=AreaShares(counts=(0,) * 20),
)
PARTED = SplitNumbers(
    split="query",
    total=counts(1_994, 632),
    by_visibility={"seen": counts(588, 316), "unseen": counts(1_406, 316)},
    parts=(
        PartNumbers(part="train", total=counts(0, 0), by_visibility={}),
        PartNumbers(
            part="val",
            total=counts(1_994, 632),
            by_visibility={"seen": counts(588, 316), "unseen": counts(1_406, 316)},
        ),
    ),
)


def content_of(numbers: DatasetNumbers, *against: ComparedDataset) -> StatsContent:
    return StatsContent(
        numbers=numbers,
        files=("a.json",),
        others=(OtherSetting(setting="B", n_annotations=2, n_elsewhere=0, subset_of="A"),),
        against=against,
        examples=None,
        version="mask-audit 0",
        created_at=datetime(2026, 11, 23, tzinfo=UTC),
    )


def rows_of(content: StatsContent, key: str) -> list[tuple[str, ...]]:
    table = stats_document(content).sections[key].table
    assert table is not None
    return [table.columns, *(tuple(cell.text for cell in row) for row in table.rows)]


def test_a_dataset_without_parts_has_a_table_of_splits_alone() -> None:
    assert rows_of(content_of(ONE), "table-2") == [("Split", "Entities", "Examples"), ("all", "1", "1")]


def test_parts_and_visibilities_have_columns_and_totals_are_sums() -> None:
    numbers = replace(ONE, splits=(PARTED,), total=PARTED.total, by_visibility=PARTED.by_visibility)
    assert rows_of(content_of(numbers), "table-2")[1:] == [
        ("query", "train", "0", "0", "0", "0", "0", "0"),
        ("query", "val", "316", "316", "632", "588", "1,406", "1,994"),
        ("query", "total", "316", "316", "632", "588", "1,406", "1,994"),
    ]


def test_what_nobody_said_is_explained_and_has_no_figure() -> None:
    sections = stats_document(content_of(ONE)).sections
    assert "No source dataset is known" in sections["table-7"].paragraphs[0]
    assert "[categories] in audit.toml" in sections["figure-5"].paragraphs[0]
    assert sections["table-7"].table is None
    assert not sections["figure-5"].figures
    assert "figure-10" not in sections


def test_shares_of_the_known_and_the_unknown_are_said() -> None:
    categories = (named("animal", counts(1, 1)), named(None, counts(2, 1)))
    sections = stats_document(content_of(replace(ONE, categories=categories, total=counts(3, 2)))).sections
    assert sections["figure-5"].paragraphs == ("The category of 2 of 3 annotations (66.7 %) is not known.",)
    assert rows_of(content_of(replace(ONE, categories=categories)), "figure-5") == [
        ("Category", "Examples", "Share", "Entities"),
        ("animal", "1", "33.3 %", "1"),
        ("unknown", "2", "66.7 %", "1"),
    ]


def test_another_dataset_stands_beside_this_one_with_what_is_known_of_it() -> None:
    own = replace(ONE, categories=(named("animal", counts(1, 1)),), sources=(named("web", counts(1, 1)),))
    other = replace(ONE, categories=(named("plant", counts(9, 4)),), total=counts(9, 4))
    content = content_of(own, ComparedDataset(name="other", numbers=other))
    sections = stats_document(content).sections
    _, compared = sections["figure-5"].figures
    assert compared.labels == ("animal", "plant")
    assert [each.values for each in compared.series] == [(1, 0), (0, 9)]
    [by_source] = sections["figure-10"].figures
    assert by_source.labels == ("all", "web")
    assert [each.values for each in by_source.series] == [(1, 1), (4, None)]
    assert [row[0] for row in rows_of(content, "other-datasets")] == ["Dataset", "this dataset", "other"]


def test_a_dataset_of_other_classes_of_size_is_left_out_of_the_histogram() -> None:
    coarse = ComparedDataset(name="coarse", numbers=replace(ONE, area=AreaShares(counts=(1, 1))))
    [figure] = stats_document(content_of(ONE, coarse)).sections["mask-sizes"].figures
    assert [each.name for each in figure.series] == ["this dataset"]


def test_settings_of_the_same_mentions_are_named() -> None:
    section = stats_document(content_of(ONE)).sections["other-settings"]
    assert section.paragraphs == ("They show the same mentions, and are not counted again.",)
    assert section.points == ("B: 2 annotations, filtered from A",)
    assert not stats_document(content_of(ONE)).warnings


def test_a_setting_of_other_mentions_is_not_said_to_show_the_same() -> None:
    other = OtherSetting(setting="C", n_annotations=3, n_elsewhere=1, subset_of=None)
    document = stats_document(replace(content_of(ONE), others=(other,)))
    section = document.sections["other-settings"]
    assert section.paragraphs == ("They are not counted.",)
    assert section.points == ("C: 3 annotations, 1 of other mentions",)
    assert document.warnings == ("Setting C shows 1 mention not counted here: --setting C counts them.",)


def test_seen_and_unseen_of_a_split_of_which_nobody_said_it_are_absent() -> None:
    parted = replace(
        ONE, splits=(PARTED, plain_split("wiki", counts(5, 3))), by_visibility=PARTED.by_visibility
    )
    rows = rows_of(content_of(parted), "table-2")
    assert ("wiki", "", "—", "—", "3", "—", "—", "5") in rows


def test_a_dataset_of_no_annotations_is_no_good_news() -> None:
    document = stats_document(content_of(NOTHING))
    assert not document.is_done
    assert document.status == "Nothing is counted: setting A has no annotations."
    assert document.warnings == ("Setting A has no annotations: every count is 0.",)
    assert stats_document(content_of(ONE)).is_done


@pytest.mark.parametrize("numbers", [ONE, NOTHING], ids=["one", "nothing"])
def test_one_annotation_and_none_can_be_written_in_every_format(numbers: DatasetNumbers) -> None:
    files = render_document(stats_document(content_of(numbers)), tuple(Format))
    assert {"stats.html", "stats.md", "stats.tex"} <= files.keys()
    assert not any(b"nan" in text.lower() for name, text in files.items() if name.endswith((".md", ".csv")))


def test_hostile_names_are_text_in_every_format() -> None:
    total = counts(1, 1)
    numbers = replace(
        ONE,
        setting=HOSTILE,
        splits=(plain_split(HOSTILE, total),),
        sources=(named(HOSTILE, total, HOSTILE),),
        categories=(named(HOSTILE, total, HOSTILE),),
    )
    content = content_of(numbers, ComparedDataset(name=HOSTILE, numbers=numbers))
    files = render_document(stats_document(content), tuple(Format))
    assert b"<script>alert" not in files["stats.html"]
    assert rb"\input" not in files["stats.tex"].split(rb"\begin{document}")[1]
    assert not any(b"\x07" in text for text in files.values())
    hostile = numbers.categories[0]
    formula = replace(numbers, categories=(replace(hostile, name='=cmd("x")'),))
    table = render_document(stats_document(content_of(formula)), [Format.CSV])["tables/figure-5.csv"]
    assert b"'=cmd(" in table
