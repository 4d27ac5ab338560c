"""Whom a Label Studio annotation is by, as reviewers are named here."""

from collections.abc import Callable, Mapping

from audit.errors import InputError
from audit.names import name_fault
from audit.review.label_studio.answers import Signature

_WHERE = "in [annotators] of audit.toml,"


class Annotators:
    """Names the users of a Label Studio server."""

    def __init__(
        self,
        given: Mapping[str, str],
        emails: Callable[[], Mapping[int, str]],
        known: Mapping[int, str] | None = None,
    ) -> None:
        """Name nobody yet.

        Args:
            given: e-mail address or number of a user → the reviewer's name; lower and upper case are alike.
            emails: gives the addresses of the server's users, by number; asked when first needed.
            known: users whose names are known otherwise, by number.

        Raises:
            InputError: a name that is given will not do, or a user is given two, or two differ in case alone.
        """
        self._given = _checked(given)
        self._ask = emails
        self._known = known or {}
        self._emails: Mapping[int, str] | None = None

    def name_of(self, signature: Signature) -> str:
        """Give the reviewer's name; empty where the annotation names nobody."""
        user = signature.user
        email = (signature.email or self._email_of(user)).strip().lower()
        for key in (str(user), email.casefold()):
            if key in self._given:
                return self._given[key]
        if user is not None and user in self._known:
            return self._known[user]
        return email or ("" if user is None else f"label-studio user {user}")

    def _email_of(self, user: int | None) -> str:
        if user is None:
            return ""
        if self._emails is None:
            self._emails = self._ask()
        return self._emails.get(user, "")


def _checked(given: Mapping[str, str]) -> dict[str, str]:
    checked: dict[str, str] = {}
    written: dict[str, str] = {}
    for key, name in given.items():
        who, wanted = key.strip().casefold(), name.strip()
        fault = name_fault(wanted)
        if fault:
            raise InputError(f"{_WHERE} {key!r} {fault}")
        if checked.setdefault(who, wanted) != wanted:
            raise InputError(f"{_WHERE} {key!r} stands twice, in upper and lower case: keep one of them")
        if written.setdefault(wanted.casefold(), wanted) != wanted:
            raise InputError(
                f"{_WHERE} {wanted!r} and {written[wanted.casefold()]!r} differ in upper and lower case "
                "alone: write the name of one person in one way"
            )
        checked[who] = wanted
    return checked


def annotator_fault(name: str) -> str:
    """Give why an annotator's name will not do, as a clause; empty where it will."""
    if not name:
        return "it names no annotator"
    fault = name_fault(name)
    return f"its annotator {fault}" if fault else ""
