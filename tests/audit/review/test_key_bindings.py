import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.errors import InputError
from audit.review.key_bindings import (
    COMPARING_ACTIONS,
    JUDGING_ACTIONS,
    NAMED_KEYS,
    RESERVED_KEYS,
    Action,
    bind_keys,
    check_keys,
)
from db.records import Reason

DESKS = pytest.mark.parametrize("actions", [JUDGING_ACTIONS, COMPARING_ACTIONS], ids=["judging", "comparing"])
NAMES = [action.name for action in JUDGING_ACTIONS]
# What ten fingers reach with one hand on a QWERTY keyboard; the columns T, G, B and Y, H, N with either.
RIGHT_HALF = set("yuiophjklnm,.[]-=67890tgbv?")


def keys_of(hand: str = "right", **remaps: str) -> dict[str, tuple[str, ...]]:
    bindings = bind_keys(JUDGING_ACTIONS, hand=hand, remaps=remaps)
    return {binding.action.name: binding.keys for binding in bindings}


@DESKS
@pytest.mark.parametrize("hand", ["right", "left"])
def test_every_action_of_a_preset_has_a_key_of_its_own(actions: tuple[Action, ...], hand: str) -> None:
    bindings = bind_keys(actions, hand=hand, remaps={})

    keys = [key for binding in bindings for key in binding.keys]
    assert len(keys) == len(set(keys))
    assert all(binding.keys for binding in bindings)
    assert not set(keys) & set(RESERVED_KEYS)


def test_the_right_handed_preset_is_the_one_that_is_documented() -> None:
    keys = keys_of()

    assert (keys["correct"], keys["incorrect"], keys["unsure"]) == (("a",), ("x",), ("space",))
    assert [keys[reason] for reason in Reason] == [(str(digit),) for digit in range(1, 10)]
    assert keys["undo"] == ("u", "backspace")
    assert (keys["previous"], keys["next"], keys["hide"]) == (("q",), ("e",), ("z",))


@DESKS
def test_with_the_mouse_at_the_left_one_right_hand_reaches_every_action(
    actions: tuple[Action, ...],
) -> None:
    for binding in bind_keys(actions, hand="left", remaps={}):
        assert set(binding.keys) & (RIGHT_HALF | set(NAMED_KEYS)), binding.action.name


def test_remapped_keys_stand_in_place_of_the_presets() -> None:
    keys = keys_of(correct="K Space", unsure="w", previous="PageUp")

    assert keys["correct"] == ("k", "space")
    assert keys["unsure"] == ("w",)
    assert keys["previous"] == ("pageup",)
    assert keys["incorrect"] == ("x",)


def test_two_actions_may_exchange_their_keys() -> None:
    keys = keys_of(correct="x", incorrect="a")

    assert (keys["correct"], keys["incorrect"]) == (("x",), ("a",))


def test_a_key_of_another_desk_is_left_alone() -> None:
    bind_keys(JUDGING_ACTIONS, hand="right", remaps={"left": "w", "right": "p"})
    check_keys(hand="right", remaps={"left": "w"})


@pytest.mark.parametrize(
    ("remaps", "told"),
    [
        (
            {"corect": "k"},
            "[keys] corect = 'k': there is no such action; there are correct, incorrect, unsure",
        ),
        ({"correct": "x"}, "[keys] correct = 'x': x is the key of incorrect already"),
        ({"note": "k", "flag": "k"}, "= 'k': k is the key of"),
        ({"incorrect": "c"}, "[keys] incorrect = 'c': c cannot be taken: Streamlit keeps it"),
        ({"incorrect": "R"}, "r cannot be taken: Streamlit keeps it"),
        ({"help": "Tab"}, "tab cannot be taken: it moves the focus"),
        ({"help": "F5"}, "'f5' is no key: give a letter, a digit"),
        ({"help": "ctrl+h"}, "'ctrl+h' is no key"),
        ({"help": "ä"}, "'ä' is no key"),
        ({"help": "x" * 10_000}, "is no key"),
        ({"help": "\u202e"}, "is no key"),
        ({"correct": " "}, "[keys] correct = ' ': name a key, or leave the line out"),
    ],
)
def test_a_key_that_cannot_be_is_told_in_one_sentence(remaps: dict[str, str], told: str) -> None:
    with pytest.raises(InputError) as caught:
        check_keys(hand="right", remaps=remaps)

    message = str(caught.value)
    assert message.startswith("in audit.toml, [keys] ")
    assert told in message
    assert "\n" not in message


def test_keys_are_checked_for_every_desk() -> None:
    with pytest.raises(InputError, match="is the key of"):
        check_keys(hand="right", remaps={"right": "z"})


@given(
    remaps=st.dictionaries(
        st.sampled_from(NAMES),
        st.lists(st.sampled_from([*string.printable.split()[0], *NAMED_KEYS]), max_size=3).map(" ".join),
        max_size=4,
    ),
    hand=st.sampled_from(["right", "left"]),
)
def test_whatever_is_remapped_no_key_ever_does_two_things(remaps: dict[str, str], hand: str) -> None:
    problem = ""
    keys: list[str] = []
    try:
        bindings = bind_keys(JUDGING_ACTIONS, hand=hand, remaps=remaps)
        keys = [key for binding in bindings for key in binding.keys]
    except InputError as error:
        problem = str(error)
    assert len(keys) == len(set(keys))
    assert not set(keys) & set(RESERVED_KEYS)
    assert keys or any(f"[keys] {name} = " in problem for name in remaps)
