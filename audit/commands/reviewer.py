"""Commands about people: reviewer add, reviewer list, reviewer disable."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from audit.console import Outcome, speaks, workspace_option
from audit.errors import InputError
from db.records import Role

if TYPE_CHECKING:
    from audit.jobs.people import AddedPerson, Person

LONGEST_DAYS = 3650
HERE = "http://127.0.0.1:"


@click.group()
def reviewer() -> None:
    """Say who may judge where the page is served to others."""


@reviewer.command()
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), help="By default reviewer.")
@click.option(
    "--days",
    type=click.IntRange(1, LONGEST_DAYS),
    default=90,
    show_default=True,
    metavar="N",
    help="After which the link ends.",
)
@click.option(
    "--url",
    default=f"{HERE}8501",
    show_default=True,
    metavar="BASE",
    help="Where the person reaches the page.",
)
@workspace_option
@speaks
def add(name: str, role: str | None, days: int, url: str, workspace: Path | None) -> Outcome:
    """Let somebody in, and print their personal link.

    The link is shown this once; only a hash of it is kept. Whoever holds it judges under that name, so send
    it to that person alone. Adding somebody again makes a new link and ends the old one, also on pages that
    are open. Where `sign_in` is oidc, NAME is the e-mail address that the provider knows; there is no link.

    \b
    mask-audit reviewer add Ann --url https://review.example.org
    mask-audit reviewer add Ben --role lead --days 14
    """
    from audit.jobs.people import add_person
    from audit.jobs.workspace import open_workspace

    base = _base(url)
    place = open_workspace(workspace)
    added = add_person(
        place.store,
        place.settings,
        name,
        role=None if role is None else Role(role),
        days=days,
        now=datetime.now(UTC),
    )
    link = None if added.token is None else f"{base}/?link={added.token}"
    return Outcome(lines=_added_lines(added, link), content=_added_json(added, link))


@reviewer.command("list")
@workspace_option
@speaks
def list_all(workspace: Path | None) -> Outcome:
    """Name everybody, with role, link and verdicts.

    \b
    mask-audit reviewer list
    mask-audit reviewer list --json
    """
    from audit.jobs.people import list_people
    from audit.jobs.workspace import open_workspace

    place = open_workspace(workspace)
    people = list_people(place.store, place.settings, datetime.now(UTC))
    return Outcome(
        lines=[_person_line(each) for each in people]
        or ["nobody yet: add people with `mask-audit reviewer add NAME`"],
        content={"reviewers": [_person_json(each) for each in people]},
    )


@reviewer.command()
@click.argument("name")
@workspace_option
@speaks
def disable(name: str, workspace: Path | None) -> Outcome:
    """Shut somebody out, also on pages that are open.

    Their verdicts stay. `reviewer add` lets them in again, with a new link.

    \b
    mask-audit reviewer disable Ann
    """
    from audit.jobs.people import disable_person
    from audit.jobs.workspace import open_workspace

    before = disable_person(open_workspace(workspace).store, name, datetime.now(UTC))
    was_disabled = before.disabled_at is not None
    line = (
        f"{before.name} was shut out already; nothing changed"
        if was_disabled
        else f"{before.name} is shut out from now on; every verdict is kept"
    )
    return Outcome(lines=[line], content={"name": before.name, "was_disabled": was_disabled})


def _base(url: str) -> str:
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address or parts.query or parts.fragment or parts.username is not None or not _is_one_word(url):
        raise InputError(
            f"--url {url!r} is no address to put a link behind: give one like https://review.example.org"
        )
    return url.rstrip("/")


def _is_one_word(url: str) -> bool:
    return url.isprintable() and not any(each.isspace() for each in url)


def _added_lines(added: "AddedPerson", link: str | None) -> list[str]:
    person, before = added.reviewer, added.before
    if before is None:
        became = "may review"
    elif before.disabled_at is not None:
        became = "was shut out, and may review again"
    else:
        became = "was known already"
    lines = [f"{person.name} ({person.role}) {became}"]
    if link is None:
        return [*lines, "no link is needed: they sign in with that address"]
    if before is not None and before.has_link:
        lines.append("their old link no longer works, also on pages that are open")
    until = "" if person.link_expires_at is None else f", until {person.link_expires_at:%Y-%m-%d %H:%M} UTC"
    where = ", for this machine (--url gives it another address)" if link.startswith(HERE) else ""
    return [*lines, f"their personal link, shown this once{until}{where}:", link]


def _added_json(added: "AddedPerson", link: str | None) -> dict[str, Any]:
    content: dict[str, Any] = {
        "name": added.reviewer.name,
        "role": added.reviewer.role.value,
        "is_new": added.before is None,
        "old_link_ended": added.before is not None and added.before.has_link,
    }
    if link is not None:
        content["link"] = link
    if added.reviewer.link_expires_at is not None:
        content["expires_at"] = added.reviewer.link_expires_at.isoformat()
    return content


def _person_line(person: "Person") -> str:
    reviewer = person.reviewer
    ends_at = reviewer.link_expires_at
    until = f" until {ends_at:%Y-%m-%d}" if person.link == "valid" and ends_at is not None else ""
    link = "shut out" if person.link == "disabled" else f"link {person.link}{until}"
    return (
        f"{reviewer.name} · {reviewer.role} · {link} · since {reviewer.created_at:%Y-%m-%d} · "
        f"{person.n_verdicts:,} verdicts"
    )


def _person_json(person: "Person") -> dict[str, Any]:
    reviewer = person.reviewer
    content: dict[str, Any] = {
        "name": reviewer.name,
        "role": reviewer.role.value,
        "link": person.link.value,
        "created_at": reviewer.created_at.isoformat(),
        "n_verdicts": person.n_verdicts,
    }
    for key, moment in (
        ("link_expires_at", None if person.link == "none" else reviewer.link_expires_at),
        ("disabled_at", reviewer.disabled_at),
        ("practised_at", reviewer.practised_at),
    ):
        if moment is not None:
            content[key] = moment.isoformat()
    return content
