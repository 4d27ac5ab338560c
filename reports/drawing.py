"""How the sample was drawn, and how anybody draws it again."""

from reports.blocks import Cell, Section, Table
from reports.content import Design, ReportContent
from reports.numbers import count_text, date_text, words_text
from reports.sentences import contrasted_names
from sampling.design.frame import Across, DrawnUnit
from sampling.design.phase_one import SizeMeasure

CHANCES = {
    SizeMeasure.NONE: "the same in all of a split",
    SizeMeasure.SQRT: "about in proportion to the square root of its number of annotations, within a split",
}

BY_RISK = "by risk, the larger the likelier the mask seemed wrong; known for everything that could be drawn"

DRAWN_AGAIN = (
    "In a folder with the same annotation files, these commands draw the same sample; with the same verdicts"
    " (as `mask-audit verdicts export` writes them) they give the same accuracies. Categories and source"
    " datasets need the same entities file and the same patterns of ids, too."
)
DRAWN_IN_WAVES = (
    "No command draws this sample again: each later wave was drawn by the verdicts that stood at that moment."
    " These commands ingest the same annotation files and, once the sample is there, report on it."
    " `mask-audit bundle` keeps the sample and what it was drawn from, and `mask-audit verify` computes every"
    " figure again and checks the first draw."
)


def design(content: ReportContent) -> Section:
    """How the sample was drawn, and from what."""
    return Section(
        title="How the sample was drawn",
        points=tuple(f"{term}: {fact}" for term, fact in design_facts(content)),
        table=Table(
            columns=("Split", "Units", "Entities drawn", "Entities (M_h)", "Annotations (N_h)"),
            rows=tuple(
                (
                    Cell(text=stratum.split),
                    Cell(text=count_text(stratum.n_units)),
                    Cell(text=count_text(stratum.n_entities_drawn)),
                    Cell(text=count_text(stratum.n_entities)),
                    Cell(text=count_text(stratum.n_annotations)),
                )
                for stratum in content.design.strata
            ),
        ),
    )


def tickets(content: ReportContent) -> Section:
    """How to repeat the draw."""
    return Section(title="Recompute a ticket", paragraphs=(ticket_text(content),), code=ticket_code(content))


def recipe(content: ReportContent) -> Section:
    """The commands that make the sample and the report again."""
    if not content.recipe:
        return Section(title="Make it again")
    return Section(
        title="Make it again",
        paragraphs=(DRAWN_IN_WAVES if content.design.is_in_waves else DRAWN_AGAIN,),
        code="\n".join(content.recipe),
    )


def design_facts(content: ReportContent) -> tuple[tuple[str, str], ...]:
    """How the sample was drawn, as pairs of a term and what it was."""
    made = content.design
    facts = {
        "Sample": f"{content.sample}, drawn {date_text(content.sampled_at)}",
        "What was drawn": _drawn_text(made),
        "Only where masks differ": " and ".join(contrasted_names(content)),
        "Chance": BY_RISK if made.is_by_risk else "",
        "Chance of an entity": CHANCES[made.size_measure] if _has_entity_chances(made) else "",
        "Allocation": made.allocation,
        "Seed": str(made.seed),
        "Frame": f"setting {made.frame}",
        "Population fingerprint": made.population_fingerprint,
    }
    return tuple((term, fact) for term, fact in facts.items() if fact)


def _has_entity_chances(made: Design) -> bool:
    return made.unit is DrawnUnit.ENTITY and not made.is_by_risk


def _drawn_text(made: Design) -> str:
    if made.unit is DrawnUnit.ANNOTATION:
        return "annotations, directly"
    each = "1 annotation" if made.per_entity == 1 else f"up to {made.per_entity} annotations"
    if made.across is Across.SPLITS:
        return f"entities, each at most once over all its splits, with {each} of each"
    return f"entities, each at most once {words_text(made.across)}, with {each} of each"


def ticket_text(content: ReportContent) -> str:
    """How the draw follows from the tickets, and what the line of Python prints."""
    example = content.ticket_example
    prints = (
        f"{example.ticket}, the ticket of {example.annotation_id}"
        if example
        else "the ticket of an annotation"
    )
    return f"{_draw_order_text(content.design)} Nothing else decides. This line of Python prints {prints}:"


def ticket_code(content: ReportContent) -> str:
    """One line of Python that recomputes a ticket of this sample."""
    annotation_id = content.ticket_example.annotation_id if content.ticket_example else "ANNOTATION_ID"
    text = f"mask-audit/1\nannotation\n{content.design.seed}\n{annotation_id}"
    return f"import hashlib; print(hashlib.sha256({text!a}.encode()).hexdigest())"


def _draw_order_text(made: Design) -> str:
    if made.is_by_risk:
        return _systematic_text(made)
    if made.unit is DrawnUnit.ANNOTATION:
        return "In each split the annotations with the smallest tickets were drawn."
    picked = "annotations" if made.contrast is None else "annotations with differing masks"
    own = (
        "tickets of their own (made with “entity” and the entity's id in place of “annotation” and the"
        " annotation's)"
    )
    if made.size_measure is SizeMeasure.NONE:
        return (
            f"Of each entity the {picked} with the smallest tickets were picked; then in each split the"
            f" entities with the smallest {own} were drawn."
        )
    return (
        f"Of each entity the {picked} with the smallest tickets were picked; then in each split the entities"
        f" were ranked by {own}: with u the first 8 bytes of the ticket / 2^64 and t an entity's odds by"
        " size, those with the smallest (u / (1 - u)) / t were drawn (Pareto sampling)."
    )


def _systematic_text(made: Design) -> str:
    picked = (
        ""
        if made.unit is DrawnUnit.ANNOTATION
        else "Of each entity the annotation with the smallest ticket was picked. "
    )
    return (
        f"{picked}Every wave was drawn systematically with its chances, in the order of split, risk and"
        " ticket; it begins at u, the first 8 bytes / 2^64 of a ticket made with “wave” and its number from 0"
        " in place of “annotation” and the annotation's id."
    )
