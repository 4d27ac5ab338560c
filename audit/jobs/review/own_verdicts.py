"""What stands of one reviewer's verdicts, kept up to date by reading only what the journal has gained."""

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType

from db.records import JournalEntry, Purpose
from db.reviews import load_entries
from db.store import Transaction


class OwnVerdicts:
    """The verdicts of one reviewer that nothing has superseded or withdrawn.

    The journal is append-only, so what was read once need not be read again, however long the review.
    """

    def __init__(self, reviewer_id: int, purposes: Collection[Purpose]) -> None:
        self._reviewer_id = reviewer_id
        self._purposes = frozenset(purposes)
        self._last_entry_id = 0
        self._standing: dict[str, JournalEntry] = {}

    @property
    def standing(self) -> Mapping[str, JournalEntry]:
        """Mask id → the verdict that stands on it, oldest first."""
        return MappingProxyType(self._standing)

    def newest_first(self) -> Iterator[JournalEntry]:
        """Give the verdicts that stand, the latest first."""
        return reversed(self._standing.values())

    def refresh(self, transaction: Transaction) -> None:
        """Take up what is new. Only what is committed may be taken up, so not while anything is stored."""
        for entry in load_entries(transaction, self._reviewer_id, self._last_entry_id):
            self._last_entry_id = entry.entry_id
            if entry.purpose not in self._purposes:
                continue
            self._standing.pop(entry.mask_id, None)
            if entry.verdict is not None:
                self._standing[entry.mask_id] = entry
