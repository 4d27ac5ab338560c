"""What the report says in words, the same in every format."""

from reports.content import ReportContent, SettingResult
from reports.grid import setting_name
from reports.numbers import count_text, date_text, method_text, percent_text, range_text, words_text
from sampling.design.frame import Across, DrawnUnit
from sampling.estimation.estimate import Estimate, VerdictCounts

MIX = (
    "Every accuracy here is the share of the sample as it was allocated (the estimand “mix”): correct /"
    " (correct + incorrect + missing), every sampled unit weighing the same. Where the splits were"
    " sampled at different rates it is the accuracy of that mixture, neither that of all annotations nor that"
    " of all entities. Intervals are for one figure at a time and take the verdicts as true."
)
UNDECIDED = (
    "Unsure verdicts and units that cannot be judged (no image, a broken image, sizes that clash) are left"
    " out of the accuracy. The bounds say what it would be if all of them were wrong, or all right; they are"
    " limits of the sample's own figure, not an interval."
)


CLUSTERS = (
    " Several annotations of one entity count as independent here, so where they are alike the intervals are"
    " too narrow."
)


def scope_text(content: ReportContent) -> str:
    """What the accuracies are of, and what their intervals leave out."""
    is_clustered = content.design.unit is DrawnUnit.ENTITY and content.design.per_entity > 1
    return MIX + CLUSTERS if is_clustered else MIX


def status_text(content: ReportContent) -> str:
    """Whether the figures are final, and if not, how much is missing."""
    if not content.settings:
        return "Nothing to report: the sample holds no setting's masks."
    if content.is_complete:
        return "Complete: nothing awaits a verdict."
    n_masks = sum(setting.overall.counts.n_covered for setting in content.settings)
    return (
        f"INCOMPLETE: {count_text(content.n_pending)} of {count_text(n_masks)} masks, counted under every"
        " setting, await a verdict. No figure of an incomplete setting is final; do not quote it."
    )


def provenance_text(content: ReportContent) -> str:
    """Sample, n, seed, dates, kind of interval and version: what must stand beside every figure."""
    methods = {
        f"{method_text(setting.overall.accuracy.interval)}s"
        for setting in content.settings
        if isinstance(setting.overall.accuracy, Estimate)
    }
    facts = [
        f"Sample {content.sample} of {count_text(content.n_units)} units",
        f"seed {content.design.seed}",
        f"drawn {date_text(content.sampled_at)}",
        *sorted(methods),
        f"reported {date_text(content.created_at)} by {content.version}",
    ]
    return ", ".join(facts)


def quotable_text(setting: SettingResult, content: ReportContent) -> str:
    """One sentence that carries all a reader needs; worded so that an incomplete figure cannot be quoted."""
    name = setting_name(setting, content.settings)
    accuracy = setting.overall.accuracy
    counts = setting.overall.counts
    if not isinstance(accuracy, Estimate):
        return f"No figure for {name}: {accuracy.reason}."
    facts = [
        f"{method_text(accuracy.interval)} {range_text(accuracy.interval)} %",
        f"n = {count_text(accuracy.n)}",
        *_left_and_counted(counts),
        f"seed {content.design.seed}",
        f"sample {content.sample}",
        date_text(content.created_at),
        content.version,
    ]
    if counts.is_complete:
        share = f"{percent_text(accuracy.value)} of the masks of {name} were judged correct"
        return f"{share} ({', '.join(facts)})."
    return (
        f"Not for quotation, {count_text(counts.n_pending)} of {count_text(counts.n_covered)} masks of {name}"
        f" await a verdict: {percent_text(accuracy.value)} so far ({', '.join(facts)})."
    )


def _left_and_counted(counts: VerdictCounts) -> list[str]:
    facts = []
    if counts.n_missing:
        facts.append(f"of which {count_text(counts.n_missing)} missing masks count as incorrect")
    if counts.n_undecided:
        facts.append(f"{count_text(counts.n_undecided)} undecided left out")
    if counts.n_dropped:
        facts.append(f"covering {count_text(counts.n_covered)} of {count_text(counts.n_units)} units")
    return facts


def design_facts(content: ReportContent) -> tuple[tuple[str, str], ...]:
    """How the sample was drawn, as pairs of a term and what it was."""
    design = content.design
    return (
        ("Sample", f"{content.sample}, drawn {date_text(content.sampled_at)}"),
        ("What was drawn", _drawn_text(content)),
        ("Allocation", design.allocation),
        ("Seed", str(design.seed)),
        ("Frame", f"setting {design.frame}"),
        ("Population fingerprint", design.population_fingerprint),
    )


def _drawn_text(content: ReportContent) -> str:
    design = content.design
    if design.unit is DrawnUnit.ANNOTATION:
        return "annotations, directly"
    each = "1 annotation" if design.per_entity == 1 else f"up to {design.per_entity} annotations"
    if design.across is Across.SPLITS:
        return f"entities, each at most once over all its splits, with {each} of each"
    return f"entities, each at most once {words_text(design.across)}, with {each} of each"


def ticket_text(content: ReportContent) -> str:
    """How the draw follows from the tickets, and what the line of Python prints."""
    example = content.ticket_example
    prints = (
        f"{example.ticket}, the ticket of {example.annotation_id}"
        if example
        else "the ticket of an annotation"
    )
    return (
        f"{_draw_order_text(content.design.unit)} Nothing else decides. This line of Python prints {prints}:"
    )


def ticket_code(content: ReportContent) -> str:
    """One line of Python that recomputes a ticket of this sample."""
    annotation_id = content.ticket_example.annotation_id if content.ticket_example else "ANNOTATION_ID"
    text = f"mask-audit/1\nannotation\n{content.design.seed}\n{annotation_id}"
    return f"import hashlib; print(hashlib.sha256({text!a}.encode()).hexdigest())"


def _draw_order_text(unit: DrawnUnit) -> str:
    if unit is DrawnUnit.ANNOTATION:
        return "In each split the annotations with the smallest tickets were drawn."
    return (
        "Of each entity the annotations with the smallest tickets were picked; then in each split the"
        " entities with the smallest tickets of their own were drawn (made with “entity” and the entity's id"
        " in place of “annotation” and the annotation's)."
    )
