"""What reading a file gives: three tables, and the account of everything that was wrong in it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

import pyarrow as pa

ANNOTATIONS = pa.schema(
    [
        pa.field("annotation_id", pa.string(), nullable=False),
        pa.field("id_is_made_up", pa.bool_(), nullable=False),
        pa.field("image_id", pa.string()),
        pa.field("category_id", pa.string()),
        pa.field("split", pa.string()),
        pa.field("part", pa.string()),
        pa.field("visibility", pa.string()),
        pa.field("height", pa.int32()),
        pa.field("width", pa.int32()),
        pa.field("parts", pa.list_(pa.binary())),
        pa.field("parts_area", pa.int64()),
        pa.field("boxes", pa.list_(pa.float64()), nullable=False),
        pa.field("confidences", pa.list_(pa.float64()), nullable=False),
        pa.field("labels", pa.list_(pa.string()), nullable=False),
        pa.field("text_prompt", pa.string()),
        pa.field("question", pa.string()),
        pa.field("score", pa.float64()),
        pa.field("element_index", pa.int64(), nullable=False),
    ]
)
"""One row per annotation, in the order of the file.

`parts` holds the compressed COCO `counts` of each part, validated; their union is the mask and `area` its
pixels. An empty mask has `area` 0 (and usually no part). **A mask that cannot be read has null `parts` and
null `area`.** `boxes` is flat: x1 y1 x2 y2 of each box, pixels. `confidences` has one entry per label, null
where a label carries none. `element_index` counts from 0 within the file's array of annotations, left-out
elements included.
"""

IMAGES = pa.schema(
    [
        pa.field("image_id", pa.string(), nullable=False),
        pa.field("file_name", pa.string()),
        pa.field("height", pa.int32()),
        pa.field("width", pa.int32()),
    ]
)
"""One row per element of `images`; `file_name` is relative to the images root, with `/` as separator."""

CATEGORIES = pa.schema(
    [
        pa.field("category_id", pa.string(), nullable=False),
        pa.field("name", pa.string()),
        pa.field("supercategory", pa.string()),
    ]
)
"""One row per element of `categories`."""

LINKS = pa.schema(
    [
        pa.field("annotation_id", pa.string(), nullable=False),
        pa.field("image_id", pa.string()),
        pa.field("category_id", pa.string()),
    ]
)
"""Which image and category an annotation belongs to, for masks that come without either."""


class Action(StrEnum):
    """What reading did about a problem."""

    NORMALISED = "normalised"
    """Read all the same, in the way that the sentence says."""
    SKIPPED = "skipped"
    """The thing that the sentence names was left out."""
    FATAL = "fatal"
    """The file is refused."""


_N, _S, _F = Action.NORMALISED, Action.SKIPPED, Action.FATAL
_UNREADABLE = "the annotation stays, its mask is unreadable"


class ProblemKind(StrEnum):
    """Everything that can be wrong in a file and still be told apart; `docs/dialects.md` lists them."""

    action: Action
    """What is done about it."""
    sentence: str
    """What it is and what happens, to be read after the number of elements it was found in."""

    def __new__(cls, value: str, action: Action, sentence: str) -> Self:
        """A member that carries its row of the table below."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.action = action
        member.sentence = sentence
        return member

    # The element itself
    NOT_AN_OBJECT = "not_an_object", _S, "is not a JSON object: left out"
    TOO_DEEP = "too_deep", _S, "is nested more than 64 levels deep: left out"
    DUPLICATE_KEY = "duplicate_key", _N, "gives a key twice: the last one counts, as in most JSON readers"
    NAN_TOKEN = "nan_token", _N, "holds NaN or Infinity, which JSON does not have: read as not finite"
    NOT_UNICODE = "not_unicode", _N, "holds text that is not Unicode: the bad part is replaced by U+FFFD"

    # Ids
    ID_MADE_UP = "id_made_up", _N, "has no id: one is made up, which never pairs with another setting"
    ID_AS_FLOAT = "id_as_float", _N, "gives an id as a decimal number: the whole number is used"
    ID_UNUSABLE = "id_unusable", _N, "gives an id that is neither text nor a whole number: as if absent"
    NO_IMAGE_ID = "no_image_id", _N, "names no image: kept, but it cannot be shown"
    NO_CATEGORY_ID = "no_category_id", _N, "names no category: kept without one"

    # The segmentation
    NO_SEGMENTATION = "no_segmentation", _N, "has no segmentation: an empty mask, which counts as missing"
    EMPTY_SEGMENTATION = (
        "empty_segmentation",
        _N,
        "has an empty segmentation: an empty mask, which counts as missing",
    )
    EMPTY_MASK = "empty_mask", _N, "has a mask without a pixel: an empty mask, which counts as missing"
    UNKNOWN_SEGMENTATION = "unknown_segmentation", _S, f"has a segmentation in no known form: {_UNREADABLE}"
    RLE_TOTAL = "rle_total", _S, f"has an RLE whose runs do not add up to its size: {_UNREADABLE}"
    RLE_CHARACTERS = (
        "rle_characters",
        _S,
        f"has an RLE with a wrong character or cut within a number: {_UNREADABLE}",
    )
    RLE_RUN = "rle_run", _S, f"has an RLE with a negative, too large or fractional run: {_UNREADABLE}"
    RLE_SIZE = "rle_size", _S, f"has an RLE whose size is not two whole numbers from 1 on: {_UNREADABLE}"
    RLE_SIZES_DIFFER = "rle_sizes_differ", _S, f"has RLEs of different sizes: {_UNREADABLE}"
    RLE_WITHOUT_SIZE = "rle_without_size", _N, "has an RLE without a size: its image's size is used"
    IMAGE_SIZE_UNKNOWN = (
        "image_size_unknown",
        _S,
        f"needs its image's size, which no file gives: {_UNREADABLE}",
    )
    POLYGON_NOT_FINITE = (
        "polygon_not_finite",
        _S,
        f"has a polygon with a coordinate that is not finite: {_UNREADABLE}",
    )
    POLYGON_TOO_FAR = (
        "polygon_too_far",
        _S,
        f"has a polygon with a coordinate beyond ±100,000 pixels: {_UNREADABLE}",
    )
    POLYGON_ODD = "polygon_odd", _S, f"has a polygon with an odd number of coordinates: {_UNREADABLE}"
    POLYGON_TOO_SHORT = (
        "polygon_too_short",
        _N,
        "has a polygon of fewer than 3 points: that polygon covers nothing",
    )
    POLYGON_PAIRS = "polygon_pairs", _N, "gives a polygon as [x, y] pairs: read as x, y, x, y, …"
    POLYGON_FLAT = "polygon_flat", _N, "gives its polygon without the outer list: read as one polygon"
    NUMBER_AS_TEXT = "number_as_text", _N, "gives a number as text: read as the number"
    PNG_UNREADABLE = "png_unreadable", _S, f"is a PNG that cannot be decoded: {_UNREADABLE}"

    # Boxes, labels, scores, texts
    BOX_UNREADABLE = "box_unreadable", _S, "has a box that is not four finite numbers: its boxes are left out"
    BOX_NEGATIVE = "box_negative", _N, "has a box of negative width or height: its corners are put in order"
    BOX_COUNT = "box_count", _N, "has another number of boxes than of RLEs: both are kept as they are"
    LABEL_UNREADABLE = "label_unreadable", _S, "has a label that is not text: its labels are left out"
    NO_CONFIDENCE = "no_confidence", _N, "has a label without a confidence from 0 to 1 in parentheses: null"
    SCORE_UNREADABLE = "score_unreadable", _S, "has a score that is not a finite number: left out"
    TEXT_UNREADABLE = (
        "text_unreadable",
        _S,
        "has a text_prompt, question or data_split that is not text: left out",
    )
    SPLIT_FORM = (
        "split_form",
        _N,
        "has a data_split other than <split>_<part>_<seen|unseen>: the whole text is the split",
    )

    # Images and categories
    IMAGE_WITHOUT_ID = "image_without_id", _S, "is an image without a usable id: left out"
    IMAGE_WITHOUT_FILE_NAME = (
        "image_without_file_name",
        _N,
        "is an image without a file name: cannot be shown",
    )
    IMAGE_WITHOUT_SIZE = (
        "image_without_size",
        _N,
        "is an image without a usable height and width: unknown size",
    )
    FILE_NAME_BACKSLASH = "file_name_backslash", _N, "is an image with \\ in its file name: read as /"
    FILE_NAME_OUTSIDE = (
        "file_name_outside",
        _N,
        "is an image whose file name leads out of the images root: kept as text, never opened",
    )
    CATEGORY_WITHOUT_ID = "category_without_id", _S, "is a category without a usable id: left out"
    CATEGORY_WITHOUT_NAME = "category_without_name", _N, "is a category without a name: shown by its id"

    # Found by joining; the ingest job counts these
    UNKNOWN_IMAGE = "unknown_image", _N, "names an image that no file lists: kept, but it cannot be shown"
    UNKNOWN_CATEGORY = "unknown_category", _N, "names a category that no file lists: shown by its id"
    DUPLICATE_ANNOTATION_ID = "duplicate_annotation_id", _S, "has the id of an earlier annotation: left out"
    DUPLICATE_IMAGE_ID = "duplicate_image_id", _N, "is an image listed again with the same content: read once"
    CONFLICTING_IMAGE_ID = (
        "conflicting_image_id",
        _N,
        "is an image listed again with other content: the first one counts",
    )
    DUPLICATE_CATEGORY_ID = "duplicate_category_id", _N, "is a category listed again: the first one counts"
    SIZE_DIFFERS_FROM_IMAGE = (
        "size_differs_from_image",
        _N,
        "has a mask of another size than its image is listed with: kept, but it cannot be judged",
    )

    # The whole file
    NO_MASKS = "no_masks", _F, "has no segmentation in any annotation (boxes alone): masks were needed"
    PANOPTIC = "panoptic", _F, "is a COCO panoptic file: convert it to instance or stuff annotations first"


