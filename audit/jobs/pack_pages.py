"""Fills the pages of an offline pack, one after the other, each up to a size."""

import re
from dataclasses import dataclass
from hashlib import sha256

from audit.jobs.pack_files import PackFiles
from audit.review.opening import Opening
from audit.review.outgoing import Answer, Item, Picture, Progress
from audit.review.pack_page import PackPart, item_element, page_end, page_start, photo_element
from audit.review.packing import pack_answer

_DIGITS = 64
"""Bytes at most by which the numbers in the end of a page are longer than those of an empty one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackCover:
    """What all pages of a pack say.

    Attributes:
        scope: names the workspace's sample, as for a page of a server.
        reviewer: who judges; the verdicts come back under this name.
        max_bytes: of one page.
    """

    scope: str
    reviewer: str
    opening: Opening
    max_bytes: int


class PackPages:
    """Writes masks into pages; no more than one photo is held at a time."""

    def __init__(self, files: PackFiles, cover: PackCover) -> None:
        self._files = files
        self._cover = cover
        self._n_ended = 0
        self._empty_bytes = len(page_start()) + len(self._end_of([], None)) + _DIGITS
        self.n_masks = 0
        self.n_bytes = 0
        self._begin()

    def add(self, item: Item, picture: Picture) -> bool:
        """Write a mask that can be shown; tell whether it was: one that no page could hold is not.

        Args:
            item: the mask.
            picture: its content.
        """
        content = self._content(item, picture)
        if self._part_bytes + _bytes_of(item, content) > self._cover.max_bytes:
            alone = photo_element(0, picture.photo.jpeg) + item_element(0, item, 0)
            if self._empty_bytes + _bytes_of(item, alone) > self._cover.max_bytes:
                return False
            self._end(self._n_ended + 1)
            self._begin()
            content = alone
        self._write(content)
        self._part_bytes += _bytes_of(item, content)
        self._photos.setdefault(_digest(picture), len(self._photos))
        self._task_ids.append(item.task_id)
        self.n_masks += 1
        return True

    def end(self) -> None:
        """End the last page."""
        self._end(self._n_ended + 1 if self._n_ended else None)

    def _begin(self) -> None:
        self._files.begin_part()
        self._task_ids: list[str] = []
        self._photos: dict[bytes, int] = {}
        self._part_bytes = self._empty_bytes
        self._write(page_start())

    def _end(self, number: int | None) -> None:
        self._write(self._end_of(self._task_ids, number))
        self._n_ended += 1

    def _write(self, content: bytes) -> None:
        self._files.write(content)
        self.n_bytes += len(content)

    def _content(self, item: Item, picture: Picture) -> bytes:
        """The element of a mask, and before it that of its photo where the page lacks it."""
        known = self._photos.get(_digest(picture))
        if known is not None:
            return item_element(len(self._task_ids), item, known)
        number = len(self._photos)
        return photo_element(number, picture.photo.jpeg) + item_element(len(self._task_ids), item, number)

    def _end_of(self, task_ids: list[str], number: int | None) -> bytes:
        cover = self._cover
        named = "\n".join((cover.scope, cover.reviewer, *task_ids))
        pack_id = sha256(named.encode()).hexdigest()[:16]
        progress = Progress(n_tasks=len(task_ids), n_settled=0, n_unjudgable=0, n_verdicts=0)
        opening = Answer(
            number=0,
            scope=cover.scope,
            reviewer=cover.reviewer,
            opening=cover.opening,
            progress=progress,
            coming=(),
            items=(),
            recent=(),
            confirmed=(),
            refused=(),
        )
        reviewer = re.sub(r"\W+", "-", cover.reviewer).strip("-")[:40]
        return page_end(
            PackPart(
                pack_id=pack_id,
                name=f"verdicts-{reviewer}-{pack_id[:6]}",
                number=number,
                task_ids=tuple(task_ids),
                opening=pack_answer(opening),
            )
        )


def _bytes_of(item: Item, content: bytes) -> int:
    """What a mask adds to its page: its elements, and its name in the end."""
    return len(content) + len(item.task_id) + len('"", ')


def _digest(picture: Picture) -> bytes:
    return sha256(picture.photo.jpeg).digest()
