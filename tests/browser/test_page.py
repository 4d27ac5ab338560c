"""The page as Streamlit runs it, without a browser."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.browser.review_workspace import add_review_sample, create_workspace, usual_mentions

PAGE_FILE = str(Path(__file__).parents[2] / "streamlit_app.py")


def test_the_page_runs_on_a_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = create_workspace(tmp_path)
    sample = add_review_sample(store, tmp_path / "images", usual_mentions(tmp_path / "images"), "first")
    monkeypatch.setenv("MASK_AUDIT_WORKSPACE", str(tmp_path))
    monkeypatch.setenv("MASK_AUDIT_SAMPLE", "first")

    page = AppTest.from_file(PAGE_FILE, default_timeout=30).run()

    assert not page.exception
    assert not page.error
    assert set(page.session_state["desk"].order) == set(sample.unit_of_mask)
    store.close()


def test_a_folder_that_is_no_workspace_is_told_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MASK_AUDIT_WORKSPACE", str(tmp_path))

    page = AppTest.from_file(PAGE_FILE, default_timeout=30).run()

    assert not page.exception
    assert [each.value for each in page.error] == [
        f"{tmp_path} is no workspace (it has no audit.toml): make one with `mask-audit init DIR`"
    ]


def test_a_workspace_without_a_sample_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_workspace(tmp_path).close()
    monkeypatch.setenv("MASK_AUDIT_WORKSPACE", str(tmp_path))
    monkeypatch.delenv("MASK_AUDIT_SAMPLE", raising=False)

    page = AppTest.from_file(PAGE_FILE, default_timeout=30).run()

    assert not page.exception
    assert [each.value for each in page.error] == [
        "there is no sample yet: draw one with `mask-audit sample`"
    ]
