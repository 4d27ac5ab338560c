from xml.etree import ElementTree

import pytest

from audit.review.choices import REASON_WORDING, VERDICT_WORDING
from audit.review.label_studio.config import (
    COMMENT,
    IMAGE,
    MASK,
    REASONS_CONTROLS,
    VERDICT,
    config_hash,
    is_same_config,
    labeling_config,
)
from db.records import REASONS_OF, Verdict


@pytest.fixture
def root() -> ElementTree.Element:
    return ElementTree.fromstring(labeling_config())


def control(root: ElementTree.Element, name: str) -> ElementTree.Element:
    (found,) = (element for element in root.iter() if element.get("name") == name)
    return found


def choices(element: ElementTree.Element) -> list[tuple[str | None, str | None, str | None]]:
    return [(each.get("alias"), each.get("value"), each.get("hint")) for each in element.iter("Choice")]


def test_the_choices_are_those_of_every_front_end(root: ElementTree.Element) -> None:
    assert choices(control(root, VERDICT)) == [
        (each.value, VERDICT_WORDING[each].label, VERDICT_WORDING[each].meaning) for each in Verdict
    ]
    assert set(REASONS_CONTROLS) == {verdict for verdict, reasons in REASONS_OF.items() if reasons}
    for verdict, name in REASONS_CONTROLS.items():
        assert choices(control(root, name)) == [
            (each.value, REASON_WORDING[each].label, REASON_WORDING[each].meaning)
            for each in REASONS_OF[verdict]
        ]


def test_digits_choose_the_verdicts_and_then_the_first_reasons(root: ElementTree.Element) -> None:
    hotkeys = {each.get("alias"): each.get("hotkey") for each in root.iter("Choice")}
    order = [*Verdict, *(reason for reasons in REASONS_OF.values() for reason in reasons)]

    assert list(hotkeys) == [each.value for each in order]
    assert list(hotkeys.values()) == [*"123456789", *[None] * (len(order) - 9)]
    assert {element.get("hotkey") for element in root.iter()} == set(hotkeys.values())


def test_reasons_show_under_their_verdict_alone_and_may_be_left_out(root: ElementTree.Element) -> None:
    for verdict, name in REASONS_CONTROLS.items():
        (parent,) = (view for view in root.iter("View") if control(root, name) in view)
        assert parent.get("visibleWhen") == "choice-selected"
        assert parent.get("whenTagName") == VERDICT
        assert parent.get("whenChoiceValue") == VERDICT_WORDING[verdict].label
        assert control(root, name).get("choice") == "multiple"
        assert control(root, name).get("required") is None
    assert control(root, VERDICT).get("choice") == "single"
    assert control(root, VERDICT).get("required") == "true"
    assert control(root, COMMENT).get("required") is None


def test_nothing_in_it_lets_a_reviewer_draw(root: ElementTree.Element) -> None:
    (hidden,) = (view for view in root.iter("View") if control(root, MASK) in view)

    assert hidden.get("style") == "display:none"
    assert {element.tag for element in root.iter() if element.get("toName") == IMAGE} == {
        "Choices",
        "TextArea",
        "Labels",
    }


def test_the_sdk_understands_it() -> None:
    interface = pytest.importorskip(
        "label_studio_sdk.label_interface", reason="label-studio-sdk is not installed"
    ).LabelInterface(labeling_config())

    interface.validate()

    assert {each.name for each in interface.controls} == {VERDICT, *REASONS_CONTROLS.values(), COMMENT, MASK}
    assert {each.name for each in interface.objects} == {IMAGE}


def test_order_of_attributes_and_white_space_mean_nothing() -> None:
    rewritten = ElementTree.fromstring(labeling_config())
    for element in rewritten.iter():
        attributes = dict(reversed(element.attrib.items()))
        element.attrib.clear()
        element.attrib.update(attributes)
        element.tail = None
    text = ElementTree.tostring(rewritten, encoding="unicode", short_empty_elements=False)

    assert text != labeling_config()
    assert is_same_config(text, labeling_config())
    assert config_hash(text) == config_hash(labeling_config())


@pytest.mark.parametrize("change", [("Correct", "Right"), ('hotkey="4"', ""), ('alias="spills_over"', "")])
def test_another_word_or_key_or_id_is_another_config(change: tuple[str, str]) -> None:
    assert not is_same_config(labeling_config().replace(*change), labeling_config())


def test_a_config_that_is_no_xml_is_another_one() -> None:
    assert not is_same_config("<View>", labeling_config())
    assert is_same_config("<View>", "<View>")
