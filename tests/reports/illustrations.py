"""Galleries for a report, of pictures that are quickly made."""

from dataclasses import replace
from io import BytesIO

from PIL import Image

from reports.blocks import Exhibit, Gallery, Picture
from reports.content import ReportContent
from reports.galleries import ReportGalleries


def picture_of(number: int, *, alt: str = "A mask over the left half of a photo.") -> Picture:
    """A plain picture of a size of its own."""
    written = BytesIO()
    size = (120 + 30 * (number % 3), 120)
    Image.new("RGB", size, (40 * number % 256, 90, 120)).save(written, "JPEG")
    return Picture(name=f"mask-{number:012x}", jpeg=written.getvalue(), alt=alt)


def gallery_of(key: str, *, n_exhibits: int, n_beside: int = 1, text: str = "A horse") -> Gallery:
    """A gallery whose exhibits have one picture or a pair, with this text wherever a text can stand."""
    return Gallery(
        key=key,
        title=f"Wrong masks: {text}",
        caption=f"{n_exhibits} of 214 masks judged incorrect, drawn by seed 7. {text}",
        exhibits=tuple(
            Exhibit(
                pictures=tuple(picture_of(n_beside * number + place, alt=text) for place in range(n_beside)),
                lines=(text, "G-SAM: incorrect (spills over)", f"annotation {number}"),
            )
            for number in range(n_exhibits)
        ),
    )


def illustrated(content: ReportContent, *, text: str = "A horse") -> ReportContent:
    """The content with galleries of single pictures and of pairs."""
    return replace(
        content,
        galleries=ReportGalleries(
            failures=(gallery_of("failures", n_exhibits=11, text=text),),
            discordant=(gallery_of("discordant-1-2", n_exhibits=3, n_beside=2, text=text),),
            notes=("2 photos could not be had.",),
        ),
    )
