"""How good the annotations are, in the fields of MLCommons' Croissant RAI 1.0."""

from collections.abc import Sequence

from reports.content import ReportContent
from reports.exports.judging import judging_text
from reports.exports.verdict_file import VerdictFile
from reports.json_values import Object
from reports.numbers import (
    coefficient_number,
    count_text,
    counted_text,
    date_text,
    percent_text,
    range_text,
    time_text,
)
from reports.sentences import UNDECIDED, origin_text, quotable_text, scope_text, stopping_text
from reports.settlement import disagreement_text
from sampling.estimation.estimate import NoEstimate
from sampling.reviewers.agreement import Coefficient

PSEUDONYMS = "Reviewers are pseudonyms (reviewer-1 and so on); their comments are not in the data."
NAMES = "The names of the reviewers are in the data; their comments are not."


def responsible_fields(content: ReportContent, file: VerdictFile) -> Object:
    """The fields; absent is what nobody knows, such as who the reviewers are."""
    found: Object = {
        "rai:dataCollection": _collection_text(content),
        "rai:dataCollectionType": ["Manual Human Curator"],
        "rai:dataCollectionMissingData": _missing_text(content),
        "rai:dataCollectionTimeframe": _timeframe(file),
        "rai:dataAnnotationProtocol": judging_text(content),
        "rai:dataAnnotationPlatform": _platforms(content),
        "rai:dataAnnotationAnalysis": [*accuracy_sentences(content), *_agreement_texts(content)],
        "rai:annotationsPerItem": _per_item_text(content, file),
        "rai:machineAnnotationTools": _tools(content),
        "rai:dataLimitations": [
            text
            for text in (scope_text(content), UNDECIDED, stopping_text(content), *content.warnings)
            if text
        ],
        "rai:personalSensitiveInformation": [NAMES if file.has_names else PSEUDONYMS],
    }
    return {key: value for key, value in found.items() if value}


def accuracy_sentences(content: ReportContent) -> list[str]:
    """One sentence per setting that carries all a reader needs."""
    return [quotable_text(setting, content) for setting in content.settings]


def _collection_text(content: ReportContent) -> str:
    made = content.design
    strata = ", ".join(
        f"{count_text(stratum.n_units)} of {counted_text(stratum.n_annotations, 'annotation')} in"
        f" {stratum.split}"
        for stratum in made.strata
    )
    return (
        f"A random sample of {counted_text(content.n_units, 'unit')} (an annotation each), drawn"
        f" {date_text(content.sampled_at)} with seed {made.seed} from setting {made.frame}: {strata}. Every"
        " annotation's chance is known and stands in the data; the draw can be repeated from the seed."
    )


def _missing_text(content: ReportContent) -> str:
    return "; ".join(
        f"{setting.setting}: {count_text(counts.n_missing)} without a mask, which count as incorrect,"
        f" {count_text(counts.n_unjudgable)} that cannot be shown, {count_text(counts.n_dropped)} filtered"
        f" out, {count_text(counts.n_pending)} without a verdict yet"
        for setting in content.settings
        for counts in (setting.overall.counts,)
    )


def _timeframe(file: VerdictFile) -> Sequence[str]:
    if file.first_decided is None or file.last_decided is None:
        return ()
    return (time_text(file.first_decided), time_text(file.last_decided))


def _platforms(content: ReportContent) -> list[str]:
    came = origin_text(content.front_ends)
    return [f"{content.version}: {came}" if came else content.version]


def _per_item_text(content: ReportContent, file: VerdictFile) -> str:
    if not file.n_masks:
        return "No mask has a verdict yet."
    counts = (
        f"{counted_text(file.n_readings, 'verdict')} on {counted_text(file.n_masks, 'mask')}, of which"
        f" {count_text(file.n_masks_read_again)} have more than one."
    )
    return f"{counts} {disagreement_text(content.settling)}".strip()


def _agreement_texts(content: ReportContent) -> list[str]:
    found = content.agreement
    if found is None:
        return ["No mask was read by two people, so how far they agree is not known."]
    if isinstance(found, NoEstimate):
        return [f"How far reviewers agree: no figure, {found.reason}."]
    return [
        f"Reviewers agree on {percent_text(found.observed.value)} ({range_text(found.observed.interval)} %)"
        f" of {counted_text(found.n_units, 'mask')} that two or more of them read{_alpha_text(found.alpha)}."
    ]


def _alpha_text(alpha: Coefficient | NoEstimate) -> str:
    if isinstance(alpha, NoEstimate):
        return ""
    low, high = coefficient_number(alpha.low), coefficient_number(alpha.high)
    return f"; Krippendorff's alpha {coefficient_number(alpha.value)} ({low} to {high})"


def _tools(content: ReportContent) -> list[str]:
    return list(dict.fromkeys(setting.model for setting in content.settings if setting.model))
