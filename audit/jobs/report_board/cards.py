"""The masks of a page as cards: pictures, what they are of, and who said what of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from audit.jobs.exhibits import load_exhibits
from audit.jobs.gallery_draws import Specimen
from audit.jobs.progress import SILENT
from audit.jobs.report_board.board import ReportBoard
from audit.jobs.report_galleries import GalleryLimits, report_galleries
from audit.jobs.review_state import Outcome
from audit.jobs.workspace import Workspace
from db.records import Purpose, StandingVerdict
from reports.blocks import Exhibit
from reports.numbers import words_text

N_SHOWN = 6
"""Things in each gallery."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskCard:
    """A mention and one of its masks, or two.

    Attributes:
        exhibit: pictures, and lines of which the first names what is seen.
        outcomes: of each mask; empty where the lines say them alone.
        readings: who said what, a line each.
    """

    exhibit: Exhibit
    outcomes: tuple[Outcome, ...] = ()
    readings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CardGallery:
    """A gallery of the report as cards."""

    key: str
    title: str
    caption: str
    cards: tuple[MaskCard, ...]


def load_cards(
    workspace: Workspace, board: ReportBoard, specimens: Sequence[Specimen]
) -> tuple[MaskCard, ...]:
    """Read and draw the masks of a page."""
    exhibits = load_exhibits(workspace.store, specimens, board.names, workers=workspace.workers)
    return tuple(
        MaskCard(
            exhibit=exhibit,
            outcomes=tuple(mask.outcome for mask in specimen.masks),
            readings=tuple(_readings(board, specimen)),
        )
        for exhibit, specimen in zip(exhibits, specimens, strict=True)
    )


def load_galleries(workspace: Workspace, board: ReportBoard) -> tuple[CardGallery, ...]:
    """Draw the galleries of the report: typical failures, wrong masks beside right ones, discordant pairs."""
    limits = GalleryLimits(n_each=N_SHOWN)
    made = report_galleries(workspace, board.state, board.names, limits, progress=SILENT)
    return tuple(
        CardGallery(
            key=each.key,
            title=each.title,
            caption=each.caption,
            cards=tuple(MaskCard(exhibit=exhibit) for exhibit in each.exhibits),
        )
        for each in (*made.failures, *made.verdicts, *made.discordant)
    )


def _readings(board: ReportBoard, specimen: Specimen) -> Iterator[str]:
    state = board.state
    is_pair = len(specimen.masks) > 1
    for mask in specimen.masks:
        if mask.mask_id is None:
            continue
        of_lead = state.adjudicated.get(mask.mask_id)
        given = (*state.readings.get(mask.mask_id, ()), *((of_lead,) if of_lead else ()))
        made_by = f" on {board.names[mask.settings[0]]}" if is_pair else ""
        yield from (_reading_text(each, made_by) for each in given)


def _reading_text(given: StandingVerdict, made_by: str) -> str:
    reasons = f" ({', '.join(map(words_text, given.reasons))})" if given.reasons else ""
    settled = ", as lead" if given.purpose is Purpose.ADJUDICATION else ""
    comment = f": “{given.comment}”" if given.comment else ""
    return f"{given.reviewer}{settled}{made_by}: {given.verdict}{reasons}{comment}"
