import json

from audit.review.choices import REASON_WORDING, VERDICT_WORDING
from audit.review.images import ReadableImage, Unjudgable, Unreachable
from audit.review.outgoing import (
    Answer,
    Item,
    PastVerdict,
    Picture,
    Progress,
    Refusal,
    pack_answer,
    pack_trouble,
)
from audit.review.overlay import Box
from db.records import Reason, Verdict

PICTURE = Picture(
    photo=ReadableImage(jpeg=b"the photo", height=3, width=4),
    mask_png=b"the mask",
    box=Box(left=1, top=2, width=3, height=1),
    crop=Box(left=0, top=0, width=4, height=3),
)
HOSTILE = "</script>\u2028\u202e\ud800\"'"


def unpack(packed: bytes) -> tuple[dict[str, object], bytes]:
    n_bytes = int.from_bytes(packed[:4], "little")
    return json.loads(packed[4 : 4 + n_bytes]), packed[4 + n_bytes :]


def test_an_answer_holds_its_header_and_its_pictures() -> None:
    answer = Answer(
        number=7,
        scope="s",
        reviewer="ann",
        progress=Progress(n_masks=5, n_settled=2, n_unjudgable=1, n_verdicts=1),
        coming=("a", "b", "c"),
        items=(
            Item(task_id="a", entity=HOSTILE, question=None, content=PICTURE),
            Item(
                task_id="b", entity="B", question="what?", content=Unjudgable(reason="the image is missing")
            ),
            Item(task_id="c", entity="C", question=None, content=PICTURE),
            Item(task_id="d", entity="D", question=None, content=Unreachable(reason="away")),
        ),
        recent=(
            PastVerdict(task_id="z", entity="Z", verdict=Verdict.UNSURE, reasons=(Reason.IMAGE_UNUSABLE,)),
        ),
        confirmed=("k1",),
        refused=(Refusal(client_key="k2", message="no", is_kept=True),),
    )

    header, blobs = unpack(pack_answer(answer))

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
        {"task_id": "z", "entity": "Z", "verdict": "unsure", "reasons": ["image_unusable"]}
    ]
    assert (header["number"], header["n_masks"], header["n_settled"]) == (7, 5, 2)
    assert header["confirmed"] == ["k1"]
    assert header["refused"] == [{"client_key": "k2", "message": "no", "is_kept": True}]


def test_trouble_confirms_nothing() -> None:
    header, blobs = unpack(pack_trouble("the disk is full", number=4, scope="s", reviewer="ann"))

    assert header == {"number": 4, "scope": "s", "reviewer": "ann", "trouble": "the disk is full"}
    assert blobs == b""


def test_every_verdict_and_reason_has_words() -> None:
    assert set(VERDICT_WORDING) == set(Verdict)
    assert set(REASON_WORDING) == set(Reason)
