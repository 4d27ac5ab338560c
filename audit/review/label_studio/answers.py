"""What one annotation of a server says: a verdict, nothing (it was skipped), or what cannot be taken.

The server checks nothing itself: what its page would refuse comes in through its API, and through a config
that somebody changed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from audit.review.events import UNSTORABLE
from audit.review.label_studio.config import COMMENT, MASK, REASONS_CONTROLS, VERDICT
from db.records import REASONS_OF, Reason, Verdict

_LONGEST_SECONDS = 7 * 86_400
"""A page left open for longer was not looked at."""

_CHOICE_CONTROLS = (VERDICT, *REASONS_CONTROLS.values())
_GREATEST_NUMBER = 2**63 - 1
_LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an annotation says.

    Attributes:
        verdict: None where it was skipped or is refused.
        comment: its texts, a line each.
        seconds: the server's `lead_time`, which grows with every edit; None where it is no time to go by.
        refusal: why it is refused, as a clause; empty where it is not.
    """

    verdict: Verdict | None = None
    reasons: tuple[Reason, ...] = ()
    comment: str = ""
    seconds: float | None = None
    refusal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Which annotation it is, and whose.

    Attributes:
        number: its id on the server.
        updated_at: its last change, by the server's clock.
        user: who made it, by their id on the server; None where it names nobody.
        email: of that user, where the annotation says it; otherwise empty.
    """

    number: int
    updated_at: datetime
    user: int | None
    email: str


class _RefusedError(Exception):
    """Why an annotation is refused, as a clause."""


def read_answer(annotation: object) -> Answer:
    """Give what an annotation says, whatever JSON it may be.

    >>> read_answer({"was_cancelled": False, "result": []}).refusal
    'it holds no verdict'
    """
    try:
        return _answer(annotation)
    except _RefusedError as error:
        return Answer(refusal=str(error))


def read_signature(annotation: object) -> Signature | None:
    """Give which annotation it is, or None where it has no id or no time of its last change."""
    if not isinstance(annotation, Mapping):
        return None
    number, updated_at = whole_number(annotation.get("id")), moment(annotation.get("updated_at"))
    if number is None or updated_at is None:
        return None
    author = annotation.get("completed_by")
    named = author if isinstance(author, Mapping) else {"id": author}
    email = named.get("email")
    return Signature(
        number=number,
        updated_at=updated_at,
        user=whole_number(named.get("id")),
        email=email if isinstance(email, str) else "",
    )


def whole_number(value: object) -> int | None:
    """Give an id as a server numbers things; None where it is none.

    >>> whole_number(17), whole_number(True), whole_number("17")
    (17, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= _GREATEST_NUMBER else None


def moment(value: object) -> datetime | None:
    """Give a time as a server writes it, in UTC, which it is where it names no zone; None where it is none.

    >>> moment("2026-01-31T13:00:00.250000+01:00").isoformat()
    '2026-01-31T12:00:00.250000+00:00'
    """
    try:
        time = datetime.fromisoformat(value if isinstance(value, str) else "")
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _answer(annotation: object) -> Answer:
    if not isinstance(annotation, Mapping):
        raise _RefusedError("it is malformed")
    was_cancelled = annotation.get("was_cancelled") or False
    if not isinstance(was_cancelled, bool):
        raise _RefusedError("it does not say whether it was skipped")
    seconds = _seconds(annotation.get("lead_time"))
    if was_cancelled:
        return Answer(seconds=seconds)
    said = _said(annotation.get("result"))
    verdict = _verdict(said[VERDICT])
    return Answer(
        verdict=verdict,
        reasons=_reasons(said, verdict),
        comment=UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", "\n".join(said[COMMENT])).strip(),
        seconds=seconds,
    )


def _said(results: object) -> dict[str, list[str]]:
    """What each control holds; the mask itself is no answer."""
    if not isinstance(results, list):
        raise _RefusedError("its results are malformed")
    said: dict[str, list[str]] = {control: [] for control in (*_CHOICE_CONTROLS, COMMENT)}
    for result in results:
        control = result.get("from_name") if isinstance(result, Mapping) else None
        if not isinstance(control, str):
            raise _RefusedError("one of its results names no control")
        if control == MASK:
            continue
        if control not in said:
            raise _RefusedError(f"it holds a result of the unknown control {_shown(control)}")
        said[control] += _texts(result, "text" if control == COMMENT else "choices", control)
    return said


def _texts(result: Mapping[str, Any], kind: str, control: str) -> list[str]:
    value = result.get("value")
    texts = value.get(kind) if isinstance(value, Mapping) else None
    if isinstance(texts, str):
        texts = [texts]
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise _RefusedError(f"its result of {control} is malformed")
    return texts


def _verdict(chosen: Iterable[str]) -> Verdict:
    distinct = list(dict.fromkeys(chosen))
    if not distinct:
        raise _RefusedError("it holds no verdict")
    if len(distinct) > 1:
        raise _RefusedError(f"it holds {len(distinct)} verdicts: {', '.join(map(_shown, distinct[:3]))}")
    try:
        return Verdict(distinct[0])
    except ValueError as error:
        raise _RefusedError(f"{_shown(distinct[0])} is an unknown choice of {VERDICT}") from error


def _reasons(said: Mapping[str, list[str]], verdict: Verdict) -> tuple[Reason, ...]:
    named = set()
    for of_verdict, control in REASONS_CONTROLS.items():
        for reason in said[control]:
            if reason not in REASONS_OF[of_verdict]:
                raise _RefusedError(f"{_shown(reason)} is an unknown choice of {control}")
            if of_verdict != verdict:
                raise _RefusedError(f"it gives the reason {_shown(reason)} under {verdict}")
            named.add(reason)
    return tuple(reason for reason in REASONS_OF[verdict] if reason in named)


def _seconds(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= _LONGEST_SECONDS else None


def _shown(text: str) -> str:
    return repr(text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…")
