"""Audits with everything in them that figures depend on, and their bundles."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from audit.cli import cli
from audit.jobs.evidence.bundle import BundleRequest, WrittenBundle, write_bundle
from audit.jobs.evidence.verify import Verification, VerifyRequest, verify_bundle
from audit.jobs.loaded_report import ReportQuestion
from audit.jobs.progress import SILENT
from audit.jobs.pseudonyms import ReviewerNames
from audit.jobs.synthetic_masks import make_synthetic_masks
from audit.jobs.workspace import open_workspace
from db.assignments import add_assignments
from db.population import Population
from db.preferences import add_preferences
from db.records import (
    Assignment,
    Preference,
    PreferenceReading,
    Purpose,
    Reading,
    Reason,
    Source,
    UnitMask,
    Verdict,
    Withdrawal,
)
from db.reviewers import ensure_reviewer, put_link
from db.reviews import add_readings
from db.samples import load_sample, load_unit_masks
from db.store import Store, Transaction
from reports.results import Span
from sampling.estimation.estimands import Estimand
from tests.audit.commands.audited import N_MENTIONS, an_unequal_annotation
from tests.datasets import a_dataset, write_json

NOW = datetime(2026, 11, 4, 5, 6, tzinfo=UTC)
PEOPLE = ("Ann Archer", "bob@example.org", "Lea Lind")
N_PHOTOS = 40
QUESTION = ReportQuestion(sample="main", estimand=Estimand.MIX, span=Span.EACH)


def command(*words: object) -> str:
    """Run `mask-audit` in this process; give what it printed."""
    done = CliRunner().invoke(cli, [str(word) for word in words])
    if done.exception is not None:
        raise done.exception
    return done.output


def make_audit(folder: Path) -> Path:
    """A workspace with three settings, two samples that share masks, and all kinds of verdicts.

    Every third of N_MENTIONS mentions has the same mask in A and B; B lacks some; most photos of the later
    mentions are missing, so that masks without a verdict cannot be judged.
    """
    workspace = folder / "audit"
    command("init", workspace)
    settings = workspace / "audit.toml"
    settings.write_text(f'{settings.read_text()}\n[sources]\nthe-older = "*_00*"\nthe-rest = "*"\n')
    photos = make_photos(folder / "photographs")
    for setting in "ABC":
        annotations = [an_unequal_annotation(setting, number) for number in range(N_MENTIONS)]
        file = write_json(folder / f"{setting}.json", a_dataset(annotations))
        words = ("--reference", f"reference {setting}", "--model", "model", "--images", photos)
        command("ingest", file, "--setting", setting, *words, "-w", workspace)
    command("sample", "--size", "12", "--seed", "3", "--name", "before", "-w", workspace)
    allocation = ("--allocate", "entity=18,query=12,wiki=10", "--goal", "certify", "--seed", "7")
    command("sample", *allocation, "--name", "main", "-w", workspace)
    store = open_workspace(workspace).store
    judge_all_ways(store)
    store.close()
    return workspace


def make_photos(folder: Path) -> Path:
    (folder / "04").mkdir(parents=True)
    for number in range(N_PHOTOS):
        pixels = np.full((40, 60, 3), 6 * number, np.uint8)
        Image.fromarray(pixels).save(folder / "04" / f"image_{number}.jpg")
    return folder


def judge_all_ways(store: Store) -> None:
    """Two readings that disagree here and there, changed and undone ones, leads' verdicts, gold, pairs."""
    with store.reading() as transaction:
        sample = load_sample(transaction, "main")
        made = load_unit_masks(transaction, sample.sample_id)
    masks = sorted({each.mask_id for each in made if each.mask_id})
    read, reread = masks[: len(masks) * 4 // 5], masks[: len(masks) // 2]
    with store.transaction() as transaction:
        ann, bob, lea = (ensure_reviewer(transaction, name, NOW).reviewer_id for name in PEOPLE)
        put_link(transaction, bob, link_hash="5" * 64, expires_at=NOW + timedelta(days=90))
        _read(transaction, ann, read, lambda place: Verdict.INCORRECT if place % 5 == 0 else Verdict.CORRECT)
        _read(transaction, bob, reread, lambda place: Verdict.CORRECT if place % 7 else Verdict.INCORRECT)
        changed = [_reading(read[5], Verdict.UNSURE, "changed"), _withdrawal(read[6], "undone")]
        add_readings(transaction, ann, changed, source=Source.PAGE, now=NOW)
        _read(transaction, lea, masks[:12], _answer, Purpose.ADJUDICATION)
        _assign(transaction, ann, sample.sample_id, read)
        _assign(transaction, lea, load_sample(transaction, "before").sample_id, masks[-3:])
    assert make_synthetic_masks(store, sample) > 0
    with store.transaction() as transaction:
        _read(transaction, bob, masks[:10], _answer, Purpose.GOLD)
        add_preferences(transaction, ann, list(_preferences(made)), now=NOW)


def a_request(file: Path, **changes: object) -> BundleRequest:
    """A bundle of the sample `main` with small galleries."""
    request = BundleRequest(
        file=file, question=QUESTION, n_shown=1, rules=(), names=ReviewerNames.PSEUDONYMS, signer=None
    )
    return replace(request, **changes)


def bundle_of(workspace: Path, file: Path, **changes: object) -> WrittenBundle:
    """Bundle a workspace; no Chromium is asked for pictures of figures."""
    opened = open_workspace(workspace)
    with without_programs():
        written = write_bundle(opened, a_request(file, **changes), now=NOW, progress=SILENT)
    opened.store.close()
    return written


def verified(file: Path, population: Population | None = None, signer: str | None = None) -> Verification:
    request = VerifyRequest(file=file, population=population, signer=signer, workers=1)
    return verify_bundle(request, progress=SILENT)


def found_in(verification: Verification) -> list[str]:
    """Every difference as it is printed."""
    return [str(each) for each in verification.differences]


@contextmanager
def without_programs() -> Iterator[None]:
    """Hides all programs from those who look for one on the PATH."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", "")
        patch.delenv("CHROME_PATH", raising=False)
        yield


def _answer(place: int) -> Verdict:
    return Verdict.INCORRECT if place % 3 == 0 else Verdict.CORRECT


def _read(
    transaction: Transaction,
    reviewer_id: int,
    mask_ids: list[str],
    say: Callable[[int], Verdict],
    purpose: Purpose = Purpose.READING,
) -> None:
    events = [
        _reading(mask_id, say(place), f"{purpose}-{place}", purpose=purpose, place=place)
        for place, mask_id in enumerate(mask_ids)
    ]
    add_readings(transaction, reviewer_id, events, source=Source.PAGE, now=NOW)


def _reading(
    mask_id: str, verdict: Verdict, key: str, *, purpose: Purpose = Purpose.READING, place: int = 0
) -> Reading:
    return Reading(
        mask_id=mask_id,
        verdict=verdict,
        purpose=purpose,
        reasons=(Reason.SPILLS_OVER,) if verdict is Verdict.INCORRECT else (),
        comment="Ann Archer thinks otherwise" if place % 9 == 0 else "",
        flagged=place % 11 == 0,
        client_key=key,
        second_probability=0.1 if purpose is Purpose.READING else None,
        seconds=2.5 + place / 8,
        shown_at=NOW,
        decided_at=NOW + timedelta(minutes=place),
        guideline_hash="b" * 64,
    )


def _withdrawal(mask_id: str, key: str) -> Withdrawal:
    return Withdrawal(mask_id=mask_id, client_key=key, decided_at=NOW + timedelta(hours=5))


def _assign(transaction: Transaction, reviewer_id: int, sample_id: int, mask_ids: list[str]) -> None:
    given = [
        Assignment(
            task_id=mask_id,
            reviewer_id=reviewer_id,
            sample_id=sample_id,
            purpose=Purpose.READING,
            position=place,
            assigned_at=NOW,
            lease_until=NOW + timedelta(minutes=10),
        )
        for place, mask_id in enumerate(mask_ids)
    ]
    add_assignments(transaction, given)


def _preferences(made: list[UnitMask]) -> Iterator[PreferenceReading]:
    of_unit: dict[int, dict[str, str]] = {}
    for each in made:
        if each.mask_id:
            of_unit.setdefault(each.unit_id, {})[each.setting] = each.mask_id
    for number, masks in enumerate(of_unit.values()):
        if "B" in masks and masks["A"] != masks["B"] and number % 2:
            first, second = sorted((masks["A"], masks["B"]))
            yield PreferenceReading(
                mask_ids=(first, second),
                preference=Preference.FIRST if number % 3 else None,
                shown_left=Preference.SECOND,
                comment="as Lea Lind said",
                client_key=f"pair-{number}",
                decided_at=NOW,
            )
