"""An offline pack in a browser without a network: judged, kept, exported, and brought back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from audit.jobs.progress import SILENT
from audit.jobs.review_pack import PackRequest, write_pack
from audit.jobs.verdict_files import ImportResult, import_verdicts
from audit.jobs.workspace import open_workspace
from audit.review.queue import review_order
from audit.settings import Settings
from db.records import Reason, Verdict
from tests.browser.driving import press, wait_all_done, wait_painted
from tests.browser.review_workspace import (
    NOW,
    Mention,
    ReviewSample,
    add_review_sample,
    create_workspace,
    ellipse,
    usual_mentions,
)

pytestmark = pytest.mark.browser

NO_STORAGE = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };"


@dataclass
class Packed:
    """A sample and its pack for Ann."""

    folder: Path
    sample: ReviewSample
    files: tuple[Path, ...]

    def bring_back(self, csv: Path) -> ImportResult:
        return import_verdicts(self.sample.store, csv, None, datetime.now(UTC))


@pytest.fixture
def pack(tmp_path: Path) -> Callable[..., Packed]:
    """Packs mentions; by default the usual four, with two masks each."""

    def pack_mentions(mentions: list[Mention] | None = None, guideline: str = "", **changes: Any) -> Packed:
        store = create_workspace(tmp_path)
        if guideline:
            Settings(folder=tmp_path).guideline_file.write_text(guideline)
        images = tmp_path / "images"
        usual = usual_mentions(images)
        sample = add_review_sample(store, images, mentions or usual, "main")
        request = PackRequest(file=tmp_path / "pack.html", reviewer="ann", **changes)
        written = write_pack(open_workspace(tmp_path), request, now=NOW, progress=SILENT)
        return Packed(folder=tmp_path, sample=sample, files=written.files)

    return pack_mentions


@pytest.fixture
def open_pack(person: Callable[[], Any]) -> Callable[..., Any]:
    """Opens a pack in a browser of its own that has no network."""

    def open_file(file: Path, script: str = "") -> Any:
        page = person()
        page.context.set_offline(True)
        page.add_init_script(script)
        start(page, file)
        return page

    return open_file


def start(page: Any, file: Path) -> None:
    page.goto(file.as_uri())
    wait_painted(page)


def export(page: Any, file: Path) -> Path:
    """Export by keyboard."""
    page.focus("#pack-export")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename.startswith("verdicts-ann-")
    download.value.save_as(file)
    return file


def test_what_is_judged_without_a_network_comes_back_as_it_was_given(
    pack: Callable[..., Packed], open_pack: Callable[..., Any]
) -> None:
    packed = pack()
    page = open_pack(packed.files[0])
    order = review_order(packed.sample.unit_of_mask, seed=packed.sample.sample.seed, reviewer="ann")

    judged = [press(page, key) for key in ("a", "x", "3")]
    page.keyboard.press("u")
    page.wait_for_selector(f'.desk[data-task-id="{judged[2]}"]')
    assert press(page, "9") == judged[2]
    page.reload()
    wait_painted(page)
    assert page.inner_text(".count") == "3 / 8"
    assert page.locator(".strip button").count() == 3
    judged += [press(page, "a") for _ in range(5)]
    wait_all_done(page)
    file = export(page, packed.folder / "verdicts.csv")

    assert judged == list(order)
    result = packed.bring_back(file)
    assert (result.n_masks, result.n_new, result.ignored_columns) == (8, 8, ())
    standing = packed.sample.standing()
    assert {each.reviewer for each in standing.values()} == {"ann"}
    assert [standing[mask_id].verdict for mask_id in judged] == [
        Verdict.CORRECT,
        Verdict.INCORRECT,
        Verdict.UNSURE,
        *[Verdict.CORRECT] * 5,
    ]
    assert standing[judged[2]].reasons == (Reason.AMBIGUOUS_QUESTION,)
    assert all(0 < (each.seconds or 0) < 60 for each in standing.values())
    assert packed.bring_back(file).n_new == 0


def test_notes_and_flags_come_back(pack: Callable[..., Packed], open_pack: Callable[..., Any]) -> None:
    packed = pack()
    page = open_pack(packed.files[0])

    page.keyboard.press("f")
    page.keyboard.press("n")
    page.keyboard.type('a "quoted", note')
    page.keyboard.press("Enter")
    noted, plain = press(page, "a"), press(page, "x")
    packed.bring_back(export(page, packed.folder / "verdicts.csv"))

    standing = packed.sample.standing()
    assert (standing[noted].comment, standing[noted].flagged) == ('a "quoted", note', True)
    assert (standing[plain].comment, standing[plain].flagged) == ("", False)


def test_the_guideline_is_read_before_the_first_mask(
    pack: Callable[..., Packed], open_pack: Callable[..., Any]
) -> None:
    packed = pack(guideline="# Crows\n\nPress **correct** for crows.")
    page = open_pack(packed.files[0])

    assert page.inner_text(".sheet:visible h1, .sheet:visible h2") == "Crows"
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    page.wait_for_selector(".sheet:visible", state="detached")

    assert page.inner_text(".count") == "0 / 8"
    press(page, "a")


def test_a_pack_asks_the_network_for_nothing(pack: Callable[..., Packed], person: Callable[[], Any]) -> None:
    packed = pack()
    page = person()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))

    start(page, packed.files[0])
    press(page, "a")
    tried = page.evaluate("fetch('http://127.0.0.1:9/').then(() => 'sent', (error) => `${error}`)")

    assert tried == "TypeError: Failed to fetch"
    assert {url for url in requests if not url.startswith("blob:")} == {packed.files[0].as_uri()}


def test_each_part_opens_and_is_exported_alone(
    pack: Callable[..., Packed], open_pack: Callable[..., Any]
) -> None:
    packed = pack(max_part_bytes=400_000)
    assert len(packed.files) > 1
    page = open_pack(packed.files[0])

    judged = []
    for part, file in enumerate(packed.files):
        page.goto(file.as_uri())
        n_masks = int(page.inner_text(".count").split("/")[1])
        assert page.inner_text(".count") == f"0 / {n_masks}"
        judged += [press(page, "x") for _ in range(n_masks)]
        wait_all_done(page)
        assert f"Part {part + 1}" in page.inner_text("#pack-text")
        assert packed.bring_back(export(page, packed.folder / f"{part}.csv")).n_new == n_masks

    assert set(judged) == set(packed.sample.standing()) == set(packed.sample.unit_of_mask)


def test_a_browser_that_keeps_nothing_says_so_and_exports_all_the_same(
    pack: Callable[..., Packed], open_pack: Callable[..., Any]
) -> None:
    packed = pack()
    page = open_pack(packed.files[0], NO_STORAGE)

    judged = {press(page, "a") for _ in range(3)}
    told = page.inner_text("#pack-text")
    packed.bring_back(export(page, packed.folder / "verdicts.csv"))

    assert "This browser keeps nothing: export before you close or reload this page." in told
    assert page.inner_text(".saved") == "Only in this tab: do not close it"
    assert set(packed.sample.standing()) == judged


def test_two_tabs_of_a_pack_keep_the_latest_of_what_both_judged(
    pack: Callable[..., Packed], open_pack: Callable[..., Any]
) -> None:
    packed = pack()
    page = open_pack(packed.files[0])
    other = page.context.new_page()
    other.goto(packed.files[0].as_uri())
    wait_painted(other)

    first = press(page, "a")
    other.wait_for_selector(f'.desk[data-painted="true"]:not([data-task-id="{first}"])')
    other.keyboard.press("q")
    other.wait_for_selector(f'.desk[data-painted="true"][data-task-id="{first}"]')
    assert press(other, "x") == first
    second = press(other, "x")
    packed.bring_back(export(page, packed.folder / "verdicts.csv"))

    standing = packed.sample.standing()
    assert {mask_id: each.verdict for mask_id, each in standing.items()} == {
        first: Verdict.INCORRECT,
        second: Verdict.INCORRECT,
    }


def test_hostile_names_are_text_in_a_pack(pack: Callable[..., Packed], open_pack: Callable[..., Any]) -> None:
    names = [
        "</script><script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>",
        "<!-- <script> \u202eright to left\u202c \"quoted\" 'twice' \\u003c/script>",
        "x" * 10_000,
    ]
    mask = ellipse((300, 451), 150, 220, 200, 200)
    mentions = [Mention(entity=each, question=each, file_name="cat.jpg", masks=[mask]) for each in names]
    packed = pack(mentions)
    page = open_pack(packed.files[0])

    seen = set()
    for _ in names:
        wait_painted(page)
        seen.add(page.text_content('[data-ref="entity"]'))
        press(page, "a")

    assert seen == set(names)
    assert page.evaluate("window.hacked") is None
    assert packed.bring_back(export(page, packed.folder / "verdicts.csv")).n_new == 3


@pytest.mark.slow
def test_twelve_megapixel_photos_are_judged_from_a_pack(
    pack: Callable[..., Packed], open_pack: Callable[..., Any], tmp_path: Path
) -> None:
    images = tmp_path / "images"
    images.mkdir(exist_ok=True)
    mask = ellipse((3000, 4000), 1500, 2000, 900, 700)
    mentions = []
    for number in range(4):
        pixels = np.random.default_rng(number).integers(0, 255, (300, 400, 3), dtype=np.uint8)
        Image.fromarray(pixels).resize((4000, 3000)).save(images / f"{number}.jpg", quality=95)
        mentions.append(
            Mention(entity=f"Noise {number}", question=None, file_name=f"{number}.jpg", masks=[mask])
        )
    packed = pack(mentions)
    page = open_pack(packed.files[0])

    judged = {press(page, "a") for _ in mentions}

    wait_all_done(page)
    packed.bring_back(export(page, packed.folder / "verdicts.csv"))
    assert set(packed.sample.standing()) == judged == set(packed.sample.unit_of_mask)
