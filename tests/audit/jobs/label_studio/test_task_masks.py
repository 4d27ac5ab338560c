"""Which mask a task shows: as pushed, taken at its word, changed by hand, or none."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.jobs.label_studio.task_masks import mask_of_task
from audit.review.label_studio.tasks import data_hash
from db.records import PushedTask

DATA = {"image": "/data/x.jpg", "question": "what is it?", "item_uid": "m1"}
PUSHED = {5: PushedTask(task_number=5, mask_id="m1", data_hash=data_hash(DATA))}
MASKS = {"m1", "m2"}


def test_a_task_as_it_was_pushed_shows_its_mask() -> None:
    found = mask_of_task(5, DATA, PUSHED, MASKS)
    assert (found.mask_id, found.refusal, found.is_foreign) == ("m1", "", False)


@pytest.mark.parametrize(
    "changed",
    [{"image": "/data/y.jpg"}, {"question": "?"}, {"item_uid": "m2"}, {"more": "x"}, {"image": None}],
)
def test_a_task_that_was_changed_shows_none(changed: dict[str, Any]) -> None:
    found = mask_of_task(5, DATA | changed, PUSHED, MASKS)
    assert found.mask_id is None
    assert "changed by hand" in found.refusal


def test_a_task_from_elsewhere_is_taken_at_its_word() -> None:
    found = mask_of_task(6, DATA | {"item_uid": "m2"}, PUSHED, MASKS)
    assert (found.mask_id, found.refusal, found.is_foreign) == ("m2", "", True)


@pytest.mark.parametrize("changed", [{"item_uid": "m3"}, {"item_uid": 1}, {"more": "x"}, {"question": None}])
def test_a_task_from_elsewhere_that_looks_otherwise_shows_none(changed: dict[str, Any]) -> None:
    found = mask_of_task(6, DATA | changed, PUSHED, MASKS)
    assert (found.mask_id, found.refusal) == (None, "its task shows no mask of this sample")


@given(
    st.sampled_from([5, 6]),
    st.dictionaries(st.text() | st.sampled_from(list(DATA)), st.text() | st.integers()),
)
def test_whatever_a_task_holds_it_shows_a_mask_or_the_reason_is_told(number: int, content: Any) -> None:
    found = mask_of_task(number, content, PUSHED, MASKS)
    assert (found.mask_id is None) == bool(found.refusal)


def test_text_that_no_database_takes_is_no_task_of_ours() -> None:
    assert mask_of_task(5, DATA | {"question": "\ud800"}, PUSHED, MASKS).mask_id is None
