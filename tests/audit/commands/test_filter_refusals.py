"""What filter does not take, and does not touch."""

import json
from pathlib import Path

from tests.audit.commands.filtering import (
    SMALL_AREA,
    bytes_of,
    filtered,
    measured,
    refusal,
)
from tests.datasets import Run, a_dataset, an_annotation, write_json


def test_a_changed_or_missing_source_is_refused_by_name_before_anything_is_written(
    run: Run, two_settings: Path, rules: Path, tmp_path: Path
) -> None:
    measured(run, two_settings)
    source = tmp_path / "B.json"
    source.write_text(source.read_text() + " ")
    said = refusal(filtered(run, two_settings, rules, tmp_path / "out"))
    assert f"since setting 'B' was ingested, files have changed: {source};" in said
    source.write_text("no JSON")
    assert "have changed" in refusal(filtered(run, two_settings, rules, tmp_path / "out"))
    source.unlink()
    assert f"files are gone: {source};" in refusal(filtered(run, two_settings, rules, tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_what_rules_need_is_asked_for_in_one_sentence(
    run: Run, two_settings: Path, rules: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert "run mask-audit measure" in refusal(filtered(run, two_settings, rules, out))
    measured(run, two_settings)
    rules.write_text('format = 1\nsetting = "A"\n' + SMALL_AREA.removeprefix("format = 1\n"))
    assert "was made for setting 'A', not 'B'" in refusal(filtered(run, two_settings, rules, out))
    rules.write_text('format = 1\n[[rule]]\nkind = "threshold"\nfeature = "iou:C"\nat_least = 0.5\n')
    assert "there is no setting 'C'" in refusal(filtered(run, two_settings, rules, out))
    rules.write_text('format = 1\n[[rule]]\nkind = "treshold"\n')
    assert "treshold" in refusal(filtered(run, two_settings, rules, out))
    assert "is not there" in refusal(filtered(run, two_settings, tmp_path / "none.toml", out))
    assert not out.exists()


def test_a_rule_by_entities_needs_them(run: Run, workspace: Path, tmp_path: Path) -> None:
    dataset = a_dataset([an_annotation(0)]) | {"categories": [{"id": "Q0", "name": "thing"}]}
    run("ingest", write_json(tmp_path / "B.json", dataset), "--setting", "B", "-w", workspace)
    measured(run, workspace)
    rules = tmp_path / "rules.toml"
    rules.write_text('format = 1\n[[rule]]\nkind = "non_visual"\n')
    assert "run mask-audit entities FILE" in refusal(filtered(run, workspace, rules, tmp_path / "out"))
    entities = tmp_path / "entities.csv"
    entities.write_text("entity_id,type\nQ0,event\n")
    run("entities", entities, "-w", workspace)
    summary = filtered(run, workspace, rules, tmp_path / "out", "--json").json
    assert summary["total"]["n_dropped"] == 1
    assert json.loads((tmp_path / "out" / "B.json").read_text()) == dataset | {"annotations": []}


def test_wrong_options_are_refused(run: Run, two_settings: Path, rules: Path, tmp_path: Path) -> None:
    measured(run, two_settings)
    out = tmp_path / "out"
    words = ("filter", "--rules", rules, "--out", out, "-w", two_settings)
    assert "there is no setting 'C'" in refusal(run(*words, "--setting", "C"))
    assert "at least one worker" in refusal(run(*words, "--setting", "B", "--workers", 0))
    both = ("--workers", 2, "--scheduler", "tcp://127.0.0.1:1")
    assert "give one of them" in refusal(run(*words, "--setting", "B", *both))
    assert not out.exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_what_others_wrote_is_never_touched(
    run: Run, two_settings: Path, rules: Path, tmp_path: Path
) -> None:
    measured(run, two_settings)
    out = tmp_path / "out"
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    assert "holds notes.txt, which no filter wrote" in refusal(filtered(run, two_settings, rules, out))
    (out / "summary.json").write_text('{"made_by": "somebody", "files": [{"file": "notes.txt"}]}')
    assert "which no filter wrote" in refusal(filtered(run, two_settings, rules, out))
    assert "which is to be filtered" in refusal(filtered(run, two_settings, rules, tmp_path))
    assert "is a file" in refusal(filtered(run, two_settings, rules, rules))
    inside = two_settings / "population" / "out"
    assert "lies in the population" in refusal(filtered(run, two_settings, rules, inside))
    assert "make it first" in refusal(filtered(run, two_settings, rules, tmp_path / "no" / "out"))
    assert (out / "notes.txt").read_text() == "mine"


def test_what_was_filtered_from_another_setting_is_not_replaced(
    run: Run, two_settings: Path, rules: Path, tmp_path: Path
) -> None:
    measured(run, two_settings)
    out = tmp_path / "out"
    filtered(run, two_settings, rules, out)
    before = bytes_of(out)
    words = ("--rules", rules, "--out", out, "--workers", 1, "-w", two_settings)
    said = refusal(run("filter", "--setting", "A", *words))
    assert "holds what was filtered from 'B': name another --out" in said
    assert bytes_of(out) == before


def test_a_mount_point_is_refused_before_anything_is_read(
    run: Run, two_settings: Path, rules: Path, tmp_path: Path
) -> None:
    measured(run, two_settings)
    (tmp_path / "B.json").unlink()
    said = refusal(filtered(run, two_settings, rules, Path("/")))
    assert "is a mount point and cannot be replaced: name a folder inside it" in said


def test_all_faults_of_the_rules_are_told_at_once_with_the_file(
    run: Run, two_settings: Path, rules: Path, tmp_path: Path
) -> None:
    measured(run, two_settings)
    entities = tmp_path / "entities.csv"
    entities.write_text("entity_id,type\nQ0,event\n")
    run("entities", entities, "-w", two_settings)
    rules.write_text(
        'format = 1\n[[rule]]\nkind = "non_visual"\ntypes = ["evnet"]\nwords = ["how?"]\n'
        '[[rule]]\nkind = "threshold"\nfeature = "iou:C"\nat_least = 7\n'
    )
    said = refusal(filtered(run, two_settings, rules, tmp_path / "out"))
    for part in (
        f"{rules}: rule 1: ",
        "'evnet', which no entity",
        "hold 'how?'",
        "no setting 'C'",
        "= 7.0: iou",
    ):
        assert part in said


def test_rules_that_are_no_file_are_refused_in_one_sentence(
    run: Run, two_settings: Path, rules: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert f"{rules / 'x'} is not there" in refusal(filtered(run, two_settings, rules / "x", out))
    assert f"{tmp_path} is a folder" in refusal(filtered(run, two_settings, tmp_path, out))
