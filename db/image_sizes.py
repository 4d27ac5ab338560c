"""Looks up the sizes of images by id, on disk: a dataset may list millions of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from db.population import IMAGES_FILE, query_engine

ImageSizes = Callable[[Sequence[str]], Mapping[str, tuple[int, int]]]
"""Image ids in, height and width in pixels of those that are known out; of an id listed twice, the first."""

_MEMORY = "100MB"

_QUERY = """
SELECT image_id, arg_min(height, file_row_number), arg_min(width, file_row_number)
FROM read_parquet($images, file_row_number=true)
WHERE height IS NOT NULL AND width IS NOT NULL AND image_id IN (SELECT unnest($ids))
GROUP BY image_id
"""


@contextmanager
def open_image_sizes(folder: Path) -> Iterator[ImageSizes]:
    """Give the look-up over a source's images; any thread may call it."""
    with query_engine(memory=_MEMORY) as connection:

        def sizes_of(image_ids: Sequence[str]) -> Mapping[str, tuple[int, int]]:
            parameters = {"images": str(folder / IMAGES_FILE), "ids": list(set(image_ids))}
            # A connection is not made for threads; a cursor of it is a connection of its own.
            with connection.cursor() as cursor:
                rows = cursor.execute(_QUERY, parameters).fetchall()
            return {image_id: (height, width) for image_id, height, width in rows}

        yield sizes_of
