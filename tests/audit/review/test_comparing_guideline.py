import re

from audit.review.choices import PREFERENCE_WORDING
from audit.review.comparing_guideline import comparing_guideline
from audit.review.guideline import Guideline
from audit.review.key_bindings import COMPARING_ACTIONS


def test_every_choice_and_its_key_are_named() -> None:
    told = comparing_guideline(None).html

    caps = re.findall(r'<kbd data-key-of="([a-z]+)"></kbd>', told)
    assert caps == ["left", "same", "right", "flicker"]
    assert set(caps) <= {action.name for action in COMPARING_ACTIONS}
    assert all(each.meaning in told for each in PREFERENCE_WORDING.values())


def test_the_guideline_of_the_workspace_stands_behind_and_makes_it_another_one() -> None:
    own = Guideline(html="<p>Look.</p>", hash="0")

    alone, joined = comparing_guideline(None), comparing_guideline(own)

    assert joined.html.startswith(alone.html)
    assert joined.html.endswith(own.html)
    assert len({alone.hash, joined.hash, own.hash}) == 3
