"""Small valid records and files for tests; each argument that matters to a test is named by it."""

from dataclasses import replace
from datetime import UTC, datetime

from db.records import FrameFile, Mask, MaskState, Sample, SampleSetting, Stratum, Unit, UnitMask

SOME_DAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def a_sample(**changes: object) -> Sample:
    sample = Sample(
        sample_id=0,
        name="main",
        seed=7,
        unit="entity",
        across="splits",
        per_entity=1,
        allocation="query=2",
        fixed={},
        frame="A",
        population_fingerprint="f" * 64,
        frame_files=(FrameFile(file="a.json", fingerprint="0" * 64, n_annotations=9),),
        created_at=SOME_DAY,
        allocation_rule="proportional",
        size_measure="none",
        goal="describe",
        target=None,
        margin=None,
        contrast=None,
        strata=(
            Stratum(split="query", n_units=2, n_entities_drawn=2, n_entities=4, n_annotations=9, n_first=2),
        ),
    )
    return replace(sample, **changes)


def a_unit(annotation_id: str, **changes: object) -> Unit:
    unit = Unit(
        unit_id=0,
        annotation_id=annotation_id,
        mention_id=annotation_id,
        entity_id=f"Q{annotation_id}",
        entity_name="Crow",
        stratum="query",
        category="animal",
        image_id="i1",
        images_root=None,
        file_name="crow.jpg",
        question="what bird is this?",
        n_annotations_of_entity=2,
        n_entities_in_stratum=4,
        inclusion_probability=0.25,
        design_weight=4.0,
        entity_weight=2.0,
        annotation_ticket="0" * 64,
        entity_ticket="1" * 64,
        block=None,
    )
    return replace(unit, **changes)


def a_mask(mask_id: str, **changes: object) -> Mask:
    mask = Mask(mask_id=mask_id, height=2, width=3, parts=(b"132",), area=3, unjudgable=None)
    return replace(mask, **changes)


def made_by(
    setting: str, unit_id: int, mask_id: str | None, state: MaskState = MaskState.PRESENT
) -> UnitMask:
    return UnitMask(unit_id=unit_id, setting=setting, state=state, mask_id=mask_id)


def a_setting(name: str, **changes: object) -> SampleSetting:
    setting = SampleSetting(setting=name, reference=None, model=None, is_subset=False, fingerprint="0" * 64)
    return replace(setting, **changes)
