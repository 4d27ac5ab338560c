"""Holds what `bundle.json` says against the rows."""

import re
from collections.abc import Iterator

from audit.jobs.evidence.about import ABOUT_FILE, BundleAbout
from audit.jobs.evidence.difference import Check, Difference
from audit.jobs.evidence.guideline_file import guideline_hashes
from audit.jobs.evidence.row_words import shown
from audit.jobs.evidence.rows import FiledRows, place

_PSEUDONYM = re.compile(r"reviewer-[1-9][0-9]*")


def check_about(about: BundleAbout, found: FiledRows) -> Check:
    """Tell whether the rows have the sample, the names and the guidelines that `bundle.json` says."""
    differences = [*_guideline_differences(about, found)]
    if not has_sample(about, found):
        what = f"sample is {shown(about.sample)}, and {place('samples')} has none of that name"
        differences.append(Difference(where=ABOUT_FILE, what=what))
    remarks = []
    if not about.has_names:
        differences += _name_differences(found)
    elif not any(_name_differences(found)):  # somebody may really be called so
        remarks.append(f"{ABOUT_FILE} says that reviewers have their names: all are called as pseudonyms.")
    return Check(
        name="about",
        said=f"what {ABOUT_FILE} says of its sample, people and guidelines",
        differences=tuple(differences),
        remarks=tuple(remarks),
    )


def has_sample(about: BundleAbout, found: FiledRows) -> bool:
    """Tell whether the sample that a bundle is about is among its rows."""
    return any(filed.row["name"] == about.sample for filed in found.of_table["samples"])


def _guideline_differences(about: BundleAbout, found: FiledRows) -> Iterator[Difference]:
    given = guideline_hashes(found.values())
    if about.guideline_hashes != given:
        there, expected = (shown(", ".join(each)) for each in (about.guideline_hashes, given))
        what = f"guideline_hashes is {there}, the rows give {expected}"
        yield Difference(where=ABOUT_FILE, what=what)


def _name_differences(found: FiledRows) -> Iterator[Difference]:
    for filed in found.of_table["reviewers"]:
        if not _PSEUDONYM.fullmatch(str(filed.row["name"])):
            what = f"{filed.key}: name is no pseudonym, and {ABOUT_FILE} says that all are"
            yield Difference(where=place("reviewers", filed.number), what=what)
    for table in ("journal", "preferences"):
        for filed in found.of_table[table]:
            if filed.row["comment"]:
                what = f"{filed.key}: there is a comment, and {ABOUT_FILE} says that there is none"
                yield Difference(where=place(table, filed.number), what=what)
