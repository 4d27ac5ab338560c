"""What Wikidata says of one item, as far as its place in the tree of classes needs it."""

import re
from dataclasses import dataclass

_ID = re.compile(r"(?:https?://www\.wikidata\.org/entity/)?Q([1-9][0-9]{0,8})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item; every item is named by the number of its id.

    Attributes:
        name: its label in English, else the one for all languages, else any.
        instance_of: the classes that it is an example of (P31).
        subclass_of: the classes that it is a part of (P279), and the taxon above it (P171), which stands in
            place of P279 where Wikidata classifies living things.
        redirects_to: the item that it was merged into, or None; a merged item has nothing else.
        n_deprecated: statements of these that are marked as wrong, and left out.
    """

    number: int
    name: str | None = None
    instance_of: tuple[int, ...] = ()
    subclass_of: tuple[int, ...] = ()
    redirects_to: int | None = None
    n_deprecated: int = 0


def item_number(text: str) -> int | None:
    """Give the number in an item's id, or None where the text is none; the full address will do too.

    >>> item_number("Q146"), item_number("http://www.wikidata.org/entity/Q146"), item_number("crow")
    (146, 146, None)
    """
    found = _ID.fullmatch(text)
    return int(found[1]) if found else None
