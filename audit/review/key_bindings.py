"""The keys of the reviewer's page: what they do, for either hand, and what `audit.toml` may change.

The page takes its key handling, its labels and its help from here. A key is what the browser calls
`KeyboardEvent.key`, in lower case, except that the space bar is named "space".
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from audit.errors import InputError
from audit.review.choices import VERDICT_WORDING
from db.records import REASONS_OF, Reason, Verdict

NAMED_KEYS = (
    "space", "backspace", "delete", "insert", "home", "end", "pageup", "pagedown",
    "arrowleft", "arrowright", "arrowup", "arrowdown",
)  # fmt: skip
"""The keys that can be bound by name; any other is a single character that is typed without a modifier."""

RESERVED_KEYS: Mapping[str, str] = {
    "c": "Streamlit keeps it",
    "r": "Streamlit keeps it",
    "tab": "it moves the focus",
    "enter": "it presses what has the focus",
    "escape": "it leads back",
    "'": "it opens the search of some browsers",
    "/": "it opens the search of some browsers",
}
"""Keys that no action may have, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something that a key does.

    Attributes:
        name: as `audit.toml` and the page know it.
        meaning: in the words of the help.
        right: keys where the mouse is in the right hand, and the left one rests on A S D.
        left: keys where the mouse is in the left hand, and the right one rests on J K L.
    """

    name: str
    meaning: str
    right: tuple[str, ...]
    left: tuple[str, ...]

    def preset(self, hand: str) -> tuple[str, ...]:
        """The keys for the hand that holds the mouse, "right" or "left"."""
        return self.left if hand == "left" else self.right


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """An action with the keys that are in force, the first of which is shown."""

    action: Action
    keys: tuple[str, ...]


def bind_keys(actions: Iterable[Action], *, hand: str, remaps: Mapping[str, str]) -> tuple[Binding, ...]:
    """Give every action its keys.

    Args:
        actions: of one desk: `JUDGING_ACTIONS` or `COMPARING_ACTIONS`.
        hand: the one that holds the mouse, "right" or "left".
        remaps: action → its keys, separated by spaces, in place of the preset's. Actions of other desks are
            left out.

    Raises:
        InputError: an action is unknown, a key cannot be bound, or two actions have the same one.

    >>> bindings = bind_keys(JUDGING_ACTIONS, hand="right", remaps={"correct": "K space", "unsure": "w"})
    >>> {each.action.name: each.keys for each in bindings}["correct"]
    ('k', 'space')
    """
    _check_actions(remaps)
    bindings = [
        Binding(action=action, keys=_remapped(action.name, remaps) or action.preset(hand))
        for action in actions
    ]
    _check_unique(bindings, remaps)
    return tuple(bindings)


def check_keys(*, hand: str, remaps: Mapping[str, str]) -> None:
    """Raise InputError where the keys of `audit.toml` suit not every desk."""
    bind_keys(JUDGING_ACTIONS, hand=hand, remaps=remaps)
    bind_keys(COMPARING_ACTIONS, hand=hand, remaps=remaps)


def _check_actions(remaps: Mapping[str, str]) -> None:
    known = {action.name: None for action in (*JUDGING_ACTIONS, *COMPARING_ACTIONS)}
    for name in remaps:
        if name not in known:
            raise _fault(name, remaps, f"there is no such action; there are {', '.join(known)}")


def _remapped(name: str, remaps: Mapping[str, str]) -> tuple[str, ...]:
    if name not in remaps:
        return ()
    keys = tuple(dict.fromkeys(remaps[name].lower().split()))
    if not keys:
        raise _fault(name, remaps, "name a key, or leave the line out")
    for key in keys:
        if key in RESERVED_KEYS:
            raise _fault(name, remaps, f"{key} cannot be taken: {RESERVED_KEYS[key]}")
        if key not in NAMED_KEYS and not re.fullmatch(r"[!-~]", key):
            allowed = f"a letter, a digit, a sign such as [ or one of {', '.join(NAMED_KEYS)}"
            raise _fault(name, remaps, f"{key[:40]!r} is no key: give {allowed}")
    return keys


def _check_unique(bindings: Iterable[Binding], remaps: Mapping[str, str]) -> None:
    taken: dict[str, str] = {}
    for binding in bindings:
        name = binding.action.name
        for key in binding.keys:
            other = taken.setdefault(key, name)
            if other == name:
                continue
            named, rival = (name, other) if name in remaps else (other, name)
            raise _fault(named, remaps, f"{key} is the key of {rival} already: give {rival} another one too")


def _fault(name: str, remaps: Mapping[str, str], problem: str) -> InputError:
    return InputError(f"in audit.toml, [keys] {name} = {remaps[name]!r}: {problem}")


_LEFT_KEY_OF_REASON = {
    Reason.WRONG_OBJECT: "y",
    Reason.SPILLS_OVER: "u",
    Reason.PART_MISSING: "i",
    Reason.WHOLE_IMAGE: "o",
    Reason.FOREGROUND_BACKGROUND: "p",
    Reason.MERGED_INSTANCES: "h",
    Reason.NOT_VISIBLE: "n",
}


def _reason_actions() -> Iterable[Action]:
    reasons = [(verdict, reason) for verdict in Verdict for reason in REASONS_OF[verdict]]
    for digit, (verdict, reason) in enumerate(reasons, start=1):
        letter = _LEFT_KEY_OF_REASON.get(reason)
        yield Action(
            name=reason,
            meaning=f"{VERDICT_WORDING[verdict].label}, for that reason",
            right=(str(digit),),
            left=(letter, str(digit)) if letter else (str(digit),),
        )


_PAN = "Move the picture, as dragging does"

_LOOKING = (
    Action(name="hide", meaning="Hold to hide the overlay", right=("z",), left=("k",)),
    Action(name="mode", meaning="Contour, fill, spotlight, off", right=("m",), left=("m",)),
    Action(name="fainter", meaning="Fainter overlay", right=("[",), left=("[",)),
    Action(name="stronger", meaning="Stronger overlay", right=("]",), left=("]",)),
    Action(name="zoom-in", meaning="Zoom in, as the wheel does", right=("=", "+"), left=("=", "+")),
    Action(name="zoom-out", meaning="Zoom out", right=("-",), left=("-",)),
    Action(name="pan-left", meaning=_PAN, right=("arrowleft",), left=("arrowleft",)),
    Action(name="pan-right", meaning=_PAN, right=("arrowright",), left=("arrowright",)),
    Action(name="pan-up", meaning=_PAN, right=("arrowup",), left=("arrowup",)),
    Action(name="pan-down", meaning=_PAN, right=("arrowdown",), left=("arrowdown",)),
    Action(name="whole", meaning="The mask, or the whole image", right=("v",), left=("v",)),
    Action(name="part", meaning="Step through the parts of the mask", right=("t",), left=("t",)),
)

_MOVING = (
    Action(name="undo", meaning="Undo, as often as you like", right=("u", "backspace"), left=("backspace",)),
    Action(name="previous", meaning="Look back without judging", right=("q",), left=(",",)),
    Action(name="next", meaning="Look ahead without judging", right=("e",), left=(".",)),
    Action(name="flag", meaning="Flag it for the lead", right=("f",), left=("b",)),
    Action(name="note", meaning="Write a note", right=("n",), left=("0",)),
    Action(name="guideline", meaning="The guideline", right=("g",), left=("g",)),
    Action(name="help", meaning="This page", right=("?",), left=("?",)),
)

JUDGING_ACTIONS = (
    Action(name="correct", meaning="Correct", right=("a",), left=("j",)),
    Action(name="incorrect", meaning="Incorrect", right=("x",), left=("l",)),
    Action(name="unsure", meaning="Unsure", right=("space",), left=("space",)),
    *_reason_actions(),
    *_LOOKING,
    *_MOVING,
)
"""What can be done where masks are judged one by one."""

COMPARING_ACTIONS = (
    Action(name="left", meaning="The left one is better", right=("a",), left=("j",)),
    Action(name="same", meaning="They are the same", right=("space",), left=("space",)),
    Action(name="right", meaning="The right one is better", right=("s",), left=("l",)),
    Action(name="flicker", meaning="Side by side, or one after the other", right=("d",), left=("i",)),
    *_LOOKING,
    *_MOVING,
)
"""What can be done where two masks of one mention are compared."""
