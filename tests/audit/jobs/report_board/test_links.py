"""Every link of a report leads to exactly the masks that its number is of, whatever the names are."""

import re
from collections import Counter
from datetime import UTC, datetime
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest

from audit.jobs.ingest import IngestRequest, run_ingest
from audit.jobs.progress import SILENT
from audit.jobs.report_board.board import load_report_board
from audit.jobs.report_board.choosing import chosen_masks
from audit.jobs.report_board.chosen_part import chosen_part
from audit.jobs.report_board.mask_filter import Facet, MaskFilter
from audit.jobs.report_board.offered import read_filter
from audit.jobs.report_board.shown_sections import shown_section, shown_sections
from audit.jobs.verdict_files import import_verdicts
from audit.jobs.workspace import make_workspace, open_workspace
from reports.sections import counts
from sampling.estimation.estimate import NoEstimate
from tests.audit.jobs.tuned_workspace import draw
from tests.datasets import a_dataset, an_annotation, rectangle, write_json

N = 90
LIKE_ANOTHER = "R × M (one)"
PAIRS = {"one": ("R", "M"), "two": ("R", "M"), LIKE_ANOTHER: (None, None)}
SAID = ("correct", "correct", "incorrect", "unsure", "correct")
SPLITS = ("all", "(all)", "wiki")

ROW = re.compile(r"<tr>(.*?)</tr>")
CELL = re.compile(r"<t[dh][^>]*>(.*?)</t[dh]>")
LINK = re.compile(r'<a href="([^"]*)" target="_self"><bdi>([^<]*)</bdi></a>')
N_OF_DETAILS = re.compile(r"n = ([\d,]+)")


@pytest.fixture(scope="module")
def hard_board(tmp_path_factory):
    """Settings and splits whose names are mistaken for each other; masks that lack, or are unsure."""
    folder = tmp_path_factory.mktemp("hard")
    make_workspace(folder / "audit", None)
    workspace = open_workspace(folder / "audit")
    lines = ["annotation_id,setting,reviewer,verdict,reasons,decided_at"]
    for shift, (setting, (reference, model)) in enumerate(PAIRS.items()):
        annotations = []
        for number in range(N):
            is_missing = number % 11 == shift
            side = 10 + 30 * (number % 2)
            mask = rectangle(5 + shift, 0, side, side) * (not is_missing)
            split = {"data_split": SPLITS[number % len(SPLITS)], "category_id": f"Q{number}"}
            annotations.append(an_annotation(number, mask) | split)
            if not is_missing and number % 13:
                said = SAID[(number + shift) % len(SAID)]
                reason = "spills_over" if said == "incorrect" else ""
                lines.append(f"oven_{number:04},{setting},ann,{said},{reason},2026-11-01T10:00:00Z")
        file = write_json(folder / f"{shift}.json", a_dataset(annotations))
        request = IngestRequest(files=(file,), setting=setting, reference=reference, model=model)
        run_ingest(workspace.population, request, workers=1, progress=SILENT)
    draw(workspace, N, frame="one")
    draw(workspace, 10, frame="one", name="later")
    verdicts = folder / "verdicts.csv"
    verdicts.write_text("\n".join(lines))
    import_verdicts(workspace.store, verdicts, "main", datetime.now(UTC))
    yield load_report_board(workspace, "main", datetime(2026, 11, 2, tzinfo=UTC))
    workspace.store.close()


def links(section):
    """Every link as (parameters, its text, what its row says of n)."""
    for row in ROW.findall(section.table):
        cells = [unescape(re.sub(r"<[^>]+>", " ", cell)) for cell in CELL.findall(row)]
        for place, cell in enumerate(CELL.findall(row)):
            for address, text in LINK.findall(cell):
                n = N_OF_DETAILS.search(cells[place])
                yield dict(parse_qsl(urlsplit(unescape(address)).query)), text, n[1] if n else cells[-1]


