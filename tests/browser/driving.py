"""How a test drives the reviewer's page."""

from typing import Any


def wait_painted(page: Any) -> str:
    """Wait until an item is on the screen; give its mask id."""
    page.wait_for_selector('.desk[data-painted="true"]')
    return str(page.get_attribute(".desk", "data-task-id"))


def press(page: Any, key: str) -> str:
    """Press a key on the painted item, wait for the next one; give the mask that was judged."""
    judged = wait_painted(page)
    page.keyboard.press(key)
    page.wait_for_selector(f'.desk:not([data-task-id="{judged}"])')
    return judged


def wait_saved(page: Any) -> None:
    """Wait until Python has confirmed everything."""
    page.wait_for_selector('.saved[data-state="saved"]')


def wait_all_done(page: Any) -> None:
    """Wait until no mask is left."""
    page.wait_for_selector('.desk[data-task-id=""] .card h2:has-text("All done")')


def stage_pixel(page: Any, x: float, y: float) -> list[int]:
    """The colour on the stage at a share of its width and height: red, green, blue, 0 to 255."""
    return list(
        page.eval_on_selector(
            ".stage canvas",
            """(canvas, [x, y]) => [...canvas.getContext("2d").getImageData(
                Math.round(x * canvas.width), Math.round(y * canvas.height), 1, 1).data.slice(0, 3)]""",
            [x, y],
        )
    )


def outbox_entries(page: Any) -> dict[str, str]:
    """What the browser keeps until Python has confirmed it."""
    return dict(
        page.evaluate(
            """() => Object.fromEntries(Object.entries(localStorage)
                .filter(([name]) => name.startsWith("mask-audit/outbox/")))"""
        )
    )
