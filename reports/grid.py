"""The arrangement of Table 1: references as rows, models as columns, and the rows that span all models."""

from dataclasses import dataclass
from itertools import zip_longest

from reports.results import SettingResult


@dataclass(frozen=True, slots=True, kw_only=True)
class GridRow:
    """One reference.

    Attributes:
        cells: for each model, the settings made with it; mostly one, none where the pair was not made.
    """

    reference: str
    cells: tuple[tuple[SettingResult, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Table 1 before it is drawn.

    Attributes:
        models: the columns, in the order of the settings.
        rows: the references, in the order of the settings.
        spanning: settings without a place in the grid, as they lack a reference or a model or both.
    """

    models: tuple[str, ...]
    rows: tuple[GridRow, ...]
    spanning: tuple[SettingResult, ...]

    @property
    def lines(self) -> tuple[tuple[SettingResult | None, ...], ...]:
        """The setting of every number, line by line as Table 1 is drawn; None where a field is empty."""
        placed = (line for row in self.rows for line in zip_longest(*row.cells))
        return (*placed, *((setting,) for setting in self.spanning))


def arrange(settings: tuple[SettingResult, ...]) -> Grid:
    """Table 1 of these settings; without any pair of reference and model it has spanning rows alone."""
    placed = {
        setting.setting: (setting.reference, setting.model)
        for setting in settings
        if setting.reference is not None and setting.model is not None
    }
    references = tuple(dict.fromkeys(reference for reference, _ in placed.values()))
    models = tuple(dict.fromkeys(model for _, model in placed.values()))
    return Grid(
        models=models,
        rows=tuple(
            GridRow(
                reference=reference,
                cells=tuple(
                    tuple(s for s in settings if placed.get(s.setting) == (reference, model))
                    for model in models
                ),
            )
            for reference in references
        ),
        spanning=tuple(setting for setting in settings if setting.setting not in placed),
    )


def setting_name(setting: SettingResult, settings: tuple[SettingResult, ...]) -> str:
    """What people call a setting: reference × model, with its own name where others share both.

    No two settings are called the same: one that would be called like another goes by its own name alone.
    """
    name = _paired_name(setting, settings)
    others = (other for other in settings if other.setting != setting.setting)
    is_taken = any(name in (other.setting, _paired_name(other, settings)) for other in others)
    return setting.setting if is_taken else name


def _paired_name(setting: SettingResult, settings: tuple[SettingResult, ...]) -> str:
    if setting.reference is None or setting.model is None:
        return setting.setting
    pair = f"{setting.reference} × {setting.model}"
    is_shared = sum((s.reference, s.model) == (setting.reference, setting.model) for s in settings) > 1
    return f"{pair} ({setting.setting})" if is_shared else pair
