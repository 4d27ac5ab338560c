"""An export of Label Studio is read, or refused in one sentence that says which export would do."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.errors import InputError
from audit.jobs.label_studio.export_file import FileRequest, pull_from_file, read_export
from audit.jobs.label_studio.pulled import PullResult
from db.errors import NotFoundError
from db.reviews import count_entries
from tests.audit.review.label_studio.annotations import an_annotation, choices
from tests.label_studio.workspace import SmallAudit, small_audit

CORRECT = choices("verdict", "correct")
TIME = "2026-01-31T12:00:00.000000Z"


@pytest.fixture
def audit(tmp_path: Path) -> Iterator[SmallAudit]:
    made = small_audit(tmp_path / "workspace")
    yield made
    made.store.close()


def a_task(number: int = 1, uid: str = "m", **changes: Any) -> dict[str, Any]:
    return {
        "id": number,
        "project": 3,
        "updated_at": TIME,
        "data": {"image": "x.jpg", "question": "?", "item_uid": uid},
        "annotations": [],
    } | changes


def written(folder: Path, content: object) -> Path:
    file = folder / "export.json"
    text = content if isinstance(content, str) else json.dumps(content)
    file.write_text(text, encoding="utf-8")
    return file


def read(audit: SmallAudit, file: Path) -> PullResult:
    return pull_from_file(audit.workspace, FileRequest(sample=None, file=file), datetime.now(UTC))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("id,verdict\n1,correct\n", "is no JSON: export .* in the format JSON"),
        ("[" * 100_000, "is no JSON"),
        ('{"a": 1}', "is no list of tasks"),
        ("[1]", "is no list of tasks"),
        (
            [{"id": 1, "image": "x", "verdict": "correct", "annotation_id": 5}],
            r"see its item 1\).*not JSON-MIN",
        ),
        ([a_task(), a_task(2, data=None)], r"see its item 2\)"),
        ([a_task(annotations=[{"id": 1}])], r"see its item 1\)"),
        ([a_task(updated_at=None)], r"see its item 1\)"),
        ([a_task(), a_task()], "holds task 1 twice"),
        ([a_task(annotations=[an_annotation()] * 2)], "holds annotation 1 twice"),
        ([a_task(), a_task(2, project=4)], "tasks of several projects"),
    ],
)
def test_what_is_no_export_is_refused(tmp_path: Path, content: object, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        read_export(written(tmp_path, content))


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_export(tmp_path / "absent.json")
    (tmp_path / "latin.json").write_bytes(b'["\xe9"]')
    with pytest.raises(InputError, match="is no JSON"):
        read_export(tmp_path / "latin.json")


def test_a_refused_file_leaves_nothing_behind(audit: SmallAudit, tmp_path: Path) -> None:
    (uid, *_) = audit.mask_ids
    good = a_task(1, uid, annotations=[an_annotation(CORRECT)])
    with pytest.raises(InputError):
        read(audit, written(tmp_path, [good, a_task(2, annotations=None)]))
    with audit.store.reading() as transaction:
        assert count_entries(transaction) == 0


def test_an_empty_export_says_nothing(audit: SmallAudit, tmp_path: Path) -> None:
    assert read(audit, written(tmp_path, [])).n_tasks_read == 0


def test_an_unknown_sample_is_named(audit: SmallAudit, tmp_path: Path) -> None:
    request = FileRequest(sample="other", file=written(tmp_path, []))
    with pytest.raises(NotFoundError, match="other"):
        pull_from_file(audit.workspace, request, datetime.now(UTC))


def test_files_may_be_read_in_any_order(audit: SmallAudit, tmp_path: Path) -> None:
    (uid, *_) = audit.mask_ids
    old = [a_task(1, uid, annotations=[an_annotation(CORRECT)])]
    new = [a_task(1, uid, updated_at="2026-01-31T12:00:01.000000Z")]
    assert read(audit, written(tmp_path, old)).n_new == 1
    assert read(audit, written(tmp_path, new)).n_withdrawn == 1
    result = read(audit, written(tmp_path, old))
    assert (result.n_new, result.n_outdated) == (0, 1)


def test_the_run_lengths_of_masks_are_not_kept(tmp_path: Path) -> None:
    brush = {"from_name": "mask", "value": {"format": "rle", "rle": [1, 2, 3]}}
    task = a_task(annotations=[an_annotation(brush, CORRECT)])
    (read_task,) = read_export(written(tmp_path, [task])).tasks
    assert read_task.annotations[0]["result"][0]["value"] == {"format": "rle"}


def test_a_comment_that_no_database_takes_does_not_stop_the_rest(audit: SmallAudit, tmp_path: Path) -> None:
    comment = {"from_name": "comment", "value": {"text": ["a\x00b\ud800"]}}
    first, second, *_ = sorted(audit.mask_ids)
    tasks = [
        a_task(1, first, annotations=[an_annotation(CORRECT, comment)]),
        a_task(2, second, annotations=[an_annotation(CORRECT) | {"id": 2}]),
    ]
    assert read(audit, written(tmp_path, tasks)).n_new == 2


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["id", "data", "annotations", "project", "x"]), inner)
        ),
    )
    | st.lists(
        st.builds(
            a_task,
            number=st.integers(0, 3),
            data=st.dictionaries(st.text(), st.text() | st.integers()),
            annotations=st.lists(
                st.builds(lambda number: an_annotation() | {"id": number}, st.integers(-1, 3))
            ),
        )
    )
)
def test_whatever_a_file_holds_it_is_read_or_refused(audit: SmallAudit, tmp_path: Path, content: Any) -> None:
    with suppress(InputError):
        read(audit, written(tmp_path, content))
