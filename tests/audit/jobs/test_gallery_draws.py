"""What galleries may show: everything of a kind, in an order that chance gave and anybody can recompute."""

from hashlib import sha256
from pathlib import Path

from audit.jobs.gallery_draws import (
    Specimen,
    discordant_pairs,
    distinct_wrong_masks,
    right_masks,
    wrong_masks,
)
from db.records import Reason
from db.store import Store
from tests.audit.jobs.shown_samples import (
    MISSING,
    PENDING,
    RIGHT,
    UNSURE,
    WRONG,
    Said,
    add_shown_sample,
    wrong,
)


def ids(specimens: tuple[Specimen, ...]) -> set[str]:
    return {specimen.unit.annotation_id for specimen in specimens}


def test_masks_come_in_the_order_of_their_tickets(store: Store, tmp_path: Path) -> None:
    state = add_shown_sample(store, tmp_path / "images", {"A": [RIGHT] * 20})

    shown = [specimen.unit.annotation_id for specimen in right_masks(state, "A")]

    assert shown == sorted(
        (f"a{number}" for number in range(20)),
        key=lambda each: sha256(f"mask-audit/1\ngallery\n7\n{each}".encode()).hexdigest(),
    )


def test_every_judged_mask_is_right_or_wrong_and_no_other_is_shown(store: Store, tmp_path: Path) -> None:
    column = [RIGHT, wrong(Reason.SPILLS_OVER), UNSURE, PENDING, MISSING, RIGHT]
    state = add_shown_sample(store, tmp_path / "images", {"A": column})

    assert ids(right_masks(state, "A")) == {"a0", "a5"}
    [one] = wrong_masks(state, "A")
    assert one.unit.annotation_id == "a1"
    assert one.masks[0].reasons == (Reason.SPILLS_OVER,)


def test_settings_differ_where_one_is_right_and_the_other_wrong_or_missing(
    store: Store, tmp_path: Path
) -> None:
    columns = {
        "A": [RIGHT, WRONG, RIGHT, WRONG, RIGHT, RIGHT, UNSURE],
        "B": [WRONG, RIGHT, MISSING, WRONG, RIGHT, PENDING, RIGHT],
    }
    state = add_shown_sample(store, tmp_path / "images", columns)

    pairs = discordant_pairs(state, "A", "B")

    assert ids(pairs) == {"a0", "a1", "a2"}
    assert {tuple(mask.settings for mask in pair.masks) for pair in pairs} == {(("A",), ("B",))}
    assert {pair.masks[1].mask_id for pair in pairs if pair.unit.annotation_id == "a2"} == {None}
    assert ids(discordant_pairs(state, "B", "A")) == ids(pairs)


def test_a_mask_that_two_settings_made_is_one_failure(store: Store, tmp_path: Path) -> None:
    shared = Said(verdict=WRONG.verdict, shape="same")
    columns = {"A": [shared, WRONG], "B": [shared, RIGHT]}
    state = add_shown_sample(store, tmp_path / "images", columns)

    found = {specimen.unit.annotation_id: specimen.masks[0] for specimen in distinct_wrong_masks(state)}

    assert {unit: mask.settings for unit, mask in found.items()} == {"a0": ("A", "B"), "a1": ("A",)}
    assert discordant_pairs(state, "A", "B")[0].unit.annotation_id == "a1"
