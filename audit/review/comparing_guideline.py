"""What reviewers read before they compare: which of two outlines is better, and how to say so."""

import hashlib

from audit.review.choices import PREFERENCE_WORDING
from audit.review.guideline import Guideline

_HEAD = """<h1>Which outline is better?</h1>
<p>Two machine-made outlines of the same named thing, side by side. Choose the one that needs less repair
until it holds all of the thing and nothing else.</p>
"""
_TAIL = """<p><strong>Flicker</strong> <kbd data-key-of="flicker"></kbd> shows the two in one place, one after
the other: small differences stand out. Which method is at the left is drawn anew for every pair.</p>
"""


def comparing_guideline(guideline: Guideline | None) -> Guideline:
    """Give the guideline for comparing, with the workspace's own behind it where there is one.

    The page writes the keys in force into its `data-key-of` elements.

    >>> "needs less repair" in comparing_guideline(None).html
    True
    """
    choices = "".join(
        f'<li><strong>{each.label}</strong> <kbd data-key-of="{side}"></kbd> {each.meaning}</li>\n'
        for side, each in PREFERENCE_WORDING.items()
    )
    html = f"{_HEAD}<ul>\n{choices}</ul>\n{_TAIL}"
    if guideline is not None:
        html += f"<hr>\n{guideline.html}"
    return Guideline(html=html, hash=hashlib.sha256(html.encode()).hexdigest())
