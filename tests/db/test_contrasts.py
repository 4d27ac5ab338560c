"""Which mentions differ, and what is drawn of them, equals going through them one by one."""

import resource
import shutil
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.contrasts import Contrast, ContrastCounts, count_shared_masks, open_contrast
from db.drawing import Phase1, open_draw
from db.errors import UnreachableError
from db.manifest import SettingRecord
from db.population import Population
from sampling.design.frame import Across, Candidate, FrameUnit
from sampling.design.selection import draw, entity_candidates
from tests.db.settings_of_masks import FrameMention, Made, put_frame, put_masks

SPLITS = ["entity", "query", "wiki"]
IDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=4)
FRAMES = st.lists(
    st.builds(
        FrameMention,
        mention_id=IDS,
        entity_id=st.sampled_from(["Q1", "Q2", "Q3", 'crow\'s "nest"', "鴉"]),
        split=st.sampled_from(SPLITS),
    ),
    unique_by=lambda mention: mention.mention_id,
    min_size=1,
    max_size=25,
)
MADE: st.SearchStrategy[Made | None] = st.sampled_from([0, 0, 1, 2, "missing", "unreadable", None])
"""None: the setting has no row."""

A, B = SettingRecord(setting="A"), SettingRecord(setting="B")
B_IS_SUBSET = SettingRecord(setting="B", subset_of="A")


@st.composite
def frames_and_masks(
    draw: st.DrawFn, n_settings: int
) -> tuple[list[FrameMention], list[dict[str, Made | None]]]:
    """A frame, and what some settings made of its mentions and of one that it does not have."""
    frame = draw(FRAMES)
    mention_ids = [mention.mention_id for mention in frame]
    return frame, [
        {mention_id: draw(MADE) for mention_id in [*mention_ids, "elsewhere"]} for _ in range(n_settings)
    ]


def rows(made: Mapping[str, Made | None]) -> dict[str, Made]:
    return {mention_id: each for mention_id, each in made.items() if each is not None}


def outcome(a: Made | None, b: Made | None, b_setting: SettingRecord) -> str:
    absent = "dropped" if b_setting.subset_of else "missing"
    both = ("missing" if a is None else a, absent if b is None else b)
    if "dropped" in both:
        return "dropped"
    if "unreadable" in both:
        return "unreadable"
    return "same" if both[0] == both[1] else "differs"


def counted(mentions: Sequence[FrameMention], outcomes: Mapping[str, str]) -> tuple[int, ...]:
    def having(*wanted: str) -> list[FrameMention]:
        return [mention for mention in mentions if outcomes[mention.mention_id] in wanted]

    return (
        len(having("same", "differs")),
        len({mention.entity_id for mention in having("same", "differs")}),
        len(having("differs")),
        len({mention.entity_id for mention in having("differs")}),
        len(having("dropped")),
        len(having("unreadable")),
    )


def as_tuple(counts: ContrastCounts) -> tuple[int, ...]:
    return (
        counts.n_annotations,
        counts.n_entities,
        counts.n_differing,
        counts.n_entities_differing,
        counts.n_dropped,
        counts.n_unreadable,
    )


def drawn(contrast: Contrast, seed: int, n: int) -> list[Candidate]:
    with open_draw([contrast.differing], Phase1.ENTITY, seed=seed, splits=[], per_entity=1) as engine:
        return [
            Candidate(
                stratum=row.split,
                entity_id=row.entity_id,
                annotation_ids=row.annotation_ids,
                n_annotations=row.n_annotations,
                ticket=row.ticket,
            )
            for stratum in engine.strata()
            for row in engine.smallest(stratum.split, n)
        ]


@pytest.mark.slow
@pytest.mark.parametrize("b", [B, B_IS_SUBSET], ids=["complete", "subset"])
@given(
    world=frames_and_masks(2),
    seed=st.integers(0, 2**63 - 1),
    splits=st.lists(st.sampled_from(SPLITS), unique=True),
    n_sources=st.integers(1, 3),
)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_contrast_and_its_draw_equal_the_pure_ones(
    tmp_path_factory: pytest.TempPathFactory,
    b: SettingRecord,
    world: tuple[list[FrameMention], list[dict[str, Made | None]]],
    seed: int,
    splits: list[str],
    n_sources: int,
) -> None:
    mentions, (made_by_a, made_by_b) = world
    population = Population(tmp_path_factory.mktemp("population"))
    frame = put_frame(population, mentions, n_sources)
    pair = (
        put_masks(population, A, rows(made_by_a)),
        put_masks(population, b, dict(reversed(rows(made_by_b).items())), n_sources),
    )
    inside = [mention for mention in mentions if not splits or mention.split in splits]
    outcomes = {
        mention.mention_id: outcome(made_by_a[mention.mention_id], made_by_b[mention.mention_id], b)
        for mention in inside
    }
    candidates = entity_candidates(
        [
            FrameUnit(annotation_id=mention.annotation_id, entity_id=mention.entity_id, split=mention.split)
            for mention in inside
            if outcomes[mention.mention_id] == "differs"
        ],
        seed,
        Across.SPLITS,
        1,
    )
    with open_contrast(population, frame, pair, splits=splits) as contrast:
        assert as_tuple(contrast.overall) == counted(inside, outcomes)
        assert {split: as_tuple(counts) for split, counts in contrast.by_split.items()} == {
            split: counted([mention for mention in inside if mention.split == split], outcomes)
            for split in sorted({mention.split for mention in inside})
        }
        assert drawn(contrast, seed, len(inside)) == candidates
        strata = sorted({candidate.stratum for candidate in candidates})
        assert drawn(contrast, seed, 1) == draw(candidates, dict.fromkeys(strata, 1))
        entities = {mention.entity_id for mention in inside}
        sizes = contrast.n_annotations_of(entities)
        assert sizes == {
            entity_id: n
            for entity_id in entities
            if (n := counted([each for each in inside if each.entity_id == entity_id], outcomes)[0])
        }
        with open_draw([contrast.differing], Phase1.ENTITY, seed=seed, splits=[], per_entity=1) as engine:
            summed = engine.differing(contrast.compared)
        assert summed.keys() == set(strata)
        for split, found in summed.items():
            here = [each for each in candidates if each.stratum == split]
            assert found.n_differing == sum(each.n_annotations for each in here)
            parts = sum(each.n_annotations / sizes[each.entity_id] for each in here)
            assert found.entity_parts == pytest.approx(parts)


