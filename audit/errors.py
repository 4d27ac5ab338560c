"""The errors a user sees as one line, without a traceback.

AuditError
├── InputError        the user must change a file, an option or a setting (exit status 2)
│   └── NotReadyError another step comes first
└── UnavailableError  a server or the file system failed (exit status 3)
"""


class AuditError(Exception):
    """What went wrong, as one sentence for the person who must act."""

    exit_status: int = 2
    kind: str = "error"


class InputError(AuditError):
    """The user must change something: the sentence says what, where, what was needed and what to do."""

    kind = "input"


class NotReadyError(InputError):
    """Nothing is wrong, but another step comes first: the sentence says which."""


class UnavailableError(AuditError):
    """A server or the file system failed; the same command may work later."""

    exit_status = 3
    kind = "unavailable"
