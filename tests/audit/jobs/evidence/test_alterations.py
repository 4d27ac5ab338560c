"""Somebody alters a bundle, with and without computing its hashes again: what was altered is named."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.audit.jobs.evidence.bundled import found_in, verified
from tests.audit.jobs.evidence.forging import Forgery, Rows


@pytest.fixture
def forgery(bundle: Path, tmp_path: Path) -> Forgery:
    return Forgery(bundle, tmp_path)


def a_reading(rows: Rows) -> tuple[int, dict[str, Any]]:
    """The first reading that says correct and that nothing else on its mask stands beside."""
    n_on = [row["mask_id"] for row in rows]
    return next(
        (place, row)
        for place, row in enumerate(rows)
        if row["purpose"] == "reading" and row["verdict"] == "correct" and n_on.count(row["mask_id"]) == 1
    )


def flip(rows: Rows) -> None:
    a_reading(rows)[1]["verdict"] = "incorrect"


def differing(forgery: Forgery) -> list[str]:
    return found_in(verified(forgery.packed()))


def of_files(found: list[str], *starts: str) -> list[str]:
    return [each for each in found if each.startswith(starts)]


def annotation_of(forgery: Forgery, mask_id: str) -> str:
    unit_ids = {row["mask_id"]: row["unit_id"] for row in forgery.rows("unit_masks")}
    units = {row["unit_id"]: row["annotation_id"] for row in forgery.rows("units")}
    return str(units[unit_ids[mask_id]])


def settings_of(forgery: Forgery, mask_id: str) -> list[str]:
    return [row["setting"] for row in forgery.rows("unit_masks") if row["mask_id"] == mask_id]


def test_a_flipped_verdict_is_named_with_what_it_was(forgery: Forgery) -> None:
    place, row = a_reading(forgery.rows("journal"))
    annotation_id = annotation_of(forgery, row["mask_id"])
    settings = settings_of(forgery, row["mask_id"])
    forgery.change("journal", flip)
    found = differing(forgery)
    assert "rows/journal.jsonl: the file is not the one that SHA256SUMS names" in found
    [named] = of_files(found, f"rows/journal.jsonl row {place + 1}:")
    assert f"annotation {annotation_id}, setting" in named
    assert all(setting in named for setting in settings)
    assert "reviewer-1" in named
    assert "verdict is incorrect; its hash is of the row with correct" in named


def test_a_flipped_verdict_is_named_by_its_outcome_where_all_was_hashed_again(forgery: Forgery) -> None:
    _, row = a_reading(forgery.rows("journal"))
    annotation_id = annotation_of(forgery, row["mask_id"])
    settings = settings_of(forgery, row["mask_id"])
    forgery.change("journal", flip)
    forgery.hash_again()
    found = differing(forgery)
    assert of_files(found, "outcomes.csv") == [
        f"outcomes.csv annotation {annotation_id}, setting {setting}: "
        "outcome is correct, the rows give incorrect"
        for setting in settings
    ]
    assert not of_files(found, "rows/", "rows.sha256", "SHA256SUMS")
    counts = of_files(found, "report/report.json settings[")
    assert any(f"({setting}).n_correct: it is " in each for setting in settings for each in counts)


def test_a_changed_seed_is_named_with_the_one_that_gives_the_tickets(forgery: Forgery) -> None:
    forgery.change("samples", lambda rows: rows[1].update(seed=8))
    assert forgery.rows("samples")[1]["name"] == "main"
    found = differing(forgery)
    assert "rows/samples.jsonl row 2: sample_id=2: seed is 8; its hash is of the row with 7" in found
    [named] = of_files(found, "rows/samples.jsonl sample main")
    assert "seed 8 does not give the tickets of 40 of 40 units" in named
    assert "seed 7, which the bundle names elsewhere, does" in named


def test_a_changed_seed_is_named_where_all_was_hashed_again(forgery: Forgery) -> None:
    forgery.change("samples", lambda rows: rows[1].update(seed=8))
    forgery.hash_again()
    found = differing(forgery)
    assert len(of_files(found, "rows/samples.jsonl sample main: seed 8 does not give")) == 1
    assert "report/report.json sample.seed: it is 7, the rows give 8" in found
    [files] = of_files(found, "report: ")
    assert "files say what the figures above say (report/report.html, " in files


def test_a_row_that_is_gone_is_named_with_its_neighbours(forgery: Forgery) -> None:
    place, row = a_reading(forgery.rows("journal"))
    forgery.change("journal", lambda rows: rows.pop(place))
    found = differing(forgery)
    entry_id = row["entry_id"]
    assert (
        f"rows/journal.jsonl row {place + 1}: the row entry_id={entry_id} is gone; it stood between "
        f"entry_id={entry_id - 1} and entry_id={entry_id + 1}"
    ) in found


def test_a_row_that_is_gone_is_named_by_its_outcome_where_all_was_hashed_again(forgery: Forgery) -> None:
    place, row = a_reading(forgery.rows("journal"))
    annotation_id = annotation_of(forgery, row["mask_id"])
    forgery.change("journal", lambda rows: rows.pop(place))
    forgery.hash_again()
    found = of_files(differing(forgery), "outcomes.csv")
    assert len(found) == len(settings_of(forgery, row["mask_id"]))
    assert all(each.startswith(f"outcomes.csv annotation {annotation_id}, ") for each in found)
    assert all("outcome is correct, the rows give " in each for each in found)


@pytest.mark.slow
def test_a_unit_that_is_gone_leaves_rows_that_do_not_fit(forgery: Forgery) -> None:
    unit_id = forgery.rows("units")[3]["unit_id"]
    forgery.change("units", lambda rows: rows.pop(3))
    forgery.hash_again()
    found = of_files(differing(forgery), "rows/unit_masks.jsonl row ")
    assert len(found) == 3
    assert all(f"unit_id is {unit_id}, and rows/units.jsonl has no such row" in each for each in found)


@pytest.mark.slow
def test_a_row_that_is_new_is_named(forgery: Forgery) -> None:
    def add(rows: Rows) -> None:
        rows.append(dict(rows[-1], entry_id=rows[-1]["entry_id"] + 1, supersedes=None, purpose="reading"))

    forgery.change("journal", add)
    [named] = [each for each in differing(forgery) if "is new" in each]
    assert named.startswith(f"rows/journal.jsonl row {len(forgery.rows('journal'))}: entry_id=")


def first(**changes: object) -> Callable[[Rows], object]:
    return lambda rows: rows[0].update(changes)


@pytest.mark.parametrize(
    ("table", "change", "named"),
    [
        (
            "units",
            first(entity_weight=9.5),
            "units.jsonl annotation oven_{}: entity_weight is 9.5, the design",
        ),
        ("units", first(design_weight=9.5), "units.jsonl annotation oven_{}: design_weight is 9.5, 1/π is"),
        (
            "units",
            first(annotation_ticket="0" * 64),
            "annotation oven_{}: its tickets are not those of seed 7",
        ),
        ("units", first(n_entities_in_stratum=3), "n_entities_in_stratum is 3, the stratum has"),
        ("strata", first(n_entities=900), "the stratum has 900"),
        ("strata", first(n_units=19), "strata.jsonl split entity: n_units is 19, the units give 18"),
        ("masks", first(area=7), "its area is 7, its pixels are"),
        ("masks", first(height=60, width=40), "its id is not that of these pixels of mention"),
        ("masks", first(parts=["~"]), "its run lengths cannot be decoded"),
        ("masks", first(height=2**20, width=2**20), "it has 1,048,576 × 1,048,576 pixels"),
        ("masks", first(height=-5), "masks.jsonl row 1: "),
        ("masks", first(parts=["ሴ"]), "its run lengths cannot be decoded"),
        ("masks", first(parts=[1]), "parts = [1] is not of its kind"),
        ("units", first(block=3), "annotation oven_{}: block is 3, the order of the tickets gives 0"),
        ("samples", lambda rows: rows[1].update(population_fingerprint="0" * 64), "its files give "),
        ("samples", lambda rows: rows[1].update(waves=[{"kind": "odd"}]), "is not of its kind"),
        ("samples", lambda rows: rows[1].update(goal="odd"), "goal = odd is not of its kind"),
        (
            "samples",
            lambda rows: rows[1].update(fixed=[1]),
            "samples.jsonl row 2: sample_id=2: fixed = [1] is",
        ),
        (
            "samples",
            lambda rows: rows[1].update(frame_files={"a": None}),
            "samples.jsonl row 2: sample_id=2: frame_files = ",
        ),
        ("unit_masks", first(mask_id="f" * 24), "masks.jsonl has no such row"),
        ("unit_masks", first(mask_id=None), "state is present, and the mask is nothing"),
        ("units", first(inclusion_probability=0.0), "inclusion_probability is 0.0, which is no chance"),
        ("journal", lambda rows: rows.append(rows[0]), "it has entry_id=1, as row 1 has"),
        ("journal", first(reasons="odd;spills_over"), "journal.jsonl row 1: entry_id=1: reasons has odd"),
        ("journal", first(decided_at="0001-01-01T00:00:00+23:59"), "journal.jsonl row 1: decided_at = "),
        ("journal", first(seconds=float("1e999")), "journal.jsonl row 1: it cannot be read as JSON"),
        (
            "sample_settings",
            first(setting="odd"),
            "setting odd has 0 rows in rows/unit_masks.jsonl, its sample 40 units",
        ),
        ("reviewers", first(name="Ann"), "name is no pseudonym, and bundle.json says that all are"),
        ("journal", first(comment="Ann"), "there is a comment, and bundle.json says that there is none"),
    ],
)
@pytest.mark.slow
def test_what_the_rows_themselves_contradict_is_named_where_all_was_hashed_again(
    forgery: Forgery, table: str, change: Callable[[Rows], object], named: str
) -> None:
    forgery.change(table, change)
    forgery.hash_again()
    number = str(forgery.rows("units")[0]["annotation_id"]).removeprefix("oven_")
    assert any(named.format(number) in each for each in differing(forgery))


@pytest.mark.slow
def test_a_figure_that_somebody_bettered_is_named_with_what_it_is(forgery: Forgery) -> None:
    forgery.change_json("report/report.json", lambda report: report["settings"][0].update(accuracy=0.99))
    forgery.sum_again()
    [named] = differing(forgery)
    assert named.startswith("report/report.json settings[0] (A).accuracy: it is 0.99, the rows give 0.")


@pytest.mark.parametrize(
    "name", ["report.html", "report.md", "report.tex", "report.csv", "tables/table-1.csv"]
)
@pytest.mark.slow
def test_a_number_that_somebody_bettered_in_a_document_is_named(forgery: Forgery, name: str) -> None:
    file = forgery.folder / "report" / name
    text = file.read_text()
    place = text.index("95 %") if "95 %" in text else text.rindex(".") - 1
    file.write_text(text[:place] + "7" + text[place + 1 :])
    forgery.sum_again()
    [named] = differing(forgery)
    assert named.startswith(f"report/{name} line ")
    assert "the rows give “" in named


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (
            lambda folder: (folder / "outcomes.csv").unlink(),
            "outcomes.csv: the file is gone, or it is no CSV",
        ),
        (lambda folder: (folder / "rows/units.jsonl").unlink(), "rows/units.jsonl: the file is gone"),
        (lambda folder: (folder / "rows.sha256").write_text("x"), "rows.sha256: its last line is cut short"),
        (
            lambda folder: (folder / "report/more.csv").write_text("x"),
            "report/more.csv: the rows give no such",
        ),
        (lambda folder: (folder / "report/report.json").write_text("{"), "report.json: the file is gone, or"),
        (
            lambda folder: (folder / "population/manifest.json").write_text("{"),
            "population/manifest.json: it is gone or damaged",
        ),
        (lambda folder: (folder / "settings.toml").write_text("seed = 1\n"), "the rows give"),
        (lambda folder: (folder / "settings.toml").unlink(), "there is no settings.toml"),
        (lambda folder: (folder / "settings.toml").write_text('database = "sqlite:////x"'), "no bundle does"),
        (lambda folder: (folder / "SHA256SUMS").write_text("x\n"), "SHA256SUMS line 1: it is no sum"),
    ],
)
@pytest.mark.slow
def test_files_that_are_gone_or_strange_are_named(
    forgery: Forgery, change: Callable[[Path], object], named: str
) -> None:
    change(forgery.folder)
    assert any(named in each for each in differing(forgery))


def write_bytes(name: str, content: bytes) -> Callable[[Path], object]:
    def write(folder: Path) -> None:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)

    return write


def replace_json(name: str, **changes: object) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        (folder / name).write_text(json.dumps(json.loads((folder / name).read_text()) | changes))

    return change


DEEP = b"[" * 100_000
NESTED = b"[" * 900 + b"]" * 900


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (write_bytes("extra.txt", b"hi"), "extra.txt: no bundle has such a file"),
        (write_bytes("rows/extra.jsonl", b"{}\n"), "rows/extra.jsonl: no bundle has such a file"),
        (write_bytes("population/more.json", b"{}"), "population/more.json: no bundle has such a file"),
        (write_bytes("report/figures/odd.png", b"x"), "report/figures/odd.png: no bundle has such a file"),
        (
            write_bytes("report/figures/intervals.png", b"text"),
            "report/figures/intervals.png: it is no picture of its kind",
        ),
        (write_bytes("settings.toml", b"confidence = 'x'\n"), "settings.toml: confidence"),
        (write_bytes("settings.toml", b"seed = " + DEEP), "settings.toml: "),
        (write_bytes("population/manifest.json", DEEP), "population/manifest.json: it is gone or damaged"),
        (replace_json("population/manifest.json", settings=[{}]), "population/manifest.json: its settings"),
        (write_bytes("population/facts.json", b"[1]"), "population/facts.json: it is damaged"),
        (write_bytes("population/facts.json", DEEP), "population/facts.json: it is damaged"),
        (write_bytes("report/report.json", DEEP), "report/report.json: the file is gone, or it is no JSON"),
        (write_bytes("report/report.json", NESTED), "report/report.json"),
        (
            replace_json("bundle.json", sample="x"),
            "bundle.json: sample is x, and rows/samples.jsonl has none",
        ),
        (replace_json("bundle.json", guideline_hashes=["0" * 64]), "bundle.json: guideline_hashes is 000"),
    ],
)
@pytest.mark.slow
def test_what_is_strange_is_named_by_its_file_where_all_was_summed_again(
    forgery: Forgery, change: Callable[[Path], object], named: str
) -> None:
    change(forgery.folder)
    forgery.sum_again()
    found = differing(forgery)
    assert any(each.startswith(named) for each in found)
    assert not any("do not fit together" in each for each in found)
    assert not any("/tmp" in each for each in found)


@pytest.mark.slow
def test_names_that_a_bundle_claims_and_has_not_are_remarked_on(forgery: Forgery) -> None:
    forgery.change_json("bundle.json", lambda about: about.update(has_names=True))
    forgery.sum_again()
    assert any("all are called as pseudonyms" in each for each in verified(forgery.packed()).remarks)


@pytest.mark.slow
def test_rows_that_are_none_are_named(forgery: Forgery) -> None:
    file = forgery.folder / "rows" / "journal.jsonl"
    lines = file.read_text().splitlines()
    lines[0] = "[1"
    lines[1] = lines[1].replace('"correct"', '"perfect"').replace('"incorrect"', '"perfect"')
    lines[2] = lines[2].replace('"seconds"', '"minutes"')
    lines[3] = lines[3].replace('"seconds":', '"seconds":NaN,"seconds":')
    file.write_text("\n".join(lines))
    found = differing(forgery)
    assert "rows/journal.jsonl: its last line is cut short" in found
    assert "rows/journal.jsonl row 1: it cannot be read as JSON" in found
    assert "rows/journal.jsonl row 2: verdict = 'perfect' is none of correct, incorrect, unsure" in found
    assert "rows/journal.jsonl row 3: it lacks ['seconds']" in found
    assert "rows/journal.jsonl row 4: it cannot be read as JSON" in found
