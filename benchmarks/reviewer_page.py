"""How long from a key press to the next mask on the screen, and to another overlay: our page and its peer.

    python benchmarks/reviewer_page.py --masks 60 --width 1024 --height 768

Drives both pages in a headless Chromium on loopback with one key press every `--pause` ms, and prints median
and 95th percentile of both and their ratio. The clock runs in the browser, from the key's own time stamp to
the frame after the picture was drawn.
"""

import argparse
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from skimage import data

from audit.jobs.serve import ServeRequest, review_command, review_environment, wait_until_it_answers
from tests.browser.review_workspace import Mention, add_review_sample, create_workspace, ellipse

if TYPE_CHECKING:
    from playwright.sync_api import Page

PEER_PAGE = Path(__file__).with_name("button_page.py")
CHROMIUM_FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-sync"]

AFTER_THE_FRAME = """
window.times = [];
window.pressed = null;
addEventListener("keydown", (event) => { window.pressed = event.timeStamp; }, {capture: true});
window.afterFrame = () => requestAnimationFrame(() => {
    const {port1, port2} = new MessageChannel();
    port1.onmessage = () => {
        if (window.pressed !== null) window.times.push(performance.now() - window.pressed);
        window.pressed = null;
    };
    port2.postMessage(null);
});
"""

# The desk says itself when its item is on the screen, by the same measure: one frame, then a message.
WATCH_DESK = """
(desk) => new MutationObserver(() => {
    if (desk.dataset.painted !== "true" || window.pressed === null) return;
    window.times.push(performance.now() - window.pressed);
    window.pressed = null;
}).observe(desk, {attributes: true, attributeFilter: ["data-painted"]})
"""

WATCH_IMAGE = """
() => document.addEventListener("load", (event) => {
    if (event.target.tagName === "IMG") window.afterFrame();
}, {capture: true})
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """The times of one page, milliseconds."""

    to_next: list[float]
    to_toggle: list[float]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--masks", type=int, default=60)
    parser.add_argument("--width", type=int, default=1024)
    parser.add_argument("--height", type=int, default=768)
    parser.add_argument(
        "--pause", type=int, default=400, help="ms between key presses (a person takes 1,500)"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder)
        _build(workspace, options.masks, options.width, options.height)
        ours = _ours(workspace, options.masks, options.pause)
        peer = _peer(workspace, options.masks, options.pause)
    print(f"{options.masks} masks on {options.width}×{options.height} photos, a key every {options.pause} ms")
    for name, walk in (("component", ours), ("st.button in a fragment", peer)):
        print(f"{name:<24} next {_shown(walk.to_next)}   toggle {_shown(walk.to_toggle)}")
    to_next, to_toggle = _ratio(peer.to_next, ours.to_next), _ratio(peer.to_toggle, ours.to_toggle)
    print(f"ratio of medians: next {to_next}, toggle {to_toggle}")


def _build(workspace: Path, n_masks: int, width: int, height: int) -> None:
    images = workspace / "images"
    images.mkdir(parents=True)
    photographs = [data.chelsea(), data.astronaut(), data.coffee(), data.rocket()]
    random = np.random.default_rng(1)
    mentions = []
    for index in range(n_masks):
        photo = Image.fromarray(np.roll(photographs[index % 4], index * 7, axis=1)).resize((width, height))
        photo.save(images / f"{index}.jpg", quality=90)
        row, column = random.uniform(0.3, 0.7, 2) * (height, width)
        mask = ellipse((height, width), int(row), int(column), height // 3, width // 4)
        mentions.append(
            Mention(entity=f"Thing {index}", question="what is this?", file_name=f"{index}.jpg", masks=[mask])
        )
    store = create_workspace(workspace)
    add_review_sample(store, images, mentions, "walk")
    store.close()


def _ours(workspace: Path, n_masks: int, pause: int) -> Walk:
    with _served(workspace, review_command) as request, _page(request.address) as page:
        page.wait_for_selector('.desk[data-painted="true"]')
        page.eval_on_selector(".desk", WATCH_DESK)
        page.wait_for_timeout(1000)
        to_next = _press(page, "a", n_masks - 1, pause)
        # A toggle is drawn while its key is handled: one frame later it is on the screen.
        page.evaluate("addEventListener('keydown', () => window.afterFrame(), {capture: true})")
        return Walk(to_next=to_next, to_toggle=_press(page, "m", 20, pause))


def _peer(workspace: Path, n_masks: int, pause: int) -> Walk:
    with _served(workspace, _peer_command) as request, _page(request.address) as page:
        page.wait_for_selector("img")
        page.wait_for_timeout(2000)
        page.evaluate(WATCH_IMAGE)
        to_next = _press(page, "a", n_masks - 1, pause)
        return Walk(to_next=to_next, to_toggle=_press(page, "m", 20, pause))


def _press(page: "Page", key: str, n_times: int, pause: int) -> list[float]:
    page.evaluate("window.times.length = 0")
    for _ in range(n_times):
        page.keyboard.press(key)
        page.wait_for_timeout(pause)
    times = [float(each) for each in page.evaluate("window.times")]
    if len(times) < 0.9 * n_times:
        raise RuntimeError(
            f"of {n_times} presses of {key} only {len(times)} showed a picture within {pause} ms"
        )
    return times


@contextmanager
def _served(workspace: Path, command: Callable[[ServeRequest], list[str]]) -> Iterator[ServeRequest]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    request = ServeRequest(workspace=workspace, port=port)
    server = subprocess.Popen(command(request), env=review_environment(request), stdout=subprocess.DEVNULL)
    try:
        wait_until_it_answers(server, request)
        time.sleep(1)
        yield request
    finally:
        server.terminate()
        server.wait()


@contextmanager
def _page(address: str) -> Iterator["Page"]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.add_init_script(AFTER_THE_FRAME)
        page.goto(address)
        yield page
        browser.close()


def _peer_command(request: ServeRequest) -> list[str]:
    command = review_command(request)
    command[command.index("run") + 1] = str(PEER_PAGE)
    return command


def _shown(times: list[float]) -> str:
    return (
        f"median {statistics.median(times):6.1f} ms, p95 {np.percentile(times, 95):6.1f} ms (n={len(times)})"
    )


def _ratio(slower: list[float], faster: list[float]) -> str:
    return f"{statistics.median(slower) / statistics.median(faster):.1f} ×"


if __name__ == "__main__":
    main()
