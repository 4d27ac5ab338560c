"""Label Studio's own page as an annotator uses it, in a real Chromium."""

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.label_studio.server import Annotator, RunningServer

PATIENCE = 60_000  # ms; the first page of a server takes eight seconds
STAGE = """() => {
    const box = document.querySelector('.konvajs-content').getBoundingClientRect();
    const image = Htx.annotationStore.selected.objects[0];
    return [box.x, box.y, image.stageWidth, image.stageHeight];
}"""
IS_DRAWN = """() => typeof Htx !== 'undefined' && Htx.annotationStore?.selected?.objects?.[0]?.stageWidth > 10
    && document.querySelector('.konvajs-content') !== null"""


@dataclass(frozen=True, slots=True)
class LabelingPage:
    """The page where somebody who has signed in judges the tasks of one project."""

    page: Any
    server: RunningServer
    project: int

    def sign_in(self, annotator: Annotator) -> None:
        """Fill in the form, as anybody does."""
        self.page.goto(f"{self.server.url}/user/login/")
        self.page.fill("input[name=email]", annotator.email)
        self.page.fill("input[name=password]", annotator.password)
        self.page.click("button[type=submit]")
        self.page.wait_for_url(lambda url: "/user/login" not in url, timeout=PATIENCE)

    def open_stream(self) -> None:
        """Start with the first task that waits for this person."""
        self.page.goto(f"{self.server.url}/projects/{self.project}/data/?labeling=1")
        self._wait_until_drawn()

    def open_task(self, task: int) -> None:
        """Go to one task, with what was said of it."""
        self.page.goto(f"{self.server.url}/projects/{self.project}/data?task={task}")
        self._wait_until_drawn()

    @property
    def task(self) -> int:
        """The number of the task that is shown."""
        return int(self.page.evaluate("Htx.task.id"))

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def choose(self, label: str) -> None:
        self.page.get_by_text(label).click()

    def write(self, comment: str) -> None:
        self.page.get_by_placeholder("Comment").fill(comment)

    def submit(self) -> None:
        """Submit, and wait for the next task or, after the last one, for the end."""
        self._leave("Submit")

    def skip(self) -> None:
        """Pass this task over."""
        self._leave("Skip")

    def update(self) -> None:
        """Save a change of what was submitted before."""
        with self.page.expect_response(lambda answer: answer.request.method == "PATCH" and answer.ok):
            self.page.get_by_text("Update", exact=True).click()

    def shown_mask(self, shape: tuple[int, int]) -> NDArray[np.bool_]:
        """What vanishes from the picture when its regions are hidden, in pixels of the photo."""
        with_mask = self._picture()
        self.page.get_by_label("Hide all regions").click()
        self.page.wait_for_timeout(600)
        without = self._picture()
        self.page.get_by_label("Show all regions").click()
        self.page.wait_for_timeout(600)
        differs = Image.fromarray(np.abs(with_mask - without).sum(axis=2) > 12)
        return np.asarray(differs.resize((shape[1], shape[0]), Image.Resampling.NEAREST))

    def _picture(self) -> NDArray[np.float64]:
        x, y, width, height = self.page.evaluate(STAGE)
        clip = {"x": x, "y": y, "width": width, "height": height}
        return np.asarray(Image.open(io.BytesIO(self.page.screenshot(clip=clip))).convert("RGB"), float)

    def _leave(self, button: str) -> None:
        before = self.task
        with self.page.expect_response(
            lambda answer: answer.request.method == "POST" and "/annotations" in answer.url and answer.ok
        ):
            self.page.get_by_text(button, exact=True).click()
        self.page.wait_for_function(
            "before => typeof Htx === 'undefined' || !Htx.task || Number(Htx.task.id) !== before"
            " || document.body.innerText.includes('No more')",
            arg=before,
            timeout=PATIENCE,
        )
        self.page.wait_for_timeout(1500)

    def _wait_until_drawn(self) -> None:
        self.page.get_by_text("Incorrect").wait_for(timeout=PATIENCE)
        self.page.wait_for_function(IS_DRAWN, timeout=PATIENCE)
        self.page.wait_for_timeout(2000)  # nothing on the page says when the canvas is painted
