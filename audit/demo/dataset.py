"""The demo as files: photographs in a folder, and one annotation file for each setting.

The files speak the dialect of Mask-OVEN-Wiki: a list of compressed RLEs and of `x1 y1 x2 y2` boxes for every
annotation, string ids, file names that begin with "/", and confidences in the labels' parentheses.
"""

import json
import shutil
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
from pycocotools import mask as coco_mask

from audit.demo.annotators import BinaryMask, Model, annotate, contrast
from audit.demo.boxes import Box, Reference
from audit.demo.mentions import Mention, load_mentions
from audit.demo.photographs import CREDITS, PHOTOGRAPHS, Photograph, Pixels

IMAGES_FOLDER = "images"
"""Where the photographs lie, inside the folder that `write_demo_dataset` fills."""

CREDITS_FILE = "CREDITS.txt"
"""Who made the photographs, beside them."""

Json = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSetting:
    """One way in which the demo's masks were made, and the file that holds them."""

    name: str
    reference: str
    model: str
    file: Path


def write_demo_dataset(folder: Path) -> tuple[DemoSetting, ...]:
    """The four settings of the demo, written into `folder` beside their photographs.

    Takes some seconds, for every mask is made on the spot. Writing again gives the same bytes.

    Args:
        folder: where to write; made if need be. What an earlier run wrote there is replaced.

    Raises:
        InputError: a photograph is missing from its package or cannot be decoded.
    """
    images = folder / IMAGES_FOLDER
    images.mkdir(parents=True, exist_ok=True)
    for photograph in PHOTOGRAPHS:
        shutil.copyfile(photograph.path(), images / photograph.file_name)
    (folder / CREDITS_FILE).write_text(CREDITS, encoding="utf-8")
    pixels_of = {photograph: photograph.pixels() for photograph in PHOTOGRAPHS}
    mentions = load_mentions()
    settings = []
    for reference, model in product(Reference, Model):
        name = f"{reference.split()[0]}-{model.lower()}"
        file = folder / f"{name}.json"
        dataset = {
            "images": [_image(photograph, pixels) for photograph, pixels in pixels_of.items()],
            "categories": _categories(mentions),
            "annotations": [
                {"id": f"demo_{position:08d}"}
                | _annotation(mention, reference, model, pixels_of[mention.photograph])
                for position, mention in enumerate(mentions)
            ],
        }
        file.write_text(json.dumps(dataset), encoding="utf-8")
        settings.append(DemoSetting(name=name, reference=reference.value, model=model.value, file=file))
    return tuple(settings)


def _image(photograph: Photograph, pixels: Pixels) -> Json:
    return {
        "id": photograph.image_id,
        "file_name": f"/{photograph.file_name}",
        "height": pixels.shape[0],
        "width": pixels.shape[1],
    }


def _categories(mentions: tuple[Mention, ...]) -> list[Json]:
    names = {mention.entity_id: mention.entity_name for mention in mentions}
    return [{"id": entity_id, "name": name} for entity_id, name in sorted(names.items())]


def _annotation(mention: Mention, reference: Reference, model: Model, pixels: Pixels) -> Json:
    masks: list[tuple[Box, BinaryMask]] = []
    for piece in mention.pieces:
        box = piece.box(reference)
        mask = annotate(pixels, box, model)
        if mask.any():
            masks.append((box, mask))
    return {
        "image_id": mention.photograph.image_id,
        "category_id": mention.entity_id,
        "segmentation": [_compressed_rle(mask) for _, mask in masks],
        "bbox": [[float(edge) for edge in box] for box, _ in masks],
        "text_prompt": mention.entity_name,
        "label": [f"{mention.entity_name}({contrast(pixels, mask):.2f})" for _, mask in masks],
        "question": mention.question,
        "data_split": mention.split.value,
    }


def _compressed_rle(mask: BinaryMask) -> Json:
    encoded = coco_mask.encode(np.asfortranarray(mask))
    return {"size": [int(side) for side in encoded["size"]], "counts": encoded["counts"].decode("ascii")}
