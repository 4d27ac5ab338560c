"""What a sample is drawn from: a setting's mentions, or those of them on which two settings differ."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from audit.errors import InputError
from audit.jobs.contrast_frame import ContrastFrame, open_contrast_frame
from audit.jobs.drawing import Drawing, DrawnMention
from audit.jobs.progress import Progress
from db.contrasts import Contrast as OpenContrast
from db.manifest import Manifest, SettingRecord, frame_files
from db.population import ANNOTATIONS_FILE, Population
from db.records import Contrast, FrameFile


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingFrame:
    """What can be drawn.

    Attributes:
        setting: whose mentions these are.
        paths: the Parquet files to draw from.
        files: what the draw depends on.
        settings: the settings whose masks a sample of it holds.
        pair: two settings, where only mentions on which they differ can be drawn.
        compared: what the two made of the whole frame.
    """

    setting: SettingRecord
    paths: tuple[str, ...]
    files: tuple[FrameFile, ...]
    settings: tuple[SettingRecord, ...]
    pair: tuple[str, str] | None = None
    compared: OpenContrast | None = None

    @property
    def compared_path(self) -> str | None:
        """The file of every mention that was compared."""
        return None if self.compared is None else self.compared.compared

    def contrast(self, drawing: Drawing) -> Contrast | None:
        """Give what is known of the two settings before any verdict; None where nothing is contrasted."""
        if self.pair is None or self.compared is None:
            return None
        return Contrast(
            a=self.pair[0],
            b=self.pair[1],
            n_annotations=self.compared.overall.n_annotations,
            n_entities=self.compared.overall.n_entities,
            n_differing=self.compared.overall.n_differing,
            sizes=dict(drawing.differing),
        )

    def of_whole_frame(self, drawing: Drawing) -> Drawing:
        """Give a drawing with every entity's size and weight in the whole frame.

        Of a contrast only the d_e differing mentions of an entity could be drawn. It stands for its differing
        part, d_e/N_e of an entity.
        """
        if self.compared is None:
            return drawing
        entity_ids = {mention.candidate.entity_id for mention in drawing.mentions}
        sizes = self.compared.n_annotations_of(entity_ids)
        return replace(drawing, mentions=tuple(_in_whole(each, sizes) for each in drawing.mentions))


def find_frame(manifest: Manifest, name: str | None, contrast: tuple[str, str] | None) -> SettingRecord:
    """Give the setting to draw from: the one named, else the first of a contrast, else the first ingested.

    Raises:
        InputError: nothing is ingested.
        StoreError: there is no such setting.
    """
    if not manifest.settings:
        raise InputError("the population is empty: ingest masks with `mask-audit ingest FILE --setting NAME`")
    if name is None and contrast is not None:
        name = contrast[0]
    return manifest.get(name) if name else manifest.settings[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameRequest:
    """What to draw from.

    Attributes:
        setting: whose mentions.
        contrast: two settings of which only differing masks can be drawn, or None.
        splits: splits that the frame is restricted to; empty means all.
    """

    setting: SettingRecord
    contrast: tuple[str, str] | None
    splits: tuple[str, ...]


def files_drawn_from(manifest: Manifest, request: FrameRequest) -> tuple[FrameFile, ...]:
    """Give the files that a draw depends on; of a contrast those of both settings too."""
    if request.contrast is None:
        return frame_files(request.setting)
    return _contrast_frame(manifest, request.contrast, request).files()


def _contrast_frame(manifest: Manifest, pair: tuple[str, str], request: FrameRequest) -> ContrastFrame:
    a, b = (manifest.get(name) for name in pair)
    return ContrastFrame(frame=request.setting, a=a, b=b, splits=request.splits)


@contextmanager
def open_frame(
    population: Population, request: FrameRequest, *, workers: int, progress: Progress
) -> Iterator[SamplingFrame]:
    """Give what can be drawn, as long as it is open.

    Raises:
        InputError: two settings are to be contrasted that are one, or made the same masks.
        StoreError: there is no such setting, or the population cannot be read.
    """
    manifest = population.manifest()
    if request.contrast is None:
        yield SamplingFrame(
            setting=request.setting,
            paths=tuple(population.files(request.setting, ANNOTATIONS_FILE)),
            files=files_drawn_from(manifest, request),
            settings=tuple(manifest.settings),
        )
        return
    pair = _contrast_frame(manifest, request.contrast, request)
    with open_contrast_frame(population, pair, workers=workers, progress=progress) as compared:
        yield SamplingFrame(
            setting=request.setting,
            paths=(compared.differing,),
            files=pair.files(),
            settings=(pair.a, pair.b),
            pair=request.contrast,
            compared=compared,
        )


def _in_whole(mention: DrawnMention, sizes: Mapping[str, int]) -> DrawnMention:
    n_differing, n_annotations = mention.candidate.n_annotations, sizes[mention.candidate.entity_id]
    part = n_differing / n_annotations
    return replace(
        mention,
        n_annotations_of_entity=n_annotations,
        weights=replace(mention.weights, entity_weight=mention.weights.entity_weight * part),
    )


def changes(now: Sequence[FrameFile], then: Sequence[FrameFile]) -> list[str]:
    """Give in words what has changed among the files that a draw depends on."""
    came, went = set(now) - set(then), set(then) - set(now)
    return [f"{file.file} was added or changed" for file in sorted(came, key=_file_name)] + [
        f"{file.file} is gone or changed" for file in sorted(went, key=_file_name)
    ]


def _file_name(file: FrameFile) -> str:
    return file.file
