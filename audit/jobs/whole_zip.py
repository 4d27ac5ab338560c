"""Opens a zip whose front is there: the directory at its end alone does not make one."""

import zipfile
from pathlib import Path


def opened_zip(file: Path) -> zipfile.ZipFile:
    """Open a zip for reading.

    Raises:
        zipfile.BadZipFile: it is none, or its front is cut off: members would lie before the file begins, and
            reading one would fail as if the file system had.
    """
    archive = zipfile.ZipFile(file)
    if any(member.header_offset < 0 for member in archive.infolist()):
        archive.close()
        raise zipfile.BadZipFile("its front is cut off")
    return archive
