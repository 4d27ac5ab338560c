"""Says what is wrong in files, without ingesting them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from audit.coco.source import open_source
from audit.errors import InputError
from audit.jobs.accounts import FileAccount
from audit.jobs.progress import Progress
from audit.jobs.reading import ReadRequest, stage_source
from audit.jobs.sources import check_id_key, open_base, refuse_shared_ids
from db.population import ANNOTATIONS_FILE


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What is wrong in files.

    Attributes:
        accounts: of the files that could be read.
        refusals: a sentence for every file that could not, and for ids that stand in several.
    """

    accounts: tuple[FileAccount, ...]
    refusals: tuple[str, ...]


def examine(
    files: Sequence[Path],
    *,
    base: Path | None,
    id_key: str | None,
    split: str | None,
    workers: int,
    progress: Progress,
) -> Examination:
    """Give the account that ingesting these files as one setting would give; nothing is written that stays.

    Raises:
        InputError: an option is wrong.
    """
    check_id_key(id_key)
    request = ReadRequest(setting="", base=open_base(base), id_key=id_key, split=split, workers=workers)
    accounts: list[FileAccount] = []
    refusals: list[str] = []
    with TemporaryDirectory(prefix="mask-audit-") as place:
        readable: list[str] = []
        for number, file in enumerate(files):
            folder = Path(place) / str(number)
            folder.mkdir()
            try:
                source = open_source(file)
                progress.start(source.n_bytes)
                accounts.append(stage_source(source, folder, request, progress))
            except InputError as error:
                refusals.append(str(error))
            else:
                readable.append(str(folder / ANNOTATIONS_FILE))
        try:
            refuse_shared_ids("the files", readable)
        except InputError as error:
            refusals.append(str(error))
    return Examination(accounts=tuple(accounts), refusals=tuple(refusals))
