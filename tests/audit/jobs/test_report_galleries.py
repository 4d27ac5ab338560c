"""The galleries of a report: what they say of how they were drawn, and how many pictures they hold."""

from pathlib import Path

import pytest

from audit.jobs.report_galleries import GalleryLimits, report_galleries
from audit.jobs.workspace import open_workspace
from db.records import Reason
from db.store import Store
from reports.blocks import Gallery
from reports.galleries import ReportGalleries
from tests.audit.jobs.shown_samples import MISSING, RIGHT, WRONG, Column, add_shown_sample, wrong

SPILLS, PART = wrong(Reason.SPILLS_OVER), wrong(Reason.PART_MISSING)

THREE = GalleryLimits(n_each=3)


def made(
    store: Store, folder: Path, columns: dict[str, Column], limits: GalleryLimits = THREE
) -> ReportGalleries:
    state = add_shown_sample(store, folder / "images", columns)
    names = {setting: f"setting {setting}" for setting in columns}
    return report_galleries(open_workspace(folder), state, names, limits)


def pictures(galleries: ReportGalleries) -> dict[str, bytes]:
    return {
        picture.name: picture.jpeg
        for gallery in (*galleries.failures, *galleries.verdicts, *galleries.discordant)
        for exhibit in gallery.exhibits
        for picture in exhibit.pictures
    }


def by_key(galleries: ReportGalleries) -> dict[str, Gallery]:
    every = (*galleries.failures, *galleries.verdicts, *galleries.discordant)
    return {gallery.key: gallery for gallery in every}


def test_every_gallery_says_how_many_it_shows_of_how_many(store: Store, tmp_path: Path) -> None:
    columns = {"A": [SPILLS] * 4 + [RIGHT] * 2, "B": [RIGHT] * 4 + [MISSING, RIGHT]}
    galleries = made(store, tmp_path, columns)

    assert {key: gallery.caption for key, gallery in by_key(galleries).items()} == {
        "failures": "Masks judged incorrect: 2 of 4, of each reason at most 2, those with the smallest"
        " tickets. The most frequent reason comes first; a mask may have several, and one that several"
        " settings made counts once.",
        "wrong-1": "Masks judged incorrect: 3 of 4, those with the smallest tickets.",
        "right-1": "Masks judged correct: 2 of 2.",
        "right-2": "Masks judged correct: 3 of 5, those with the smallest tickets.",
        "discordant-1-2": "Mentions of which one mask is right and the other wrong or missing: 3 of 5, those"
        " with the smallest tickets. setting A, shown first, is right on 1, and setting B on 4.",
    }
    assert "“mask-audit/1”, “gallery”, “7” and the annotation id" in galleries.notes[0]
    assert len(galleries.notes) == 1


def test_missing_masks_are_counted_where_wrong_ones_are_shown(store: Store, tmp_path: Path) -> None:
    galleries = made(store, tmp_path, {"A": [SPILLS, MISSING, MISSING]})

    assert by_key(galleries)["wrong-1"].caption == (
        "Masks judged incorrect: 1 of 1. Mentions without a mask, which are wrong too and have none to show:"
        " 2."
    )


def test_typical_failures_come_by_reason_the_most_frequent_first_and_each_mention_once(
    store: Store, tmp_path: Path
) -> None:
    columns = {"A": [PART, SPILLS, SPILLS, SPILLS, WRONG], "B": [RIGHT, SPILLS, SPILLS, SPILLS, RIGHT]}
    [failures] = made(store, tmp_path, columns).failures

    assert [exhibit.lines[0] for exhibit in failures.exhibits] == [
        "Spills over: 6 of 8",
        "Spills over: 6 of 8",
        "Part missing: 1 of 8",
    ]
    assert len({exhibit.lines[-1] for exhibit in failures.exhibits}) == 3
    assert failures.caption.endswith(" No reason was given for 1.")


def test_without_reasons_there_are_no_typical_failures(store: Store, tmp_path: Path) -> None:
    galleries = made(store, tmp_path, {"A": [WRONG, RIGHT]})

    assert galleries.failures == ()
    assert set(by_key(galleries)) == {"wrong-1", "right-1"}


@pytest.mark.parametrize("n_each", [0, 3])
def test_where_nothing_is_judged_or_asked_for_there_is_no_gallery(
    store: Store, tmp_path: Path, n_each: int
) -> None:
    column = [SPILLS, RIGHT] if n_each == 0 else [MISSING, MISSING]

    assert made(store, tmp_path, {"A": column}, GalleryLimits(n_each=n_each)) == ReportGalleries()


def test_a_picture_in_several_galleries_is_one_picture(store: Store, tmp_path: Path) -> None:
    galleries = made(store, tmp_path, {"A": [SPILLS]})

    [failure], [wrong_mask] = galleries.failures[0].exhibits, galleries.verdicts[0].exhibits
    assert failure.pictures == wrong_mask.pictures


def test_a_bound_shortens_the_longest_galleries_first_and_says_so(store: Store, tmp_path: Path) -> None:
    columns = {"A": [SPILLS] * 3 + [RIGHT] * 3, "B": [RIGHT] * 3 + [SPILLS] * 3}
    galleries = made(store, tmp_path, columns, GalleryLimits(n_each=3, n_pictures=7))

    shown = {key: len(gallery.exhibits) for key, gallery in by_key(galleries).items()}
    assert len(pictures(galleries)) <= 7
    assert max(shown.values()) - min(shown.values()) <= 1
    assert galleries.notes[1].startswith("A report shows at most 7 pictures.")


def test_of_many_pairs_of_settings_those_that_differ_most_are_shown_and_the_rest_is_said(
    store: Store, tmp_path: Path
) -> None:
    columns = {
        name: [SPILLS] * n_wrong + [RIGHT] * (6 - n_wrong)
        for name, n_wrong in {"A": 0, "B": 1, "C": 2, "D": 3, "E": 6}.items()
    }

    galleries = made(store, tmp_path, columns, GalleryLimits(n_each=1))

    assert [gallery.key.removeprefix("discordant-") for gallery in galleries.discordant] == [
        "1-2", "1-3", "1-4", "1-5", "2-4", "2-5", "3-5", "4-5",
    ]  # fmt: skip
    assert galleries.notes[-1] == (
        "Pairs of settings that were judged differently on some mention: 10; galleries show the 8 with the"
        " most such mentions."
    )


def test_no_report_has_more_pictures_than_it_may(store: Store, tmp_path: Path) -> None:
    columns = {
        "A": [RIGHT, WRONG, SPILLS, PART, RIGHT],
        "B": [WRONG, RIGHT, MISSING, SPILLS, RIGHT],
        "C": [SPILLS, SPILLS, RIGHT, RIGHT, RIGHT],
    }
    state = add_shown_sample(store, tmp_path / "images", columns)
    workspace = open_workspace(tmp_path)
    n_before = 0
    for n_pictures in (0, 1, 2, 9, 20, 60):
        limits = GalleryLimits(n_each=4, n_pictures=n_pictures)

        galleries = report_galleries(workspace, state, {name: name for name in columns}, limits)

        n = len(pictures(galleries))
        assert n_before <= n <= n_pictures
        assert all(gallery.exhibits for gallery in by_key(galleries).values())
        n_before = n
    assert len(galleries.notes) == 1
