"""Croissant's document: what it says of annotation quality. Its own reader is in tests/audit/commands."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from reports.content import ReportContent
from reports.exports.columns import COLUMNS
from reports.exports.croissant import render_croissant
from reports.exports.verdict_file import VerdictFile
from tests.builders import SOME_DAY


def a_file(**changes: object) -> VerdictFile:
    file = VerdictFile(
        name="verdicts.parquet",
        n_bytes=12,
        sha256="0" * 64,
        first_decided=SOME_DAY,
        last_decided=SOME_DAY,
        n_readings=40,
        n_masks=30,
        n_masks_read_again=10,
        has_names=False,
    )
    return replace(file, **changes)


def document_of(content: ReportContent, **changes: object) -> dict[str, Any]:
    return json.loads(render_croissant(content, a_file(**changes)))


def test_the_responsible_fields_say_how_good_the_annotations_are(published: ReportContent) -> None:
    document = document_of(published)

    assert "95 % interval" in document["rai:dataAnnotationAnalysis"][0]
    assert document["rai:dataAnnotationAnalysis"][-1].startswith("Reviewers agree on ")
    assert document["rai:annotationsPerItem"].startswith("40 verdicts on 30 masks, of which 10 have more")
    assert document["rai:machineAnnotationTools"] == list(
        dict.fromkeys(setting.model for setting in published.settings if setting.model)
    )
    assert document["rai:dataCollectionTimeframe"] == ["2026-11-23T09:30:00Z"] * 2
    assert f"seed {published.design.seed}" in document["rai:dataCollection"]


def test_nothing_is_said_of_what_nobody_knows(make_content: Callable[..., ReportContent]) -> None:
    document = document_of(make_content(), first_decided=None, last_decided=None, n_readings=0, n_masks=0)

    assert "rai:annotatorDemographics" not in document
    assert "rai:dataCollectionTimeframe" not in document
    assert "rai:machineAnnotationTools" not in document
    assert document["rai:annotationsPerItem"] == "No mask has a verdict yet."


def test_imported_verdicts_are_not_said_to_be_blind(published: ReportContent) -> None:
    counts = published.front_ends.counts
    page, imported = (
        replace(
            published, front_ends=replace(published.front_ends, counts={source: next(iter(counts.values()))})
        )
        for source in ("page", "import")
    )

    assert "imported" not in document_of(page)["rai:dataAnnotationProtocol"]
    assert "how those were given is not known" in document_of(imported)["rai:dataAnnotationProtocol"]


def test_every_column_is_a_field_with_a_meaning(published: ReportContent) -> None:
    [records] = document_of(published)["recordSet"]

    assert [field["name"] for field in records["field"]] == [column.name for column in COLUMNS]
    assert all(field["description"] for field in records["field"])


def test_whether_names_are_in_it_is_said(published: ReportContent) -> None:
    [shown], [hidden] = (
        document_of(published, has_names=named)["rai:personalSensitiveInformation"] for named in (True, False)
    )

    assert "names" in shown
    assert "pseudonyms" in hidden
