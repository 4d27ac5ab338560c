"""verdicts import and export: one journal for every front end, and no half-taken file."""

import csv
from pathlib import Path

import pytest

from tests.datasets import Run

HEADER = "annotation_id,setting,reviewer,verdict,reasons,comment,seconds,decided_at"


@pytest.fixture
def sampled(run: Run, two_settings: Path) -> Path:
    """All twelve mentions of the two settings, drawn."""
    assert run("sample", "--unit", "annotation", "--size", "12", "-w", two_settings).status == 0
    return two_settings


def verdict_file(tmp_path: Path, *lines: str, header: str = HEADER) -> Path:
    file = tmp_path / "verdicts.csv"
    file.write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
    return file


def rows_of(run: Run, workspace: Path, tmp_path: Path) -> list[dict[str, str]]:
    run("verdicts", "export", tmp_path / "out.csv", "-w", workspace)
    with (tmp_path / "out.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_verdict_on_a_shared_mask_counts_for_every_setting_that_made_it(
    run: Run, sampled: Path, tmp_path: Path
) -> None:
    file = verdict_file(
        tmp_path,
        "oven_0000,A,ann,correct,,,1.5,2026-11-23T10:00:00+01:00",
        'oven_0006,A,ann,incorrect,spills_over;part_missing,"a ""quoted"", remark",,',
    )
    said = run("verdicts", "import", file, "-w", sampled, "--json").json
    assert (said["n_rows"], said["n_masks"], said["n_new"]) == (2, 2, 2)
    rows = rows_of(run, sampled, tmp_path)
    assert [(row["annotation_id"], row["setting"], row["verdict"]) for row in rows] == [
        ("oven_0000", "A", "correct"),
        ("oven_0000", "B", "correct"),
        ("oven_0006", "A", "incorrect"),
    ]
    assert rows[0]["decided_at"] == "2026-11-23T09:00:00+00:00"
    assert rows[2]["reasons"] == "spills_over;part_missing"
    assert rows[2]["comment"] == 'a "quoted", remark'


def test_what_was_exported_comes_back_without_a_change(run: Run, sampled: Path, tmp_path: Path) -> None:
    file = verdict_file(
        tmp_path, "oven_0000,A,ann,correct,,,1.5,", "oven_0006,B,bob,unsure,image_unusable,,,"
    )
    run("verdicts", "import", file, "-w", sampled)
    before = rows_of(run, sampled, tmp_path)
    assert run("verdicts", "import", tmp_path / "out.csv", "-w", sampled, "--json").json["n_new"] == 0
    assert run("verdicts", "import", file, "-w", sampled, "--json").json["n_new"] == 0
    assert rows_of(run, sampled, tmp_path) == before


def test_a_changed_mind_supersedes_and_can_change_back(run: Run, sampled: Path, tmp_path: Path) -> None:
    for verdict in ("correct", "incorrect", "correct"):
        file = verdict_file(tmp_path, f"oven_0006,A,ann,{verdict},,,,")
        assert run("verdicts", "import", file, "-w", sampled, "--json").json["n_new"] == 1
        assert [row["verdict"] for row in rows_of(run, sampled, tmp_path)] == [verdict]


def test_every_bad_row_is_named_and_nothing_is_written(run: Run, sampled: Path, tmp_path: Path) -> None:
    file = verdict_file(
        tmp_path,
        "oven_0001,A,ann,correct,,,,",
        "nobody,A,ann,correct,,,,",
        "oven_0001,C,ann,correct,,,,",
        "oven_0002,A,ann,Correct,,,,",
        "oven_0002,A,ann,incorrect,ugly,,,",
        "oven_0002,A,ann,correct,spills_over,,,",
        "oven_0003,A,ann,correct,,,,yesterday",
        "oven_0003,A,ann,correct,,,-1,",
        "oven_0003,A,ann,correct,,,nan,",
        "oven_0004,A, ,correct,,,,",
        "oven_0007,B,ann,correct,,,,",
        "oven_0005,A,ann,correct,,,,",
        "oven_0005,B,ann,incorrect,,,,",
        "oven_0008,A,ann,correct,,,,,surplus",
        f"oven_0008,A,{'n' * 201},correct,,,,",
    )
    refused = run("verdicts", "import", file, "-w", sampled)
    assert refused.status == 2
    assert refused.err.count("\n") == 1
    for line in (3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16):
        assert f"line {line}: " in refused.err
    for line in (2, 13):
        assert f"line {line}: " not in refused.err
    assert rows_of(run, sampled, tmp_path) == []


