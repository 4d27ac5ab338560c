"""What the report says in words, the same in every format."""

from reports.content import ReportContent
from reports.grid import setting_name
from reports.numbers import (
    count_text,
    counted_text,
    date_text,
    method_text,
    n_eff_text,
    percent_text,
    quoted_interval_text,
)
from reports.results import Result, SettingResult, Span
from reports.review_findings import SourceFindings
from sampling.design.frame import DrawnUnit
from sampling.estimation.estimands import Estimand
from sampling.estimation.estimate import Estimate, VerdictCounts

GOAL_TITLE = "What the sample is to show"


COUNTED = "correct / (correct + incorrect + missing)"

SCOPES = {
    Estimand.MIX: (
        f"Every accuracy here is the share of the sample as it was allocated (the estimand “mix”): {COUNTED},"
        " every sampled unit weighing the same. Where the splits were sampled at different rates it is the"
        " accuracy of that mixture, neither that of all annotations nor that of all entities."
    ),
    Estimand.ENTITY: (
        f"Accuracies here are those of all entities (the estimand “entity”): {COUNTED}, every unit weighing"
        " as many entities as it stands for. An entity counts once, however many annotations it has."
    ),
    Estimand.ANNOTATION: (
        f"Accuracies here are those of all annotations (the estimand “annotation”): {COUNTED}, every unit"
        " weighing as many annotations as it stands for. Entities with many annotations weigh most."
    ),
}
MIX_BY_CHANCE = (
    "Every accuracy here is that of the splits in the shares of the sample's allocation (the estimand"
    f" “mix”): {COUNTED}, every unit weighing what it stands for there: some were likelier to be drawn."
    " It is neither that of all annotations nor that of all entities where the splits' shares are others."
)
SPANS = {
    Span.EACH: "Intervals are for one figure at a time and take the verdicts as true.",
    Span.TABLE: "The intervals of Table 1 hold for all settings at once and take the verdicts as true.",
}
CLUSTERS = "Several annotations of one entity are taken as one draw: intervals are over entities."

COUNTING = {
    Estimand.MIX: "",
    Estimand.ENTITY: ", every entity counting once",
    Estimand.ANNOTATION: ", every annotation counting once",
}

MISSING = (
    "A setting that covers every mention and has no mask of one, or an empty mask, got that one wrong:"
    " missing masks count as incorrect, without a review."
)

UNDECIDED = (
    "Unsure verdicts and units that cannot be judged (no image, a broken image, sizes that clash) are left"
    " out of the accuracy. The bounds say what it would be if all of them were wrong, or all right; they are"
    " limits of the sample's own figure (the estimand “mix”), not an interval."
)


def scope_text(content: ReportContent) -> str:
    """What the accuracies are of, and what their intervals leave out."""
    is_clustered = content.design.unit is DrawnUnit.ENTITY and content.design.per_entity > 1
    sentences = (
        MIX_BY_CHANCE if _has_weighted_mix(content) else SCOPES[content.estimand],
        SPANS[content.span],
        CLUSTERS if is_clustered else "",
        differing_text(content),
    )
    return " ".join(sentence for sentence in sentences if sentence)


def _has_weighted_mix(content: ReportContent) -> bool:
    return content.estimand is Estimand.MIX and content.design.has_weighted_mix


def differing_text(content: ReportContent) -> str:
    """For a sample of differing masks: what its accuracies are not of; else nothing."""
    if content.design.contrast is None:
        return ""
    a, b = contrasted_names(content)
    return (
        f"This sample holds only mentions whose masks differ between {a} and {b}: every accuracy here is of"
        " those mentions, not of the dataset."
    )


def absence_text(content: ReportContent) -> str:
    """Why settings are not in the sample, as a clause."""
    if content.design.contrast is None:
        return "it came after the draw and has no masks there"
    return "it is none of the two that the sample was drawn to compare"


def contrasted_names(content: ReportContent) -> tuple[str, ...]:
    """What people call the two settings of a sample of differing masks."""
    return tuple(name_of(setting, content) for setting in content.design.contrast or ())


def name_of(setting: str, content: ReportContent) -> str:
    """What people call the setting of that name; the name itself where the sample does not hold it."""
    found = (each for each in content.settings if each.setting == setting)
    return next((setting_name(each, content.settings) for each in found), setting)


def only_at_full_size_text(content: ReportContent) -> str:
    """The condition under which intervals of a planned size hold, where the review may stop before it."""
    if not content.goal.may_stop_early:
        return ""
    if content.has_grown:
        return f"valid only if the size of {count_text(content.n_units)} units was settled before any verdict"
    if content.is_complete:
        return ""
    return f"valid only if all {count_text(content.n_units)} units are reviewed, whatever they show"


def stopping_text(content: ReportContent) -> str:
    """What a reader must know of the intervals of a review that may stop where its verdicts say so."""
    condition = only_at_full_size_text(content)
    if not condition:
        return ""
    return (
        "This review may stop where its verdicts say so. At such a stop the intervals here are NOT valid:"
        f" they are {condition}. The intervals under “{GOAL_TITLE}” are made for it."
    )


