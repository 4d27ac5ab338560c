import json
from dataclasses import replace
from typing import Any

from audit.review.choices import REASON_WORDING, VERDICT_WORDING
from audit.review.events import Side
from audit.review.guideline import Guideline
from audit.review.images import ReadableImage, Unjudgable, Unreachable
from audit.review.key_bindings import JUDGING_ACTIONS, bind_keys
from audit.review.opening import DeskKind, Link, Opening
from audit.review.outgoing import (
    Answer,
    BlindReading,
    Item,
    Layer,
    PastPreference,
    PastVerdict,
    Picture,
    Practice,
    Progress,
    Refusal,
)
from audit.review.overlay import Box
from audit.review.packing import pack_answer, pack_item, pack_trouble
from db.records import Reason, Verdict

BOX = Box(left=1, top=2, width=3, height=1)
CROP = Box(left=0, top=0, width=4, height=3)
PHOTO = ReadableImage(jpeg=b"the photo", height=3, width=4)
MASK = Layer(png=b"the mask", box=BOX)
PICTURE = Picture(photo=PHOTO, crop=CROP, masks=(MASK,))
HOSTILE = "</script>\u2028\u202e\ud800\"'"
ANSWER = Answer(
    number=7,
    scope="s",
    reviewer="ann",
    progress=Progress(n_tasks=5, n_settled=2, n_unjudgable=1, n_verdicts=1),
    coming=("a", "b", "c"),
    items=(
        Item(task_id="a", entity=HOSTILE, question=None, content=PICTURE),
        Item(task_id="b", entity="B", question="what?", content=Unjudgable(reason="the image is missing")),
        Item(task_id="c", entity="C", question=None, content=PICTURE),
        Item(task_id="d", entity="D", question=None, content=Unreachable(reason="away")),
    ),
    recent=(
        PastVerdict(
            task_id="z", entity="Z", verdict=Verdict.UNSURE, reasons=(Reason.IMAGE_UNUSABLE,), comment="dark"
        ),
    ),
    confirmed=("k1",),
    refused=(Refusal(client_key="k2", message="no", is_kept=True),),
)


def unpack(packed: bytes) -> tuple[dict[str, Any], bytes]:
    n_bytes = int.from_bytes(packed[:4], "little")
    return json.loads(packed[4 : 4 + n_bytes]), packed[4 + n_bytes :]


def test_an_answer_holds_its_header_and_its_pictures() -> None:
    header, blobs = unpack(pack_answer(ANSWER))

    assert blobs == b"the photothe maskthe photothe mask"
    assert header["items"] == [
        {
            "task_id": "a",
            "entity": HOSTILE,
            "question": None,
            "size": [4, 3],
            "box": [1, 2, 3, 1],
            "crop": [0, 0, 4, 3],
            "photo": [0, 9],
            "mask": [9, 8],
        },
        {"task_id": "b", "entity": "B", "question": "what?", "unjudgable": "the image is missing"},
        {
            "task_id": "c",
            "entity": "C",
            "question": None,
            "size": [4, 3],
            "box": [1, 2, 3, 1],
            "crop": [0, 0, 4, 3],
            "photo": [17, 9],
            "mask": [26, 8],
        },
        {"task_id": "d", "entity": "D", "question": None, "waiting": "away"},
    ]
    assert header["recent"] == [
        {
            "task_id": "z",
            "entity": "Z",
            "verdict": "unsure",
            "reasons": ["image_unusable"],
            "comment": "dark",
            "flagged": False,
        }
    ]
    assert (header["number"], header["n_tasks"], header["n_settled"]) == (7, 5, 2)
    assert (header["n_unjudgable"], header["n_verdicts"]) == (1, 1)
    assert header["confirmed"] == ["k1"]
    assert header["refused"] == [{"client_key": "k2", "message": "no", "is_kept": True}]
    assert "opening" not in header


def test_only_what_an_item_has_is_in_it() -> None:
    header, _ = pack_item(Item(task_id="a", entity="A", question=None, content=PICTURE))

    assert not header.keys() & {"parts", "practice", "readings", "masks"}


def test_two_masks_to_compare_take_the_place_of_one() -> None:
    other = Layer(png=b"other", box=CROP)
    picture = Picture(photo=PHOTO, crop=CROP, masks=(other, MASK))

    header, blobs = pack_item(Item(task_id="p", entity="P", question=None, content=picture))

    assert header["masks"] == [
        {"box": [0, 0, 4, 3], "mask": [9, 5]},
        {"box": [1, 2, 3, 1], "mask": [14, 8]},
    ]
    assert not header.keys() & {"box", "mask"}
    assert blobs == [b"the photo", b"other", b"the mask"]


def test_parts_practice_and_readings_come_with_the_item() -> None:
    item = Item(
        task_id="a",
        entity="A",
        question=None,
        content=Picture(photo=PHOTO, crop=CROP, masks=(MASK,), parts=(MASK, MASK)),
        practice=Practice(verdict=Verdict.INCORRECT, told="it spills over"),
        readings=(BlindReading(verdict=Verdict.CORRECT, reasons=(), comment="fine", flagged=True),),
    )

    header, _ = pack_item(item)

    assert header["parts"] == [
        {"box": [1, 2, 3, 1], "mask": [17, 8]},
        {"box": [1, 2, 3, 1], "mask": [25, 8]},
    ]
    assert header["practice"] == {"verdict": "incorrect", "told": "it spills over"}
    assert header["readings"] == [{"verdict": "correct", "reasons": (), "comment": "fine", "flagged": True}]


def test_a_past_preference_names_its_side_in_place_of_a_verdict() -> None:
    past = PastPreference(task_id="p", entity="P", preference=Side.SAME)

    header, _ = unpack(pack_answer(replace(ANSWER, recent=(past,))))

    assert header["recent"] == [
        {"task_id": "p", "entity": "P", "preference": "same", "comment": "", "flagged": False}
    ]


def test_the_first_answer_says_what_is_done_here_and_how() -> None:
    opening = Opening(
        kind=DeskKind.REVIEW,
        bindings=bind_keys(JUDGING_ACTIONS, hand="left", remaps={"flag": "w"}),
        hand="left",
        guideline=Guideline(html="<p>Look.</p>", hash="abc"),
        n_practice=8,
        links=(Link(label="Lead", href="./lead"),),
    )

    header, _ = unpack(pack_answer(replace(ANSWER, opening=opening)))

    told = header["opening"]
    assert (told["kind"], told["hand"], told["practice"]) == ("review", "left", {"n": 8})
    assert (told["keys"]["flag"], told["meanings"]["flag"]) == (["w"], "Flag it for the lead")
    assert told["guideline"]["html"] == "<p>Look.</p>"
    assert told["links"] == [{"label": "Lead", "href": "./lead"}]


def test_trouble_confirms_nothing() -> None:
    header, blobs = unpack(pack_trouble("the disk is full", number=4, scope="s", reviewer="ann"))

    assert header == {"number": 4, "scope": "s", "reviewer": "ann", "trouble": "the disk is full"}
    assert blobs == b""


def test_every_verdict_and_reason_has_words() -> None:
    assert set(VERDICT_WORDING) == set(Verdict)
    assert set(REASON_WORDING) == set(Reason)