MAX_EXAMPLES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One kind of problem and where it was met.

    Attributes:
        n: elements it was met in.
        example_ids: the first of them in the order of the file, at most `MAX_EXAMPLES`.
    """

    kind: ProblemKind
    n: int
    example_ids: tuple[str, ...]


class ProblemTally:
    """A running account of problems; memory does not grow with their number.

    >>> tally = ProblemTally()
    >>> tally.add(ProblemKind.EMPTY_MASK, "a7")
    >>> tally.problems()[0].example_ids
    ('a7',)
    """

    def __init__(self) -> None:
        self._counts: Counter[ProblemKind] = Counter()
        self._examples: dict[ProblemKind, list[str]] = {}

    def add(self, kind: ProblemKind, element_id: str) -> None:
        """Counts a problem of one element."""
        self.add_many(kind, 1, (element_id,))

    def add_many(self, kind: ProblemKind, n: int, first_ids: Iterable[str]) -> None:
        """Counts a problem of n elements, of which at least the first few are named."""
        if n == 0:
            return
        self._counts[kind] += n
        examples = self._examples.setdefault(kind, [])
        for element_id in first_ids:
            if len(examples) == MAX_EXAMPLES:
                break
            examples.append(element_id)

    def merge(self, later: "ProblemTally") -> None:
        """Adds the account of a later stretch of the same file."""
        for problem in later.problems():
            self.add_many(problem.kind, problem.n, problem.example_ids)

    def problems(self) -> tuple[Problem, ...]:
        """Every kind that was met, in the order of `ProblemKind`."""
        return tuple(
            Problem(kind=kind, n=self._counts[kind], example_ids=tuple(self._examples[kind]))
            for kind in ProblemKind
            if kind in self._counts
        )
