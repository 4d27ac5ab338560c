"""The arrangement of Table 1: references as rows, models as columns, and the rows that span all models."""

from dataclasses import dataclass

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
    """What people call a setting: reference × model; its own name where it lacks one or shares both."""
    if setting.reference is None or setting.model is None:
        return setting.setting
    pair = f"{setting.reference} × {setting.model}"
    is_shared = sum((s.reference, s.model) == (setting.reference, setting.model) for s in settings) > 1
    return f"{pair} ({setting.setting})" if is_shared else pair
