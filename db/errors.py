"""The errors of the store.

StoreError
├── NotFoundError     what was asked for is not in the store
├── ConflictError     it is there already, or contradicts what is there
├── BusyError         somebody else is at the same work
└── UnreachableError  the database or the file system does not answer
"""


class StoreError(Exception):
    """What went wrong in the store, as one sentence for the person who must act."""


class NotFoundError(StoreError):
    """What was asked for is not in the store."""


class ConflictError(StoreError):
    """What was handed in is there already, or contradicts what is there."""


class BusyError(StoreError):
    """Somebody else is at the same work, which only one may do at a time."""


class UnreachableError(StoreError):
    """The database or the file system does not answer."""
