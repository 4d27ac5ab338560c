"""What somebody does to a bundle who wants it to say something else."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from audit.jobs.evidence.about import ABOUT_FILE
from audit.jobs.evidence.archive import files_in, pack, unpack
from audit.jobs.evidence.checksums import SIGNATURE_FILES, SUMS_FILE, write_sums
from audit.jobs.evidence.rows import HASHES_FILE, ROWS_FOLDER, filed, hash_line
from audit.jobs.progress import SILENT
from db.evidence import TABLES

Rows = list[dict[str, Any]]


class Forgery:
    """An unpacked bundle to change at will."""

    def __init__(self, bundle: Path, folder: Path) -> None:
        self.folder = folder / "forged"
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        unpack(bundle, self.folder)

    def rows(self, table: str) -> Rows:
        lines = (self.folder / ROWS_FOLDER / f"{table}.jsonl").read_text().splitlines()
        return [json.loads(line) for line in lines]

    def change(self, table: str, change: Callable[[Rows], object]) -> None:
        rows = self.rows(table)
        change(rows)
        lines = [json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows]
        (self.folder / ROWS_FOLDER / f"{table}.jsonl").write_text("".join(f"{line}\n" for line in lines))

    def change_json(self, name: str, change: Callable[[Any], object]) -> None:
        content = json.loads((self.folder / name).read_text())
        change(content)
        (self.folder / name).write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n")

    def hash_again(self) -> None:
        """Compute every hash and checksum of what is there now, as a careful forger would."""
        listed = []
        counts = {}
        for table in TABLES:
            lines = (self.folder / ROWS_FOLDER / f"{table}.jsonl").read_text().splitlines()
            counts[table] = len(lines)
            listed += [
                hash_line(filed(table, number, line, json.loads(line)))
                for number, line in enumerate(lines, start=1)
            ]
        (self.folder / HASHES_FILE).write_text("".join(listed))
        self.change_json(ABOUT_FILE, lambda about: about.update(n_rows=counts))
        self.sum_again()

    def sum_again(self) -> None:
        """Compute every checksum again."""
        names = [name for name in files_in(self.folder) if name not in (SUMS_FILE, *SIGNATURE_FILES)]
        write_sums(self.folder, names)

    def packed(self) -> Path:
        file = self.folder.with_suffix(".zip")
        pack(self.folder, file, progress=SILENT)
        return file
