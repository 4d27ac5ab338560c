"""The text of an offline pack: whatever a dataset holds, it stays data, and nothing is fetched."""

import json
import re
from base64 import b64decode, b64encode
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from audit.review.images import ReadableImage
from audit.review.outgoing import Item, Layer, Picture
from audit.review.overlay import Box
from audit.review.pack_page import PackPart, item_element, page_end, page_start, photo_element
from tests.packs import read_pack

BOX = Box(left=1, top=2, width=3, height=4)


def a_picture(jpeg: bytes = b"a photo") -> Picture:
    photo = ReadableImage(jpeg=jpeg, height=30, width=40)
    return Picture(photo=photo, crop=BOX, masks=(Layer(png=b"a mask", box=BOX),))


def a_page(entity: str, question: str | None, task_id: str = "m1") -> bytes:
    picture = a_picture()
    item = Item(task_id=task_id, entity=entity, question=question, content=picture)
    part = PackPart(pack_id="p", name="verdicts-ann", number=None, task_ids=(task_id,), opening=b"\2\0\0\0{}")
    return b"".join(
        [page_start(), photo_element(0, picture.photo.jpeg), item_element(0, item, 0), page_end(part)]
    )


@given(
    entity=st.text() | st.sampled_from(["</script><script>x()</script>", "<!--<script>", "]]>", "\u2028"]),
    question=st.none() | st.text(),
)
def test_any_name_and_question_come_back_as_they_were_and_add_no_element(
    entity: str, question: str | None
) -> None:
    plain, read = read_pack(a_page("Crow", "what?")), read_pack(a_page(entity, question))

    assert (read.items[0]["entity"], read.items[0]["question"]) == (entity, question)
    assert read.tags == plain.tags
    assert read.script == plain.script


def test_photo_and_mask_lie_where_the_item_says() -> None:
    read = read_pack(a_page("Crow", None))

    (header,) = read.items
    drawn = b64decode(json.loads(read.elements["pack-item-0"])["drawn"])
    blobs = read.photos[0] + drawn
    assert [blobs[start : start + length] for start, length in (header["photo"], header["mask"])] == [
        b"a photo",
        b"a mask",
    ]


def test_only_the_script_of_the_page_may_run_and_nothing_may_be_fetched() -> None:
    read = read_pack(a_page("Crow", None))

    allowed = dict(each.split(" ", 1) for each in read.policy.split("; "))
    digest = b64encode(sha256(read.script.encode()).digest()).decode()
    assert allowed["default-src"] == "'none'"
    assert allowed["script-src"] == f"'sha256-{digest}'"
    assert allowed["img-src"] == "data: blob:"
    assert "connect-src" not in allowed
    assert [attributes for _, attributes in read.tags if "src" in attributes] == []


def test_no_script_or_style_of_the_component_ends_its_own_element() -> None:
    page = a_page("Crow", None).decode()

    assert page.count("</style") == 1
    assert len(re.findall("</script", page)) == len(re.findall("<script", page)) == 4