def test_a_mask_that_one_setting_lacks_differs_and_one_that_both_lack_does_not(tmp_path: Path) -> None:
    population = Population(tmp_path)
    mentions = [FrameMention(mention_id=str(k), entity_id="Q1", split="all") for k in range(4)]
    frame = put_frame(population, mentions)
    pair = (
        put_masks(population, A, {"0": 1, "1": "missing", "2": "missing"}),
        put_masks(population, B, {"0": "missing", "1": 1}),
    )
    with open_contrast(population, frame, pair, splits=[]) as contrast:
        counts = contrast.by_split["all"]
    assert (counts.n_annotations, counts.n_differing) == (4, 2)
    assert (counts.n_missing_in_a, counts.n_missing_in_b) == (3, 3)


@pytest.mark.slow
@given(world=frames_and_masks(3))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_shared_masks_are_counted_as_by_hand(
    tmp_path_factory: pytest.TempPathFactory,
    world: tuple[list[FrameMention], list[dict[str, Made | None]]],
) -> None:
    mentions, made = world
    population = Population(tmp_path_factory.mktemp("population"))
    frame = put_frame(population, mentions)
    names = ["A", "B", "C"]
    records = [
        put_masks(population, SettingRecord(setting=name), rows(each))
        for name, each in zip(names, made, strict=True)
    ]
    sharing = count_shared_masks(population, frame, records, splits=[])
    masks = [
        [each[mention.mention_id] for each in made if isinstance(each[mention.mention_id], int)]
        for mention in mentions
    ]
    assert sharing.n_mentions == sum(bool(each) for each in masks)
    assert sharing.n_made == sum(map(len, masks))
    assert sharing.n_distinct == sum(len(set(each)) for each in masks)
    for pair, (i, j) in zip(sharing.pairs, combinations(range(3), 2), strict=True):
        both = [(made[i][each.mention_id], made[j][each.mention_id]) for each in mentions]
        both = [(a, b) for a, b in both if isinstance(a, int) and isinstance(b, int)]
        assert (pair.a, pair.b) == (names[i], names[j])
        assert (pair.n_both, pair.n_same) == (len(both), sum(a == b for a, b in both))
        assert pair.rate == (pair.n_same / len(both) if both else None)


def test_shared_masks_of_some_splits_leave_out_the_others(tmp_path: Path) -> None:
    population = Population(tmp_path)
    mentions = [FrameMention(mention_id=split, entity_id="Q1", split=split) for split in SPLITS]
    frame = put_frame(population, mentions)
    records = [put_masks(population, each, dict.fromkeys(SPLITS, 1)) for each in (A, B)]
    sharing = count_shared_masks(population, frame, records, splits=["wiki", "query"])
    assert (sharing.n_mentions, sharing.n_made, sharing.n_distinct) == (2, 4, 2)
    assert sharing.pairs[0].rate == 1


def a_small_contrast(population: Population) -> tuple[SettingRecord, tuple[SettingRecord, SettingRecord]]:
    mentions = [FrameMention(mention_id=str(k), entity_id=f"Q{k}", split="all") for k in range(2000)]
    frame = put_frame(population, mentions)
    return frame, (
        put_masks(population, A, {mention.mention_id: 1 for mention in mentions}),
        put_masks(population, B, {mention.mention_id: 2 for mention in mentions}),
    )


def test_identities_that_are_gone_are_told_in_one_sentence(tmp_path: Path) -> None:
    population = Population(tmp_path)
    frame, pair = a_small_contrast(population)
    shutil.rmtree(population.folder / pair[1].sources[0].folder)
    with (
        pytest.raises(UnreachableError, match="ingesting them again brings them back"),
        open_contrast(population, frame, pair, splits=[]),
    ):
        pass


def test_a_disk_without_room_for_the_comparison_is_told_in_one_sentence(tmp_path: Path) -> None:
    population = Population(tmp_path)
    frame, pair = a_small_contrast(population)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with (
            pytest.raises(UnreachableError, match="check that the disk has room"),
            open_contrast(population, frame, pair, splits=[]),
        ):
            pass
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
