"""Confidences at the end of labels, many at once."""

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

from audit.coco.scanning import Bytes

_OPEN, _CLOSE, _POINT, _ZERO = 40, 41, 46, 48
_MAX_DIGITS = 15


def read_confidences(labels: pa.Array) -> NDArray[np.float64]:
    """The confidence in [0, 1] that each label ends with, as in "a bird(0.44)"; −1 where `fields` must look.

    Up to 15 digits the quotient of two whole numbers is exactly the number that the text names.
    """
    _, offsets, texts = labels.buffers()
    confidences = np.empty(len(labels), np.float64)
    if len(labels):
        data = np.frombuffer(texts, np.uint8) if texts else np.empty(0, np.uint8)
        starts = np.frombuffer(offsets, np.int32)[labels.offset : labels.offset + len(labels) + 1]
        _read(data, starts, confidences)
    return confidences


@njit(nogil=True, cache=True)
def _read(data: Bytes, starts: NDArray[np.int32], confidences: NDArray[np.float64]) -> None:
    for label in range(len(confidences)):
        confidences[label] = -1.0
        start = starts[label]
        at = starts[label + 1] - 1
        if at < start or data[at] != _CLOSE:
            continue
        number = np.int64(0)
        scale = np.int64(1)
        denominator = np.int64(0)
        at -= 1
        while at >= start and scale < 10**_MAX_DIGITS and _ZERO <= data[at] <= _ZERO + 9:
            number += scale * (data[at] - _ZERO)
            scale *= 10
            at -= 1
            if at >= start and data[at] == _POINT and denominator == 0:
                denominator = scale
                at -= 1
        if denominator == 0:
            denominator = np.int64(1)
        if at >= start and data[at] == _OPEN and denominator < scale and number <= denominator:
            confidences[label] = number / denominator
