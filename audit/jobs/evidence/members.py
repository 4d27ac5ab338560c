"""Which files a bundle has, and that its pictures are pictures."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from audit.jobs.evidence.about import ABOUT_FILE
from audit.jobs.evidence.checksums import SIGNATURE_FILES, SUMS_FILE
from audit.jobs.evidence.difference import Check, Difference
from audit.jobs.evidence.guideline_file import GUIDELINE_FILE
from audit.jobs.evidence.outcomes import OUTCOMES_FILE
from audit.jobs.evidence.population_files import POPULATION_FOLDER
from audit.jobs.evidence.report_names import REPORT_FOLDER
from audit.jobs.evidence.rows import HASHES_FILE, place
from audit.jobs.evidence.rule_files import RULES_FOLDER
from audit.jobs.evidence.settings_file import SETTINGS_FILE
from db.evidence import TABLES
from db.manifest import FILE_NAME as MANIFEST_FILE
from db.population_facts import FACTS_FILE
from reports.numbers import counted_text

_FIXED = frozenset(
    {
        ABOUT_FILE,
        SETTINGS_FILE,
        GUIDELINE_FILE,
        OUTCOMES_FILE,
        HASHES_FILE,
        SUMS_FILE,
        *SIGNATURE_FILES,
        *map(place, TABLES),
        f"{POPULATION_FOLDER}/{MANIFEST_FILE}",
        f"{POPULATION_FOLDER}/{FACTS_FILE}",
        f"{REPORT_FOLDER}/{SUMS_FILE}",
    }
)
_VARYING = re.compile(
    rf"{RULES_FOLDER}/[^/]+"
    rf"|{POPULATION_FOLDER}/risk-[0-9a-f]{{64}}\.parquet"
    rf"|{REPORT_FOLDER}/report\.(?:html|md|tex|csv|json)"
    rf"|{REPORT_FOLDER}/(?:tables/[^/]+\.csv|figures/[^/]+\.(?:svg|json)|gallery/[^/]+\.jpg)"
)
_FIGURE_PNG = re.compile(rf"({REPORT_FOLDER}/figures/[^/]+)\.png")
_BEGINNINGS = {".png": b"\x89PNG\r\n\x1a\n", ".jpg": b"\xff\xd8\xff"}


def check_members(folder: Path, names: Sequence[str]) -> Check:
    """Name every file that no bundle has, and every picture that is none.

    Args:
        folder: of the unpacked bundle.
        names: of the files in it.
    """
    strange = [name for name in names if not _is_known(name, names)]
    differences = [Difference(where=name, what="no bundle has such a file") for name in strange]
    differences += _picture_differences(folder, names)
    return Check(name="files", said=f"the names of {len(names):,}", differences=tuple(differences))


def check_pictures(names: Sequence[str]) -> Check:
    """Say of which pictures nobody can tell whether they show what they should."""
    n_figures = sum(_FIGURE_PNG.fullmatch(name) is not None for name in names)
    n_photos = sum(name.endswith(".jpg") for name in names)
    said = (
        f"what {counted_text(n_figures, 'PNG')} of figures and {counted_text(n_photos, 'picture')} of "
        "galleries show: a browser drew the ones, and the others need the photographs"
    )
    return Check(name="pictures", said=said, is_done=False)


def _is_known(name: str, names: Sequence[str]) -> bool:
    png = _FIGURE_PNG.fullmatch(name)
    if png is not None:
        return f"{png[1]}.svg" in names
    return name in _FIXED or _VARYING.fullmatch(name) is not None


def _picture_differences(folder: Path, names: Sequence[str]) -> Iterator[Difference]:
    for name in names:
        begins = _BEGINNINGS.get(Path(name).suffix)
        if begins is None:
            continue
        with (folder / name).open("rb") as file:
            if file.read(len(begins)) != begins:
                yield Difference(where=name, what="it is no picture of its kind")
