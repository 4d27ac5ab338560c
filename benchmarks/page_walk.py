"""Walks through a page in a headless Chromium by key, and tells how long each picture took.

The clock runs in the browser, from the key's own time stamp to the frame after the picture was drawn.
"""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from audit.jobs.serve import ServeRequest, review_command, review_environment, wait_until_it_answers
from benchmarks.latency_proxy import farther, free_port

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# In a folder of its own: Streamlit puts it first on the path, where coverage.py would hide the package.
PEER_PAGE = Path(__file__).with_name("pages") / "button_page.py"
CHROMIUM_FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-sync"]
N_OVERLAYS = 40
"""Presses for each of the keys that change only what is drawn over the photo."""

AFTER_THE_FRAME = """
window.times = [];
window.pressed = null;
addEventListener("keydown", (event) => { window.pressed = event.timeStamp; }, {capture: true});
window.seen = () => {
    if (window.pressed !== null) window.times.push(performance.now() - window.pressed);
    window.pressed = null;
};
window.afterFrame = () => requestAnimationFrame(() => {
    const {port1, port2} = new MessageChannel();
    port1.onmessage = window.seen;
    port2.postMessage(null);
});
"""

# The desk says itself when its item is on the screen, by the same measure: one frame, then a message.
WATCH_DESK = """
(desk) => new MutationObserver(() => desk.dataset.painted === "true" && window.seen())
    .observe(desk, {attributes: true, attributeFilter: ["data-painted"]})
"""

# What only changes the overlay is drawn while its key is handled: one frame later it is on the screen.
WATCH_KEYS = "() => addEventListener('keydown', () => window.afterFrame(), {capture: true})"

WATCH_IMAGE = """
() => document.addEventListener("load", (event) => {
    if (event.target.tagName === "IMG") window.afterFrame();
}, {capture: true})
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """The times of one page, milliseconds.

    Attributes:
        to_zoom: empty where the page cannot zoom.
    """

    to_next: list[float]
    to_toggle: list[float]
    to_zoom: list[float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """What a page holds after so many items, megabytes."""

    n_items: int
    heap: float
    renderer: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Walker:
    """How a page is walked through.

    Attributes:
        workspace: whose latest sample is shown.
        pause: ms between a picture and the next key (a person takes 1,500).
        latency: ms that the network adds each way.
    """

    workspace: Path
    pause: int
    latency: int

    def walk_ours(self, n: int) -> Walk:
        """Judge n masks on the reviewer's page, then toggle and zoom."""
        with self._page(review_command) as page:
            page.wait_for_selector('.desk[data-painted="true"]')
            page.eval_on_selector(".desk", WATCH_DESK)
            page.wait_for_timeout(2000)
            to_next = self._press(page, "a", n)
            page.evaluate(WATCH_KEYS)
            to_toggle = self._press(page, "m", N_OVERLAYS)
            to_zoom = self._press(page, "=", N_OVERLAYS // 4) + self._press(page, "-", N_OVERLAYS // 4)
            return Walk(to_next=to_next, to_toggle=to_toggle, to_zoom=to_zoom)

    def walk_peer(self, n: int) -> Walk:
        """Do the same on the page of buttons, which cannot zoom."""
        with self._page(_peer_command) as page:
            page.wait_for_selector("img")
            page.wait_for_timeout(2000)
            page.evaluate(WATCH_IMAGE)
            to_next = self._press(page, "a", n)
            return Walk(to_next=to_next, to_toggle=self._press(page, "m", N_OVERLAYS), to_zoom=[])

    def weigh(self, n: int) -> tuple[Footprint, Footprint]:
        """What the reviewer's page holds after its first items, and after n."""
        with self._page(review_command) as page:
            n_first = min(20, n // 2)
            _judge(page, n_first)
            first = _footprint(page, n_first)
            _judge(page, n - n_first)
            return first, _footprint(page, n)

    def _press(self, page: "Page", key: str, n_times: int) -> list[float]:
        page.evaluate("window.times.length = 0")
        for n_seen in range(n_times):
            page.keyboard.press(key)
            page.wait_for_function(f"window.times.length > {n_seen}", timeout=60_000)
            page.wait_for_timeout(self.pause)
        return [float(each) for each in page.evaluate("window.times")]

    @contextmanager
    def _page(self, command: Callable[[ServeRequest], list[str]]) -> Iterator["Page"]:
        with self._served(command) as port, _browser() as browser:
            page = browser.new_page(viewport={"width": 1280, "height": 720})
            page.add_init_script(AFTER_THE_FRAME)
            page.goto(f"http://127.0.0.1:{port}")
            yield page

    @contextmanager
    def _served(self, command: Callable[[ServeRequest], list[str]]) -> Iterator[int]:
        request = ServeRequest(workspace=self.workspace, port=free_port())
        server = subprocess.Popen(
            command(request), env=review_environment(request), stdout=subprocess.DEVNULL
        )
        try:
            wait_until_it_answers(server, request)
            with farther(request.port, self.latency) if self.latency else nullcontext(request.port) as port:
                yield port
        finally:
            server.terminate()
            server.wait()


def _judge(page: "Page", n: int) -> None:
    shown = ""
    for _ in range(n):
        page.wait_for_selector(f'.desk[data-painted="true"]:not([data-task-id="{shown}"])', timeout=60_000)
        shown = page.get_attribute(".desk", "data-task-id") or ""
        page.keyboard.press("a")


@contextmanager
def _browser() -> Iterator["Browser"]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


def _peer_command(request: ServeRequest) -> list[str]:
    command = review_command(request)
    command[command.index("run") + 1] = str(PEER_PAGE)
    return command


def _footprint(page: "Page", n_items: int) -> Footprint:
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    heap = session.send("Runtime.getHeapUsage")["usedSize"]
    browser_session = page.context.browser.new_browser_cdp_session()
    processes = browser_session.send("SystemInfo.getProcessInfo")["processInfo"]
    renderer = max(_resident(int(each["id"])) for each in processes if each["type"] == "renderer")
    return Footprint(n_items=n_items, heap=heap / 1e6, renderer=renderer / 1e6)


def _resident(process_id: int) -> int:
    rollup = Path(f"/proc/{process_id}/smaps_rollup").read_text()
    (kilobytes,) = (int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return 1024 * kilobytes
