"""The HTML report in a real browser: quiet, offline, and no wider than the window."""

import pytest

from reports.html import render_html


@pytest.mark.browser
@pytest.mark.parametrize("name", ["published", "unfinished", "certifying", "contrasting", "empty", "hostile"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_report_opens_offline_quietly_and_fits_the_window(name, width, chromium, request, tmp_path):
    file = tmp_path / "report.html"
    file.write_text(render_html(request.getfixturevalue(name)), encoding="utf-8")
    context = chromium.new_context(viewport={"width": width, "height": 900}, offline=True)
    page = context.new_page()
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.on("request", lambda sent: asked.append(sent.url))

    page.goto(file.as_uri())

    assert said == []
    assert asked == [file.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.evaluate("getComputedStyle(document.querySelector('main')).maxWidth") == "1120px"
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize(("scheme", "is_light"), [("light", True), ("dark", False)])
def test_the_report_follows_the_reader_into_the_dark_and_prints_light(
    scheme, is_light, chromium, published, tmp_path
):
    file = tmp_path / "report.html"
    file.write_text(render_html(published), encoding="utf-8")
    page = chromium.new_page(color_scheme=scheme)
    page.goto(file.as_uri())

    def ink():
        red, *_ = page.evaluate("getComputedStyle(document.body).color").removeprefix("rgb(").split(",")
        return int(red)

    assert (ink() < 128) == is_light
    page.emulate_media(media="print")
    assert ink() < 128
    page.close()
