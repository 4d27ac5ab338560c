"""Compares two rounds of an audit, each in its bundle, and writes what is said of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from audit.jobs.document_files import WrittenFiles, check_folder, write_document_files
from audit.jobs.estimates import Figures
from audit.jobs.rounds.audited_round import AuditedRound, load_round
from audit.jobs.rounds.carrying import carried_verdicts, refuse_carried_target, write_carried
from audit.jobs.rounds.changes import changes, presence
from audit.jobs.rounds.differences import RoundPair, setting_rounds
from audit.jobs.rounds.mentions import common_units, shared_mentions
from reports.formats import Format, render_document
from reports.rounds.content import RoundFacts, RoundsContent
from reports.rounds.document import rounds_document
from sampling.design.goals import Goal
from sampling.estimation.estimands import Estimand


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundsRequest:
    """Which rounds to compare, and what to write.

    Attributes:
        folder: for the document; None for none.
        carried_file: for the verdicts that are carried; None for none.
    """

    old: Path
    new: Path
    folder: Path | None
    carried_file: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedRounds:
    """What was found, and where it was written."""

    content: RoundsContent
    n_carried_masks: int
    written: WrittenFiles | None


def compare_rounds(request: RoundsRequest, *, now: datetime) -> ComparedRounds:
    """Compare two bundles; nothing of either is changed.

    Raises:
        InputError: one is no bundle or was altered, or what is to be written cannot be.
    """
    if request.folder is not None:
        check_folder(request.folder)
    if request.carried_file is not None:
        refuse_carried_target(request.carried_file, (request.old, request.new))
    old, judged = load_round(request.old), load_round(request.new)
    common = common_units(old.state, judged.state)
    both = [setting for setting in judged.settings if setting in old.settings]
    carried = carried_verdicts(old.state, judged.state, common, both)
    figures = Figures(
        confidence=judged.confidence,
        table_confidence=judged.confidence,
        estimand=judged.about.question.estimand,
    )
    pair = RoundPair(
        old=old, judged=judged, new=judged.with_verdicts(carried), common=common, figures=figures
    )
    content = rounds_content(pair, now=now)
    if request.carried_file is not None:
        write_carried(request.carried_file, carried)
    written = None
    if request.folder is not None:
        written = write_document_files(
            request.folder, render_document(rounds_document(content), tuple(Format))
        )
    return ComparedRounds(content=content, n_carried_masks=len(carried), written=written)


def rounds_content(pair: RoundPair, *, now: datetime) -> RoundsContent:
    """Give everything that is said of two rounds."""
    return RoundsContent(
        old=_facts(pair.old),
        new=_facts(pair.new),
        estimand=Estimand(pair.figures.estimand),
        confidence=pair.figures.confidence,
        changes=tuple(changes(pair.old, pair.new)),
        presence=presence(pair.old, pair.new),
        mentions=shared_mentions(pair.old.state, pair.new.state, pair.common),
        settings=setting_rounds(pair),
        warnings=tuple(_warnings(pair)),
        version=f"mask-audit {version('mask-audit')}",
        created_at=now,
    )


def _facts(one: AuditedRound) -> RoundFacts:
    return RoundFacts(
        file=one.file.name,
        sample=one.state.sample.name,
        created_at=one.about.created_at,
        version=one.about.version,
    )


def _warnings(pair: RoundPair) -> Iterator[str]:
    for name, one in (("old", pair.old), ("new", pair.new)):
        state = one.state
        n_pending = sum(counts.count("n_pending") for counts in state.outcomes.values())
        if n_pending and state.sample.goal in (Goal.CERTIFY, Goal.ESTIMATE):
            yield (
                f"The {name} round may have been judged until its goal was reached: the intervals here are "
                "those of a sample whose size was fixed beforehand."
            )
    if pair.old.is_by_risk or pair.new.is_by_risk:
        yield (
            "A sample was drawn by risk: the differences are as if the samples shared no unit, which makes "
            "their intervals wider than need be where they do."
        )
