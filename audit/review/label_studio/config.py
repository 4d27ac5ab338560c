"""The labeling config of a project: what a reviewer sees, and under which names answers come back."""

from collections.abc import Iterator
from hashlib import sha256
from xml.etree.ElementTree import Element, ParseError, SubElement, canonicalize, indent, tostring

from audit.review.choices import REASON_WORDING, VERDICT_WORDING, Wording
from db.records import REASONS_OF, Reason, Verdict

IMAGE = "image"
VERDICT = "verdict"
REASONS_CONTROLS = {Verdict.INCORRECT: "reasons", Verdict.UNSURE: "unsure_reasons"}
"""Verdict → the control that holds its reasons; a verdict without reasons has none."""
COMMENT = "comment"
MASK = "mask"
MASK_LABEL = "mask"

MASK_COLOUR = "#56b4e9"
"""Okabe and Ito's sky blue, as on the reviewer's page."""

_LAST_DIGIT = 9

# A photo is fitted to its place before the toolbar takes 42 pixels of it, which would cut off the edges of a
# small one: the toolbar gets a place of its own.
_STYLE = """
.mask-audit-photo { flex: 1 1 0; min-width: 0; margin-right: 42px; position: relative; }
.mask-audit-photo .lsf-toolbar { position: absolute; left: 100%; top: 40px; }
.mask-audit-answers { flex: 0 0 15em; min-width: 0; }
.mask-audit-answers .lsf-choices { margin-bottom: 12px; }
.mask-audit-answers .lsf-choice__item,
.mask-audit-answers .lsf-choice__checkbox { height: 30px; line-height: 30px; }
.mask-audit-answers [data-testid=textarea-submit-section] { display: none; }
"""


def labeling_config() -> str:
    """Give the config as XML: question, photo with its mask, verdict, the verdict's reasons, comment.

    What is chosen comes back as the values of `Verdict` and `Reason`. Digits choose: 1 to 3 a verdict, 4 to 9
    the first reasons. The mask is a brush region of a hidden label, not of `BrushLabels`: that would bring
    along brush and eraser, and with them even a read-only region can be changed once it is selected.
    """
    root = Element("View")
    SubElement(root, "Style").text = _STYLE
    question = SubElement(root, "View", style="max-height:7em; overflow:auto; overflow-wrap:anywhere")
    SubElement(question, "Header", value="$question", size="5")
    columns = SubElement(root, "View", style="display:flex; gap:1em")
    _add_image(SubElement(columns, "View", className="mask-audit-photo"))
    _add_answers(SubElement(columns, "View", className="mask-audit-answers"))
    _add_mask_label(SubElement(root, "View", style="display:none"))
    indent(root)
    return tostring(root, encoding="unicode")


def config_hash(xml: str) -> str:
    """Give the SHA-256 of what a config means, in hex: order of attributes and white space do not count."""
    try:
        meaning = canonicalize(xml, strip_text=True)
    except ParseError:
        meaning = xml
    return sha256(meaning.encode()).hexdigest()


def is_same_config(first: str, second: str) -> bool:
    """Tell whether two configs mean the same.

    >>> is_same_config('<View a="1" b="2"/>', "<View b='2'  a='1'> </View>")
    True
    """
    return config_hash(first) == config_hash(second)


def is_our_config(xml: str) -> bool:
    """Tell whether a text is a labeling config with our controls, be it of another version.

    >>> is_our_config(labeling_config()), is_our_config("<View/>")
    (True, False)
    """
    return all(f'name="{control}"' in xml for control in (VERDICT, *REASONS_CONTROLS.values(), COMMENT))


def _add_image(parent: Element) -> None:
    SubElement(
        parent,
        "Image",
        name=IMAGE,
        value="$image",
        maxHeight="calc(100vh - 250px)",
        zoom="true",
        zoomControl="true",
        brightnessControl="true",
        contrastControl="true",
    )


def _add_answers(parent: Element) -> None:
    hotkeys = iter(range(1, _LAST_DIGIT + 1))
    verdict = SubElement(
        parent,
        "Choices",
        name=VERDICT,
        toName=IMAGE,
        choice="single",
        required="true",
        requiredMessage="Choose a verdict.",
    )
    for each in Verdict:
        _add_choice(verdict, each, VERDICT_WORDING[each], hotkeys)
    for each, control in REASONS_CONTROLS.items():
        shown = SubElement(
            parent,
            "View",
            visibleWhen="choice-selected",
            whenTagName=VERDICT,
            whenChoiceValue=VERDICT_WORDING[each].label,  # unlike an answer, not the alias
        )
        reasons = SubElement(shown, "Choices", name=control, toName=IMAGE, choice="multiple")
        for reason in REASONS_OF[each]:
            _add_choice(reasons, reason, REASON_WORDING[reason], hotkeys)
    SubElement(
        parent,
        "TextArea",
        name=COMMENT,
        toName=IMAGE,
        placeholder="Comment",
        rows="2",
        maxSubmissions="1",
        editable="true",
    )


def _add_choice(parent: Element, choice: Verdict | Reason, wording: Wording, hotkeys: Iterator[int]) -> None:
    element = SubElement(parent, "Choice", value=wording.label, alias=choice, hint=wording.meaning)
    hotkey = next(hotkeys, None)
    if hotkey is not None:
        element.set("hotkey", str(hotkey))


def _add_mask_label(parent: Element) -> None:
    labels = SubElement(parent, "Labels", name=MASK, toName=IMAGE)
    SubElement(labels, "Label", value=MASK_LABEL, background=MASK_COLOUR)