def test_masks_may_be_named_by_their_opaque_id(run: Run, sampled: Path, tmp_path: Path) -> None:
    from db.samples import load_mask_units
    from db.store import Store

    with Store(f"sqlite:///{sampled}/audit.sqlite").reading() as transaction:
        mask_id = min(load_mask_units(transaction, 1))
    file = verdict_file(tmp_path, f"{mask_id},ann,correct", header="mask_id,reviewer,verdict")
    assert run("verdicts", "import", file, "-w", sampled, "--json").json["n_new"] == 1
    assert {row["verdict"] for row in rows_of(run, sampled, tmp_path)} == {"correct"}
    file = verdict_file(tmp_path, "no-such-mask,ann,correct", header="mask_id,reviewer,verdict")
    assert "no-such-mask" in run("verdicts", "import", file, "-w", sampled).err


def test_a_flag_comes_in_with_its_verdict_and_none_is_taken_away_unsaid(
    run: Run, sampled: Path, tmp_path: Path
) -> None:
    from db.reviews import load_standing
    from db.store import Store

    header = "annotation_id,setting,reviewer,verdict,flagged,decided_at"
    file = verdict_file(
        tmp_path,
        "oven_0006,A,ann,correct,yes,2026-11-23T10:00:00Z",
        "oven_0008,A,ann,correct,,2026-11-23T10:00:00Z",
        header=header,
    )
    assert run("verdicts", "import", file, "-w", sampled, "--json").json["n_new"] == 2
    with Store(f"sqlite:///{sampled}/audit.sqlite").reading() as transaction:
        assert [each.flagged for each in load_standing(transaction, 1)] == [True, False]
    rows_of(run, sampled, tmp_path)
    said = run("verdicts", "import", tmp_path / "out.csv", "-w", sampled, "--json").json
    assert (said["n_new"], said["ignored_columns"]) == (0, [])
    file = verdict_file(tmp_path, "oven_0006,A,ann,correct,perhaps,", header=header)
    assert (
        "line 2: flagged 'perhaps' is neither yes nor empty"
        in run("verdicts", "import", file, "-w", sampled).err
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no column"),
        (b"annotation_id,setting,reviewer\n", "verdict"),
        (b"annotation_id,setting,reviewer,verdict,verdict\n", "twice"),
        (b"\xff\xfe\x00", "UTF-8"),
        (HEADER.encode() + b'\n"unclosed', "CSV"),
    ],
)
def test_a_file_that_is_no_table_of_verdicts_is_refused(
    run: Run, sampled: Path, tmp_path: Path, content: bytes, message: str
) -> None:
    file = tmp_path / "verdicts.csv"
    file.write_bytes(content)
    refused = run("verdicts", "import", file, "-w", sampled)
    assert refused.status == 2
    assert message in refused.err
    assert "verdicts.csv" in refused.err


def test_a_spreadsheet_s_byte_order_mark_and_spare_columns_do_no_harm(
    run: Run, sampled: Path, tmp_path: Path
) -> None:
    file = tmp_path / "verdicts.csv"
    file.write_text(f"{HEADER},mood\noven_0001,A,ann,correct,,,,,good\n\n", encoding="utf-8-sig")
    said = run("verdicts", "import", file, "-w", sampled, "--json").json
    assert (said["n_new"], said["ignored_columns"]) == (1, ["mood"])


def test_rows_on_one_mask_add_up_their_reasons(run: Run, sampled: Path, tmp_path: Path) -> None:
    file = verdict_file(
        tmp_path,
        "oven_0000,A,ann,incorrect,part_missing,first,,",
        "oven_0000,B,ann,incorrect,spills_over,second,,",
    )
    run("verdicts", "import", file, "-w", sampled)
    rows = rows_of(run, sampled, tmp_path)
    assert {(row["reasons"], row["comment"]) for row in rows} == {
        ("spills_over;part_missing", "first; second")
    }
    assert run("verdicts", "import", file, "-w", sampled, "--json").json["n_new"] == 0


def test_a_carriage_return_survives_the_way_out_and_back(run: Run, sampled: Path, tmp_path: Path) -> None:
    file = verdict_file(tmp_path, 'oven_0006,A,ann,correct,,"a\rb",,')
    assert run("verdicts", "import", file, "-w", sampled).status == 0
    assert [row["comment"] for row in rows_of(run, sampled, tmp_path)] == ["a\rb"]
    assert run("verdicts", "import", tmp_path / "out.csv", "-w", sampled, "--json").json["n_new"] == 0


def test_an_old_file_does_not_undo_a_later_decision(run: Run, sampled: Path, tmp_path: Path) -> None:
    for day, verdict in (("01", "correct"), ("02", "incorrect"), ("01", "correct")):
        file = verdict_file(tmp_path, f"oven_0006,A,ann,{verdict},,,,2026-01-{day}T00:00:00Z")
        said = run("verdicts", "import", file, "-w", sampled, "--json").json
    assert (said["n_new"], said["n_older"]) == (0, 1)
    assert [row["verdict"] for row in rows_of(run, sampled, tmp_path)] == ["incorrect"]