def n_behind(board, parameters):
    assert parameters["sample"] == "main"
    read = read_filter(parameters, board.offered)
    assert read.unknown == ()
    return len(chosen_masks(board.state, read.wanted))


def n_counted(board, setting):
    return next(each.overall.counts.n_counted for each in board.content.settings if each.setting == setting)


@pytest.mark.parametrize("name", ["board", "hard_board"])
def test_every_link_of_a_report_leads_to_as_many_masks_as_its_number_is_of(name, request):
    board = request.getfixturevalue(name)
    n_links = Counter()
    for section in shown_sections(board):
        for parameters, text, n in links(section):
            n_links[section.key] += 1
            if text.replace(",", "").isdigit():
                number = text
            elif section.key == "undecided":
                number = str(n_counted(board, parameters["setting"]))
            else:
                number = n.split()[0]
            assert n_behind(board, parameters) == int(number.replace(",", "")), (
                section.key,
                text,
                parameters,
            )
    for key in ("table-1", "estimands", "comparisons", "splits", "sizes", "reasons", "undecided", "counts"):
        assert n_links[key], key
    assert not n_links.keys() & {"corrected", "table-6", "figure-4", "sources", "pace", "gold", "design"}


def test_settings_with_names_alike_are_told_apart(hard_board):
    assert len(set(hard_board.names.values())) == len(PAIRS)
    for section in shown_sections(hard_board):
        if section.key == "table-1":
            asked = [parameters["setting"] for parameters, *_ in links(section)]
            assert asked == list(PAIRS)


def test_a_split_of_the_name_of_the_total_has_a_row_of_its_own(hard_board):
    rows = counts(hard_board.content).table.rows
    of_first = [(row[1].text, row[2].text) for row in rows if row[0].text == hard_board.names["one"]]
    assert of_first[0] == ("((all))", str(N))
    assert dict(of_first).keys() == {"((all))", *SPLITS}


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {Facet.SPLIT: "all"},
        {Facet.SIZE: "small"},
        {Facet.SIZE: "medium", Facet.SPLIT: "wiki", Facet.OUTCOME: "correct"},
    ],
)
def test_a_chosen_part_counts_the_masks_that_its_links_lead_to(hard_board, asked):
    wanted = MaskFilter.of(asked)
    shown = shown_section(hard_board, "chosen-part", chosen_part(hard_board, wanted), wanted.of_part)
    found = [(parameters, text) for parameters, text, _ in links(shown) if text.isdigit()]
    assert found
    for parameters, text in found:
        assert n_behind(hard_board, parameters) == int(text), parameters


def test_a_chosen_size_has_the_accuracy_that_the_report_gives_it(hard_board):
    part = chosen_part(hard_board, MaskFilter.of({Facet.SIZE: "small"}))
    for row, setting in zip(part.table.rows, hard_board.content.settings, strict=True):
        assert row[2].text == str(setting.by_size["small"].counts.n_units)
        whole = chosen_part(hard_board, MaskFilter.of({Facet.SETTING: setting.setting})).table.rows[0]
        assert int(row[2].text) < int(whole[2].text)


def test_a_small_split_keeps_its_interval_and_a_small_category_does_not(board, hard_board):
    [row] = chosen_part(hard_board, MaskFilter.of({Facet.SPLIT: "all", Facet.SETTING: "one"})).figures[0].rows
    of_report = hard_board.content.settings[0].by_split["all"]
    assert of_report.counts.n_counted < 30
    assert not isinstance(of_report.accuracy, NoEstimate)
    assert row.limits == (
        of_report.accuracy.interval.low,
        of_report.accuracy.value,
        of_report.accuracy.interval.high,
    )
    small = MaskFilter.of({Facet.CATEGORY: "<b>early</b>", Facet.SETTING: "A"})
    [row] = chosen_part(board, small).figures[0].rows
    assert (row.limits, row.remark) == (None, "fewer than 30 counted")
