"""What a sample consists of, as records: its units, its settings, and what the settings made of the units."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from audit.errors import InputError
from audit.jobs.drawing import Allocation, Drawing, Shared
from audit.jobs.mask_copies import MaskCopies
from db.manifest import SettingRecord, fingerprint, frame_files
from db.mentions import Mention, load_mentions
from db.population import Population
from db.records import Sample, SampleSetting, Unit, UnitMask, WaveKind
from sampling.design.allocation_rules import PROPORTIONAL
from sampling.design.blocks import SMALLEST_BLOCK
from sampling.design.selection import annotation_ticket, entity_ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleResult:
    """A stored sample and what the command did to it.

    Attributes:
        n_new_units: units added; 0 where the sample was there already.
        new_settings: settings whose masks were copied.
        n_moved_images: units whose images were found to lie elsewhere now.
        n_blocks: blocks of the stored order; 0 where there is none.
        n_unjudged: units that had no verdict when a wave was drawn by those of the others.
    """

    sample: Sample
    n_new_units: int
    new_settings: tuple[str, ...]
    n_moved_images: int = 0
    n_blocks: int = 0
    n_unjudged: int = 0

    @property
    def remarks(self) -> tuple[str, ...]:
        """What somebody should know before the review."""
        unread = [
            stratum.split for stratum in self.sample.strata if stratum.n_units == 0 < stratum.n_entities
        ]
        empty = (f"{', '.join(unread)} gets no unit: no figure speaks of it",) if unread else ()
        return (*empty, *self._few_blocks(), *self._unjudged(), *self._region())

    def _few_blocks(self) -> tuple[str, ...]:
        n_units = sum(stratum.n_units for stratum in self.sample.strata)
        if not 0 < self.n_blocks * 2 * SMALLEST_BLOCK < n_units:
            return ()
        least = min((each for each in self.sample.strata if each.n_units), key=lambda each: each.n_units)
        return (
            f"the goal is looked at after blocks of {n_units // self.n_blocks} units only: every block holds "
            f"every split, and {least.split} has {least.n_units}",
        )

    def _unjudged(self) -> tuple[str, ...]:
        if not self.n_unjudged:
            return ()
        return (
            f"{self.n_unjudged:,} units of the earlier waves had no verdict yet; the wave was drawn by those "
            "of the others",
        )

    def _region(self) -> tuple[str, ...]:
        wave = self.sample.waves[-1] if self.sample.waves else None
        if wave is None or wave.kind is not WaveKind.REGION or not self.n_new_units:
            return ()
        bounds = " and ".join(f"{name} {value:.4g}" for name, value in wave.bounds.items())
        return (
            f"drawn among the masks of {self.sample.frame} with {bounds or 'no bound'}, where the verdicts "
            "of the first wave let hope for the target; by these units tune certifies",
        )


def fixed_sizes(allocation: Allocation) -> dict[str, int]:
    """Give the sizes that an allocation fixes."""
    return dict(allocation.fixed) if isinstance(allocation, Shared) else {}


def rule_name(allocation: Allocation) -> str:
    """Give the rule by which a sample's size is shared out when it grows; in proportion unless it says."""
    return str(allocation.rule) if isinstance(allocation, Shared) else str(PROPORTIONAL)


def annotation_ids_of(mentions: Iterable[Mention]) -> dict[str, str]:
    """Give mention id → annotation id."""
    return {mention.mention_id: mention.annotation_id for mention in mentions}


def load_drawn_mentions(
    population: Population, frame: SettingRecord, annotation_ids: Sequence[str]
) -> dict[str, Mention]:
    """Give the mentions of a frame by annotation id; raise InputError where one id is two mentions."""
    mentions: dict[str, Mention] = {}
    for mention in load_mentions(population, frame, annotation_ids):
        if mention.annotation_id in mentions:
            raise InputError(
                f"setting {frame.setting!r} has two mentions with the id {mention.annotation_id!r}: "
                "rename its files, whose names made the ids, or draw from another --frame"
            )
        mentions[mention.annotation_id] = mention
    return mentions


def unit_masks_of(copies: MaskCopies, unit_ids: Mapping[str, int]) -> list[UnitMask]:
    """Give copied masks as rows of a sample, under the ids of its units."""
    return [
        UnitMask(
            unit_id=unit_ids[made.annotation_id],
            setting=made.setting,
            state=made.state,
            mask_id=made.mask_id,
        )
        for made in copies.made
    ]


def sample_settings_of(settings: Sequence[SettingRecord]) -> list[SampleSetting]:
    """Give settings as a sample names them, with the fingerprint of their files as they are now."""
    return [
        SampleSetting(
            setting=setting.setting,
            reference=setting.reference,
            model=setting.model,
            is_subset=setting.subset_of is not None,
            fingerprint=fingerprint(frame_files(setting)),
        )
        for setting in settings
    ]


def units_of(
    drawing: Drawing, mentions: Mapping[str, Mention], seed: int, blocks: Mapping[str, int]
) -> list[Unit]:
    """Give what was drawn as units to be stored, those that `blocks` names with their place in the order."""
    units = []
    for drawn in drawing.mentions:
        mention = mentions[drawn.annotation_id]
        entity_id = drawn.candidate.entity_id
        units.append(
            Unit(
                unit_id=0,
                annotation_id=drawn.annotation_id,
                mention_id=mention.mention_id,
                entity_id=entity_id,
                entity_name=_storable(mention.entity_name),
                stratum=drawn.candidate.stratum,
                category=_storable(mention.category),
                source=_storable(mention.source),
                image_id=mention.image_id or "",
                images_root=mention.images_root,
                file_name=mention.file_name,
                question=_storable(mention.question),
                n_annotations_of_entity=drawn.n_annotations_of_entity,
                n_entities_in_stratum=drawn.n_entities_in_stratum,
                inclusion_probability=drawn.weights.inclusion_probability,
                design_weight=drawn.weights.design_weight,
                entity_weight=drawn.weights.entity_weight,
                annotation_ticket=annotation_ticket(seed, drawn.annotation_id),
                entity_ticket=entity_ticket(seed, entity_id),
                block=blocks.get(drawn.annotation_id),
            )
        )
    return units


def _storable(text: str | None) -> str | None:
    """The text without NUL, which PostgreSQL cannot hold; None where nothing is left to read."""
    kept = text.replace("\0", "\ufffd").strip() if text else None
    return kept or None
