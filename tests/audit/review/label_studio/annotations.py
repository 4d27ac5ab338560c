"""Annotations as a Label Studio server gives them."""

from typing import Any


def choices(control: str, *chosen: str) -> dict[str, Any]:
    """What was chosen under a control."""
    return {"from_name": control, "to_name": "image", "type": "choices", "value": {"choices": list(chosen)}}


def comment(*texts: str) -> dict[str, Any]:
    """What was written."""
    return {"from_name": "comment", "to_name": "image", "type": "textarea", "value": {"text": list(texts)}}


def an_annotation(*results: Any) -> dict[str, Any]:
    """An annotation with these results."""
    return {
        "id": 1,
        "completed_by": 1,
        "was_cancelled": False,
        "lead_time": 2.5,
        "updated_at": "2026-01-31T12:00:00.000000Z",
        "result": list(results),
    }
