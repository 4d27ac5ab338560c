"""Report contents to render: a whole audit, its unfinished state, and the corners."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from reports.content import (
    Design,
    ReportContent,
    Result,
    SettingResult,
    StratumSize,
    TicketExample,
    VerdictSource,
    result_of,
)
from sampling.design.frame import Across, DrawnUnit
from sampling.design.selection import annotation_ticket
from sampling.estimation.estimate import VerdictCounts

SPLITS = {"entity": 1400, "query": 400, "wiki": 200}
CATEGORIES = {
    "others": 474, "animal": 448, "plant": 318, "food": 134, "material": 126, "location": 124, "tools": 118,
    "building": 98, "vehicle": 90, "sports": 38, "person": 32,
}  # fmt: skip
ACCURACIES = {
    ("entity label", "G-SAM"): 0.814,
    ("entity label", "SEEM"): 0.693,
    ("text query", "G-SAM"): 0.713,
    ("text query", "SEEM"): 0.628,
    ("intension", "G-SAM"): 0.861,
    ("intension", "SEEM"): 0.655,
    ("extension", "G-SAM"): 0.830,
    ("extension", "SEEM"): 0.675,
}


def slice_of(n_units: int, n_correct: int, **parts: int) -> Result:
    """A result in which every unit that is not said to be something else was incorrect."""
    n_incorrect = n_units - n_correct - sum(parts.values())
    return result_of(VerdictCounts(n_units=n_units, n_correct=n_correct, n_incorrect=n_incorrect, **parts))


def spread(n_of_part: dict[str, int], share: float) -> dict[str, Result]:
    """Parts whose accuracies step down from the first to the last around a share."""
    last = len(n_of_part) - 1
    return {
        name: slice_of(n, round(n * max(0.05, min(0.99, share + 0.05 * (last / 2 - i) / last))))
        for i, (name, n) in enumerate(n_of_part.items())
    }


def full_setting(reference: str, model: str, share: float) -> SettingResult:
    n_incorrect = 2000 - round(2000 * share)
    return SettingResult(
        setting=f"{reference.replace(' ', '-')}-{model.lower()}",
        reference=reference,
        model=model,
        overall=slice_of(2000, round(2000 * share)),
        by_split=spread(SPLITS, share),
        by_category=spread(CATEGORIES, share),
        reasons={
            "wrong_object": n_incorrect // 3,
            "spills_over": n_incorrect // 4,
            "part_missing": n_incorrect // 5,
            "whole_image": n_incorrect // 12,
            "foreground_background": n_incorrect // 20,
            "merged_instances": n_incorrect // 30,
            "not_visible": n_incorrect // 50,
        },
    )


def filtered_setting() -> SettingResult:
    """An overall row: a subset of the mentions, with units that could not be decided."""
    return SettingResult(
        setting="overall after filtering",
        reference=None,
        model=None,
        overall=slice_of(2000, 1802, n_dropped=84, n_unsure=9, n_unjudgable=6),
        by_split={
            "entity": slice_of(1400, 1275, n_dropped=54, n_unsure=6, n_unjudgable=4),
            "query": slice_of(400, 352, n_dropped=21, n_unsure=2, n_unjudgable=1),
            "wiki": slice_of(200, 175, n_dropped=9, n_unsure=1, n_unjudgable=1),
        },
        by_category=spread(CATEGORIES, 0.948),
        reasons={"wrong_object": 41, "spills_over": 30, "ambiguous_question": 5},
    )


def content_of(*settings: SettingResult, **changes: object) -> ReportContent:
    facts: dict[str, object] = {
        "title": "Mask-OVEN-Wiki",
        "sample": "main",
        "version": "mask-audit 0.1.0",
        "created_at": datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
        "sampled_at": datetime(2026, 11, 20, 14, 5, tzinfo=UTC),
        "design": Design(
            unit=DrawnUnit.ENTITY,
            across=Across.SPLITS,
            per_entity=1,
            allocation="entity=1400, query=400, wiki=200",
            seed=7,
            frame="entity-label-g-sam",
            population_fingerprint="c0ffee5d0fb1f6ab51b63a1ee0c3a9a4a5c4c2a2b3f8de4b6f7d9e0a1b2c3d4e",
            strata=(
                stratum("entity", 1400, n_entities=17_903, n_annotations=5_176_424),
                stratum("query", 400, n_entities=5_118, n_annotations=40_866),
                stratum("wiki", 200, n_entities=2_017_622, n_annotations=1_965_145),
            ),
        ),
        "settings": settings,
        "sources": (
            VerdictSource(reviewer="Ada", source="page", n_verdicts=7_412),
            VerdictSource(reviewer="Grace", source="page", n_verdicts=6_101),
            VerdictSource(reviewer="Emmy", source="import", n_verdicts=4_397),
        ),
        "ticket_example": TicketExample(
            annotation_id="oven_query_val_00000107",
            ticket=annotation_ticket(7, "oven_query_val_00000107"),
        ),
    }
    return ReportContent(**(facts | changes))  # type: ignore[arg-type]


def stratum(split: str, n: int, *, n_entities: int, n_annotations: int) -> StratumSize:
    return StratumSize(
        split=split, n_units=n, n_entities_drawn=n, n_entities=n_entities, n_annotations=n_annotations
    )


@pytest.fixture
def make_content() -> Callable[..., ReportContent]:
    """Builds a content around any settings; keywords replace single fields."""
    return content_of


@pytest.fixture
def published() -> ReportContent:
    """The published table: four references, two models, the overall row."""
    settings = [full_setting(*pair, share) for pair, share in ACCURACIES.items()]
    return content_of(
        *settings,
        filtered_setting(),
        warnings=("Setting overall after filtering has 15 undecided units: see the bounds.",),
        not_in_sample=("intension-sam-2",),
    )


@pytest.fixture
def unfinished() -> ReportContent:
    """Two settings, one of them judged in part and one not at all, over one split."""
    design = content_of().design
    return content_of(
        SettingResult(
            setting="tight-grabcut",
            reference="tight box",
            model="GrabCut",
            overall=slice_of(40, 21, n_missing=2, n_unsure=1, n_pending=9),
            by_split={"demo": slice_of(40, 21, n_missing=2, n_unsure=1, n_pending=9)},
            by_category={},
            reasons={"spills_over": 5},
        ),
        SettingResult(
            setting="tight-watershed",
            reference="tight box",
            model="watershed",
            overall=slice_of(40, 0, n_pending=40),
            by_split={"demo": slice_of(40, 0, n_pending=40)},
            by_category={},
            reasons={},
        ),
        title="Demo photographs",
        design=Design(
            unit=DrawnUnit.ANNOTATION,
            across=Across.SPLITS,
            per_entity=1,
            allocation="size 40",
            seed=1,
            frame="tight-grabcut",
            population_fingerprint=design.population_fingerprint,
            strata=(stratum("demo", 40, n_entities=40, n_annotations=64),),
        ),
        sources=(VerdictSource(reviewer="local", source="page", n_verdicts=31),),
        ticket_example=None,
    )


@pytest.fixture
def empty() -> ReportContent:
    """A sample that holds no setting's masks."""
    return content_of(sources=(), ticket_example=None)


HOSTILE = (
    "<script>alert('x')</script>",
    "=cmd()|' /C calc'!A0",
    "50%_of & $x^2$ {\\input{/etc/passwd}} ~#",
    "[*] | `pipe` **bold** \\\\",
    "\u202eלסומס\u200f حصان 🐎 Ærøskøbing × β",
    "two\nlines\tand \x00 control \x1b[31m",
)


@pytest.fixture
def hostile() -> ReportContent:
    """Every text is an attack on some format."""
    return content_of(
        *(
            SettingResult(
                setting=text,
                reference=text if index % 2 else None,
                model=HOSTILE[0] if index % 3 else None,
                overall=slice_of(10, 7),
                by_split={text: slice_of(10, 7)},
                by_category={text: slice_of(10, 7)},
                reasons={text: 3},
            )
            for index, text in enumerate(HOSTILE)
        ),
        title=" ".join(HOSTILE),
        sample=HOSTILE[1],
        warnings=HOSTILE,
        not_in_sample=HOSTILE,
        sources=tuple(VerdictSource(reviewer=text, source=text, n_verdicts=1) for text in HOSTILE),
        ticket_example=TicketExample(annotation_id=HOSTILE[2], ticket="0" * 64),
    )
