"""A small workspace to push: real photographs, two settings, some of whose masks are the same."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image
from skimage import data

from audit.coco.rle import area, encode_runs, runs_of_mask
from audit.jobs.workspace import Workspace
from audit.settings import Settings, write_settings
from db.population import Population
from db.records import Mask, MaskState, Sample, Stratum, Unit, UnitMask
from db.samples import add_masks, add_sample, load_mask_units, put_settings, put_units
from db.store import Store
from tests.browser.review_workspace import ellipse
from tests.builders import a_sample, a_setting, a_unit

NOW = datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
SETTINGS = ("original/one-secret", "refined/two-secret")
STRATUM = "query_val_unseen"
SHARED_EVERY = 3
"""Of so many mentions one has the same mask under both settings."""

_WIDTH, _HEIGHT = 96, 72
_PHOTOGRAPHS = ("chelsea", "astronaut", "coffee", "rocket")


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallAudit:
    """A workspace that holds one sample.

    Attributes:
        secrets: texts that no reviewer may come to see.
    """

    workspace: Workspace
    sample: Sample
    secrets: tuple[str, ...]

    @property
    def store(self) -> Store:
        return self.workspace.store

    @property
    def mask_ids(self) -> set[str]:
        """The distinct masks that the sample holds now."""
        with self.store.reading() as transaction:
            return set(load_mask_units(transaction, self.sample.sample_id))


def small_audit(
    folder: Path, *, n_mentions: int = 5, store_url: str | None = None, name: str = "main", **settings: object
) -> SmallAudit:
    """Make a workspace with a sample of `n_mentions`, each masked under both settings.

    A third of the mentions has one mask for both, so 5 mentions have 9 masks. Photograph 1 carries an EXIF
    orientation and a place; masks fit it as it is to be seen.
    """
    images = folder / "photographs-secret"
    save_photographs(images)
    opened = Settings(folder=folder, **({"database": store_url} if store_url else {}), **settings)
    write_settings(opened)
    store = Store(opened.database_url)
    store.create()
    with store.transaction() as transaction:
        sample = add_sample(transaction, _sample(name, folder, n_mentions))
        put_settings(transaction, sample.sample_id, [a_setting(each) for each in SETTINGS])
    workspace = Workspace(settings=opened, store=store, population=Population(opened.population_folder))
    audit = SmallAudit(
        workspace=workspace,
        sample=sample,
        secrets=(*SETTINGS, STRATUM, "Q-secret", "oven_", "photographs-secret", "_secret.jpg"),
    )
    add_mentions(audit, range(n_mentions))
    return audit


def add_mentions(audit: SmallAudit, numbers: Iterable[int]) -> None:
    """Add mentions to the sample, as a draw that is extended does."""
    numbers = list(numbers)
    images = audit.workspace.settings.folder / "photographs-secret"
    with audit.store.transaction() as transaction:
        units = [_unit(number, images) for number in numbers]
        unit_ids = put_units(transaction, audit.sample.sample_id, units)
        made = [each for n in numbers for each in _made(n, unit_ids[_annotation_id(n)])]
        add_masks(transaction, [mask for mask, _ in made], [row for _, row in made])


def save_photographs(folder: Path) -> None:
    """Save small photographs; the second one lies on its side and says so, and where it was taken."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(_PHOTOGRAPHS):
        photograph = Image.fromarray(getattr(data, name)()).resize((_WIDTH, _HEIGHT))
        exif = Image.Exif()
        if number == 1:
            photograph = photograph.transpose(Image.Transpose.ROTATE_90)
            exif[0x0112] = 6  # to be turned clockwise
            exif[0x013B] = "an artist-secret"
        photograph.save(folder / f"{name}_secret.jpg", exif=exif, quality=90)


def _made(number: int, unit_id: int) -> list[tuple[Mask, UnitMask]]:
    row, column = 20 + number * 7 % 30, 25 + number * 11 % 45
    made = []
    for index, setting in enumerate(SETTINGS):
        is_shared = number % SHARED_EVERY == SHARED_EVERY - 1
        side = 24 + number % 5 + (0 if is_shared else 7 * index)
        runs = runs_of_mask(ellipse((_HEIGHT, _WIDTH), row, column, side, side + 6))
        counts = encode_runs(runs)
        mask_id = hashlib.sha256(f"{number}".encode() + counts).hexdigest()[:24]
        mask = Mask(
            mask_id=mask_id, height=_HEIGHT, width=_WIDTH, parts=(counts,), area=area(runs), unjudgable=None
        )
        row_of_unit = UnitMask(unit_id=unit_id, setting=setting, state=MaskState.PRESENT, mask_id=mask_id)
        made.append((mask, row_of_unit))
    return made


def _sample(name: str, folder: Path, n_mentions: int) -> Sample:
    # The server is shared by all tests, so samples must not be taken for each other.
    fingerprint = hashlib.sha256(str(folder).encode()).hexdigest()
    stratum = Stratum(
        split=STRATUM,
        n_units=n_mentions,
        n_entities_drawn=n_mentions,
        n_entities=n_mentions,
        n_annotations=n_mentions,
        n_first=n_mentions,
    )
    return a_sample(
        name=name,
        created_at=NOW,
        frame=SETTINGS[0],
        population_fingerprint=fingerprint,
        strata=(stratum,),
    )


def _unit(number: int, images: Path) -> Unit:
    return a_unit(
        _annotation_id(number),
        entity_id=f"Q-secret-{number}",
        entity_name=f"Thing {number}",
        stratum=STRATUM,
        category="category-secret",
        image_id=f"image_{number}",
        images_root=str(images),
        file_name=f"/{_PHOTOGRAPHS[number % len(_PHOTOGRAPHS)]}_secret.jpg",
        question=f"what is thing {number}?",
        annotation_ticket=hashlib.sha256(f"a{number}".encode()).hexdigest(),
        entity_ticket=hashlib.sha256(f"e{number}".encode()).hexdigest(),
    )


def _annotation_id(number: int) -> str:
    return f"oven_query_val_{number:08}"
