"""The masks of a setting with their features, for those who decide by them."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from audit.errors import InputError, NotReadyError
from audit.features.catalogue import Needs
from audit.features.references import OF_PAIRS, FeatureReference
from audit.jobs.measure import FeatureState, feature_state
from db.features import FeatureTable
from db.manifest import SettingRecord
from db.measured import FeatureColumn, MeasuredMasks, open_measured
from db.population import Population


@contextmanager
def open_measured_masks(
    population: Population,
    setting: SettingRecord,
    references: Iterable[FeatureReference],
    *,
    only: Sequence[str] | None = None,
) -> Iterator[MeasuredMasks]:
    """Give the masks of a setting with some features, each under its reference.

    Args:
        population: holds the masks and their features.
        setting: whose masks.
        references: of the features; one that is named twice comes once. None of them need be measured.
        only: annotation ids to which the masks are restricted; None is all.

    Raises:
        NotReadyError: features are asked for and the population was not measured, or not since it changed.
        InputError: a feature is of a pair with a setting that is not there.
    """
    wanted = list(dict.fromkeys(references))
    if wanted:
        refuse_unmeasured(population)
    _refuse_unknown_settings(population, setting, wanted)
    with open_measured(population, setting, [_column(each) for each in wanted], only=only) as masks:
        yield masks


def refuse_unmeasured(population: Population) -> None:
    """Raise NotReadyError unless the features of every mask are there."""
    match feature_state(population):
        case FeatureState.NONE:
            raise NotReadyError(
                "the masks are not measured yet, and their features are needed: run mask-audit measure"
            )
        case FeatureState.OUTDATED:
            raise NotReadyError(
                "masks were ingested or changed since they were measured, and their features are needed: "
                "run mask-audit measure again, which measures only what is new"
            )
        case FeatureState.HARMED:
            raise NotReadyError(
                "files of the masks' features are gone or cut short, and the features are needed: run "
                "mask-audit measure again, which writes only those"
            )


def _refuse_unknown_settings(
    population: Population, setting: SettingRecord, references: Iterable[FeatureReference]
) -> None:
    names = [each.setting for each in population.manifest().settings]
    for reference in references:
        if reference.other == setting.setting:
            raise InputError(
                f"feature {reference} compares {setting.setting!r} with itself: name another one"
            )
        if reference.other is not None and reference.other not in names:
            raise InputError(
                f"feature {reference}: there is no setting {reference.other!r}: there are {', '.join(names)}"
            )


def _column(reference: FeatureReference) -> FeatureColumn:
    name = str(reference)
    if reference.name in OF_PAIRS:
        pair = OF_PAIRS[reference.name]
        return FeatureColumn(
            name=name,
            table=FeatureTable.PAIRS,
            column=pair.column,
            swapped=pair.swapped,
            other=reference.other,
        )
    of_settings = reference.feature.needs is Needs.SETTINGS
    table = FeatureTable.SETTINGS if of_settings else FeatureTable.MASKS
    return FeatureColumn(name=name, table=table, column=reference.name)
