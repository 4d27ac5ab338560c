"""What a check of a bundle says to people."""

from collections.abc import Iterator

from audit.jobs.evidence.difference import Check
from audit.jobs.evidence.verify import Verification
from reports.numbers import counted_text

MOST_SHOWN = 8
"""Differences of one check that are shown; `--json` gives all."""


def verification_lines(found: Verification) -> Iterator[str]:
    """Give what was checked, what could not be, and every difference."""
    about = found.about
    people = "with the names of reviewers" if about.has_names else "with pseudonyms for reviewers"
    made_at = about.created_at.strftime("%Y-%m-%d %H:%M %Z")
    yield f"{found.file}: sample {about.sample}, made {made_at} by mask-audit {about.version}, {people}"
    width = max(len(check.name) for check in found.checks)
    for check in found.checks:
        yield f"{_sign(check)} {check.name.ljust(width)}  {check.said}"
        yield from (f"        {each}" for each in check.differences[:MOST_SHOWN])
        n_more = len(check.differences) - MOST_SHOWN
        if n_more > 0:
            yield f"        and {n_more:,} more (--json names all)"
    yield from (f"remark: {remark}" for remark in found.remarks)
    yield _verdict(found)


def _sign(check: Check) -> str:
    if check.differences:
        return "DIFFERS"
    return "holds  " if check.is_done else "open   "


def _verdict(found: Verification) -> str:
    n = len(found.differences)
    if n:
        return f"{counted_text(n, 'difference')}: this is not what was bundled"
    unsigned = any(check.name == "signature" and not check.is_done for check in found.checks)
    by = " (whoever made it could have made up the rows, too: only a signature tells who that was)"
    return f"everything that could be checked holds{by if unsigned else ''}"
