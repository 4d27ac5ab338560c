"""Documents that somebody looked at and accepted, kept under gold/; what differs is saved under actual/."""

from pathlib import Path

GOLD = Path(__file__).parent / "gold"
ACTUAL = Path(__file__).parent / "actual"


def gold_difference(place: Path, text: str) -> str | None:
    """Give the sentence that says how a document differs from the accepted one; None where it is the same.

    Args:
        place: of the document, relative to either folder.
        text: the document as it is now.
    """
    gold, actual = GOLD / place, ACTUAL / place
    if gold.is_file() and gold.read_bytes() == text.encode():
        actual.unlink(missing_ok=True)
        return None
    actual.parent.mkdir(parents=True, exist_ok=True)
    actual.write_bytes(text.encode())
    return f"{place} differs from its gold document: look at {actual}; to accept it, mv {actual} {gold}"
