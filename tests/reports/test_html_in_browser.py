"""The HTML report in a real browser: quiet, offline, no wider than the window, and open to everybody."""

from dataclasses import replace

import pytest

from reports.galleries import ReportGalleries
from reports.report_html import render_report_html
from tests.reports.illustrations import gallery_of, illustrated

IS_LOADED = """picture => new Promise(done => {
    const image = new Image();
    image.onload = () => done(true);
    image.onerror = () => done(false);
    image.src = getComputedStyle(picture).backgroundImage.slice(5, -2);
})"""
CONTENTS = ["published", "unfinished", "certifying", "contrasting", "empty", "hostile"]


@pytest.fixture
def opened(chromium, tmp_path):
    """Opens a report offline, with all that it said (and must not have) in a list."""
    contexts = []

    def open_report(content, **options):
        file = tmp_path / "report.html"
        file.write_text(render_report_html(content), encoding="utf-8")
        contexts.append(chromium.new_context(offline=True, **options))
        page = contexts[-1].new_page()
        said = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.on(
            "request",
            lambda sent: None if sent.url.startswith((file.as_uri(), "data:")) else said.append(sent.url),
        )
        page.goto(file.as_uri())
        return page, said

    yield open_report
    for context in contexts:
        context.close()


@pytest.mark.browser
@pytest.mark.parametrize("name", CONTENTS)
@pytest.mark.parametrize("width", [390, 800, 1280])
def test_the_report_opens_offline_quietly_and_fits_the_window(name, width, opened, request):
    content = illustrated(request.getfixturevalue(name))

    page, said = opened(content, viewport={"width": width, "height": 900})

    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.evaluate("getComputedStyle(document.querySelector('main')).maxWidth") == "1120px"


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["published", "unfinished", "empty"])
def test_axe_finds_nothing_serious(name, scheme, opened, request):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is not installed")
    content = request.getfixturevalue(name)
    page, _ = opened(content if name == "empty" else illustrated(content), color_scheme=scheme)
    for summary in page.locator("main summary").all():
        summary.click()

    found = axe.Axe().run(page).response["violations"]

    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_every_link_leads_to_its_section_and_every_control_opens(width, opened, published):
    page, said = opened(illustrated(published), viewport={"width": width, "height": 900})

    summaries = [each for each in page.locator("summary").all() if each.is_visible()]
    for summary in summaries:
        summary.click()
    links = page.locator("nav a").all()
    sections = page.locator("main section").count()
    for link in links:
        link.click()
        heading = page.locator(f"{link.get_attribute('href')} h2")
        assert 0 <= heading.bounding_box()["y"] < 900

    assert len(links) == sections > 20
    assert page.locator("main details[open]").count() == page.locator("main details").count() >= 3
    assert said == []


@pytest.mark.browser
def test_the_keyboard_skips_the_contents(opened, published):
    page, _ = opened(published)

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "content"


@pytest.mark.browser
def test_contents_stay_beside_what_is_read_on_a_wide_window(opened, published):
    page, _ = opened(published, viewport={"width": 1280, "height": 900})
    for _press in range(3):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#table-1"

    page.locator("#counts").scroll_into_view_if_needed()

    contents, content = page.locator("nav").bounding_box(), page.locator("main").bounding_box()
    assert contents["y"] == 0
    assert contents["x"] + contents["width"] <= content["x"]


@pytest.mark.browser
def test_a_long_table_scrolls_in_its_place_under_its_head_and_prints_whole(opened, published):
    page, _ = opened(published, viewport={"width": 1280, "height": 900})
    table = page.locator("#counts-table")

    table.evaluate("place => place.scrollTo(0, 400)")

    assert table.bounding_box()["height"] <= 720
    assert table.locator("thead th").first.bounding_box()["y"] == pytest.approx(
        table.bounding_box()["y"], abs=2
    )
    page.emulate_media(media="print")
    assert table.evaluate("place => place.scrollHeight <= place.clientHeight + 1")


@pytest.mark.browser
def test_pictures_of_a_gallery_are_seen_and_described(opened, published):
    page, _ = opened(illustrated(published))
    pictures = page.get_by_role("img", name="A horse", exact=True).all()

    shapes = set()
    for picture in pictures:
        picture.scroll_into_view_if_needed()
        assert picture.evaluate(IS_LOADED)
        box = picture.bounding_box()
        shapes.add(round(box["width"] / box["height"], 2))

    assert len(pictures) == 11 + 2 * 3
    assert shapes == {1.0, 1.25, 1.5}


@pytest.mark.browser
def test_galleries_after_the_second_of_a_section_open_by_hand_and_print_open(opened, published):
    galleries = tuple(
        gallery_of(f"discordant-1-{number}", n_exhibits=2, n_beside=2) for number in range(2, 6)
    )
    page, said = opened(replace(published, galleries=ReportGalleries(discordant=galleries)))
    first, second, third, fourth = page.locator(".gallery").all()

    assert first.locator("ul").is_visible()
    assert second.locator("ul").is_visible()
    assert not third.locator("ul").is_visible()
    third.locator("summary").click()
    assert third.locator("ul").is_visible()
    assert not fourth.locator("ul").is_visible()
    page.emulate_media(media="print")

    assert fourth.locator("ul").is_visible()
    assert fourth.locator("ul").bounding_box()["height"] > 100
    assert said == []


@pytest.mark.browser
@pytest.mark.parametrize(("scheme", "is_light"), [("light", True), ("dark", False)])
def test_the_report_follows_the_reader_into_the_dark_and_prints_light(scheme, is_light, opened, published):
    page, _ = opened(published, color_scheme=scheme)

    def ink():
        red, *_ = page.evaluate("getComputedStyle(document.body).color").removeprefix("rgb(").split(",")
        return int(red)

    assert (ink() < 128) == is_light
    page.emulate_media(media="print")
    assert ink() < 128


@pytest.mark.browser
def test_a_page_of_paper_is_as_wide_as_its_tables(opened, published):
    page, _ = opened(illustrated(published), viewport={"width": 690, "height": 1000})
    page.emulate_media(media="print")

    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF-")
