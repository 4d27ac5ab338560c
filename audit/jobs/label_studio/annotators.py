"""Whom a Label Studio annotation is by, as reviewers are named here."""

from collections.abc import Callable, Mapping

from audit.names import name_fault
from audit.review.label_studio.answers import Signature


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
        """
        self._given = {key.strip().casefold(): name for key, name in given.items()}
        self._ask = emails
        self._known = known or {}
        self._emails: Mapping[int, str] | None = None

    def name_of(self, signature: Signature) -> str:
        """Give the reviewer's name; empty where the annotation names nobody."""
        user = signature.user
        email = (signature.email or self._email_of(user)).strip().lower()
        for key in (str(user), email.casefold()):
            if key in self._given:
                return self._given[key].strip()
        if user is not None and user in self._known:
            return self._known[user]
        return email or ("" if user is None else f"label-studio user {user}")

    def _email_of(self, user: int | None) -> str:
        if user is None:
            return ""
        if self._emails is None:
            self._emails = self._ask()
        return self._emails.get(user, "")


def annotator_fault(name: str) -> str:
    """Give why an annotator's name will not do, as a clause; empty where it will."""
    if not name:
        return "it names no annotator"
    fault = name_fault(name)
    return f"its annotator {fault}, in [annotators] of audit.toml" if fault else ""
