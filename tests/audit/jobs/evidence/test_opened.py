"""A bundle is opened as a workspace; what is none, or was altered, is not."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from audit.errors import InputError
from audit.jobs.evidence.opened import open_bundle
from audit.jobs.loaded_report import load_report_content
from audit.jobs.workspace import open_workspace
from db.samples import load_masks, load_sample, load_units
from reports.json_document import render_json
from tests.audit.jobs.evidence.bundled import NOW, QUESTION, verified
from tests.audit.jobs.evidence.forging import Forgery


def test_an_opened_bundle_is_a_workspace(audit: Path, bundle: Path) -> None:
    live = open_workspace(audit)
    with open_bundle(bundle) as opened:
        assert (opened.about.sample, opened.about.created_at) == ("main", NOW)
        assert opened.about.question == QUESTION
        folder, place = opened.folder, opened.workspace.settings.folder
        content = load_report_content(opened.workspace, opened.about.question, now=NOW)
        assert json.loads(render_json(content)) == opened.report
        assert opened.workspace.population.manifest().find("A") is not None
        with opened.workspace.store.reading() as transaction, live.store.reading() as other:
            units = load_units(transaction, load_sample(transaction, "main").sample_id)
            there = load_units(other, load_sample(other, "main").sample_id)
            assert units == [replace(unit, images_root=None) for unit in there]
            ids = [row["mask_id"] for row in Forgery(bundle, folder / "again").rows("masks")]
            masks, masks_there = load_masks(transaction, ids), load_masks(other, ids)
            assert [replace(each, unjudgable=None) for each in masks] == [
                replace(each, unjudgable=None) for each in masks_there
            ]
    live.store.close()
    assert not folder.exists()
    assert not place.exists()


def test_an_altered_bundle_is_not_opened(bundle: Path, tmp_path: Path) -> None:
    forgery = Forgery(bundle, tmp_path)
    forgery.change("journal", lambda rows: rows.pop())
    with (
        pytest.raises(InputError, match=r"was altered \(rows/journal.jsonl: the file is not the one"),
        open_bundle(forgery.packed()),
    ):
        pytest.fail("it was opened")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "is no bundle: there is no bundle.json in it"),
        ("[]", "is no bundle: bundle.json in it cannot be read"),
        ('{"format": "x"}', "is no bundle: bundle.json in it has no format"),
        (
            '{"format": 2}',
            "is a bundle of format 2, this version of mask-audit knows 1: use the version that",
        ),
        (
            '{"format": 1, "created_at": "2026-01-01T00:00:00+00:00", "sample": "s", "version": "0.3", '
            '"schema": "0001", "python": "", "libraries": {}, "n_shown": 0, "has_names": false, '
            '"question": {"estimand": "mix", "span": "each"}, "guideline_hashes": [], "n_rows": {}}',
            "has rows of schema 0001, this version of mask-audit has .*: use mask-audit 0.3, which made it",
        ),
        (
            '{"format": 1, "created_at": "2026-01-01T00:00:00+00:00", "sample": "s", "version": "0.3", '
            '"schema": "0001", "python": "", "libraries": {}, "n_shown": -1, "has_names": false, '
            '"question": {"estimand": "mix", "span": "each"}, "guideline_hashes": [], "n_rows": {}}',
            "bundle.json in it lacks or mistakes a number of things, where -1 is",
        ),
        ('{"format": 1}', "bundle.json in it lacks or mistakes 'created_at'"),
    ],
)
def test_what_is_no_bundle_is_said_to_be_none(
    bundle: Path, tmp_path: Path, content: str | None, message: str
) -> None:
    forgery = Forgery(bundle, tmp_path)
    (forgery.folder / "bundle.json").unlink()
    if content is not None:
        (forgery.folder / "bundle.json").write_text(content)
    file = forgery.packed()
    with pytest.raises(InputError, match=message):
        verified(file)
    with pytest.raises(InputError, match=message), open_bundle(file):
        pytest.fail("it was opened")