def status_text(content: ReportContent) -> str:
    """Whether the figures are final, and if not, how much is missing."""
    if not content.settings:
        return "Nothing to report: the sample holds no setting's masks."
    if content.is_complete:
        return _complete_text(content.settling.n_disputed)
    n_masks = sum(setting.overall.counts.n_covered for setting in content.settings)
    text = (
        f"INCOMPLETE: {count_text(content.n_pending)} of {count_text(n_masks)} masks, counted under every"
        " setting, await a verdict. No figure of an incomplete setting is final; do not quote it."
    )
    if content.goal.may_stop_early:
        return f"{text} What stands under “{GOAL_TITLE}” is valid all the same."
    return text


def _complete_text(n_disputed: int) -> str:
    if not n_disputed:
        return "Complete: nothing awaits a verdict."
    if n_disputed == 1:
        return "Every mask has a verdict; 1 awaits a lead, and counts as unsure until then."
    return f"Every mask has a verdict; {count_text(n_disputed)} await a lead, and count as unsure until then."


def provenance_text(content: ReportContent) -> str:
    """Sample, n, seed, dates, kind of interval and version: what must stand beside every figure."""
    methods = {
        f"{method_text(setting.overall.accuracy.interval)}s"
        for setting in content.settings
        if isinstance(setting.overall.accuracy, Estimate)
    }
    condition = only_at_full_size_text(content)
    facts = [
        f"Sample {content.sample} of {count_text(content.n_units)} units",
        f"seed {content.design.seed}",
        f"drawn {date_text(content.sampled_at)}",
        *(f"{method} ({condition})" if condition else method for method in sorted(methods)),
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
        _interval_fact(setting, accuracy, content),
        f"n = {count_text(accuracy.n)}",
        *_effective(accuracy, content),
        *_no_error(setting.overall),
        *_left_and_counted(counts),
        *origin_facts(content),
    ]
    counting = COUNTING[content.estimand]
    where = where_text(content)
    if counts.is_complete:
        share = f"{percent_text(accuracy.value)} of the masks of {name}{where} were judged correct{counting}"
        return f"{share} ({', '.join(facts)})."
    return (
        f"Not for quotation, {count_text(counts.n_pending)} of {count_text(counts.n_covered)} masks of {name}"
        f"{where} await a verdict: {percent_text(accuracy.value)} so far{counting} ({', '.join(facts)})."
    )


def origin_facts(content: ReportContent) -> tuple[str, ...]:
    """Where and when a quoted figure comes from."""
    return (
        f"seed {content.design.seed}",
        f"sample {content.sample}",
        date_text(content.created_at),
        content.version,
    )


def origin_text(found: SourceFindings) -> str:
    """Through which front ends how many verdicts came, as a clause; empty where there are none."""
    came = ", ".join(
        f"{counted_text(each.n_verdicts, 'verdict')} on {counted_text(each.n_masks, 'mask')}"
        f" through “{source}”"
        for source, each in found.counts.items()
    )
    if len(found.counts) < 2:
        return came
    return f"{came}; {counted_text(found.n_masks_of_several, 'mask')} read through more than one"


def _interval_fact(setting: SettingResult, accuracy: Estimate, content: ReportContent) -> str:
    fact = quoted_interval_text(accuracy.interval)
    condition = "" if setting.overall.counts.is_complete else only_at_full_size_text(content)
    return f"{fact}, {condition}" if condition else fact


def _effective(accuracy: Estimate, content: ReportContent) -> list[str]:
    """Where units weigh differently, n says little without this."""
    is_even = content.estimand is Estimand.MIX and not content.design.has_weighted_mix
    return [] if is_even else [f"n_eff = {n_eff_text(accuracy.n_eff)}"]


def _no_error(result: Result) -> list[str]:
    """Where nothing counted is wrong, 100 % is not to be quoted without this."""
    if result.greatest_error is None:
        return []
    return [f"no error found, so at most {percent_text(result.greatest_error)} are wrong"]


def where_text(content: ReportContent) -> str:
    """For a sample of differing masks: which masks a quoted figure is of; else nothing."""
    if content.design.contrast is None:
        return ""
    a, b = contrasted_names(content)
    return f" where those of {a} and {b} differ"


def _left_and_counted(counts: VerdictCounts) -> list[str]:
    facts = []
    if counts.n_missing:
        count = "counts" if counts.n_missing == 1 else "count"
        facts.append(f"of which {counted_text(counts.n_missing, 'missing mask')} {count} as incorrect")
    if counts.n_undecided:
        facts.append(f"{count_text(counts.n_undecided)} undecided left out")
    if counts.n_dropped:
        facts.append(f"covering {count_text(counts.n_covered)} of {count_text(counts.n_units)} units")
    return facts
