"""A mask's identity is the id that a sample gives it, is found once, and survives what goes wrong."""

import errno
import resource
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from audit.jobs.ingest import IngestRequest, run_ingest
from audit.jobs.mask_copies import copy_masks
from audit.jobs.mask_identity import identify_masks
from audit.jobs.progress import SILENT
from db.errors import ConflictError, UnreachableError
from db.identities import IDENTITIES, IDENTITIES_FILE, sources_to_identify
from db.manifest import SettingRecord
from db.population import ANNOTATIONS_FILE, Population
from tests.datasets import a_dataset, an_annotation, rectangle, rle, write_json


@pytest.fixture
def population(tmp_path: Path) -> Population:
    return Population(tmp_path / "population")


def ingest(
    population: Population, setting: str, annotations: list[dict[str, Any]], file: str = "a.json"
) -> SettingRecord:
    folder = population.folder.parent / setting
    folder.mkdir(exist_ok=True)
    path = write_json(folder / file, a_dataset(annotations))
    request = IngestRequest(files=(path,), setting=setting)
    run_ingest(population, request, workers=1, progress=SILENT)
    return population.manifest().get(setting)


def identify(population: Population, *settings: SettingRecord) -> int:
    """Identify, and give how many masks that took."""
    n_masks: list[int] = []
    identify_masks(population, settings, workers=2, progress=replace(SILENT, advance=n_masks.append))
    return sum(n_masks)


def found(population: Population, setting: SettingRecord) -> dict[str, tuple[str, str | None]]:
    """Mention → the state and mask id of its identity."""
    rows = [
        row for file in population.files(setting, IDENTITIES_FILE) for row in pq.read_table(file).to_pylist()
    ]
    return {row["mention_id"]: (row["state"], row["mask_id"] and row["mask_id"].hex()) for row in rows}


def copied(
    population: Population, setting: SettingRecord, mention_ids: Sequence[str]
) -> dict[str, tuple[str, str | None]]:
    copies = copy_masks(population, [setting], {each: each for each in mention_ids})
    return {made.annotation_id: (str(made.state), made.mask_id) for made in copies.made}


def in_pieces(mask: np.ndarray) -> list[dict[str, Any]]:
    """The same pixels as two parts that overlap."""
    left, right = mask.copy(), mask.copy()
    columns = np.flatnonzero(mask.any(axis=0))
    left[:, columns[len(columns) * 2 // 3] :] = 0
    right[:, : columns[len(columns) // 3]] = 0
    return [rle(left), rle(right)]


def uncompressed(mask: np.ndarray) -> dict[str, Any]:
    """Run lengths as plain numbers, with an empty run in the middle."""
    flat = mask.ravel(order="F")
    edges = np.flatnonzero(np.diff(flat)) + 1
    runs = np.diff([0, *edges.tolist(), flat.size]).tolist()
    return {"size": list(mask.shape), "counts": [*runs[:-1], 0, 0, runs[-1]]}


def test_the_same_pixels_are_one_mask_in_any_encoding_and_in_parts(population: Population) -> None:
    mask = rectangle(5, 5, 20, 10)
    polygon = [5, 5, 25, 5, 25, 15, 5, 15]
    forms = {
        "compressed": [rle(mask)],
        "pieces": in_pieces(mask),
        "plain": uncompressed(mask),
        "polygon": [polygon],
    }
    settings = [
        ingest(population, name, [an_annotation(1, segmentation=form)]) for name, form in forms.items()
    ]
    other = ingest(population, "other", [an_annotation(1, rectangle(5, 5, 20, 11))])
    assert identify(population, *settings, other) == 5
    identities = [found(population, setting) for setting in settings]
    assert identities == [identities[0]] * 4
    assert identities[0]["oven_0001"][0] == "present"
    assert found(population, other)["oven_0001"] != identities[0]["oven_0001"]


def test_states_and_ids_are_those_of_a_sample(population: Population) -> None:
    unreadable = {"size": [40, 60], "counts": "nonsense"}
    setting = ingest(
        population,
        "A",
        [
            an_annotation(0),
            an_annotation(1, rectangle(0, 0, 0, 0)),
            an_annotation(2, segmentation=[unreadable]),
            an_annotation(3, segmentation=[unreadable, rle(rectangle(1, 1, 2, 2))]),
            an_annotation(4, segmentation=in_pieces(rectangle(1, 1, 9, 9))),
        ],
    )
    identify(population, setting)
    identities = found(population, setting)
    assert identities == copied(population, setting, list(identities))
    assert [state for state, _ in identities.values()] == [
        "present",
        "missing",
        "unreadable",
        "unreadable",
        "present",
    ]


@pytest.mark.real_data
def test_masks_of_real_files_have_the_ids_of_a_sample(population: Population, shared_data: Path) -> None:
    folder = shared_data / "coco_free"
    for setting, file, id_key in (
        ("people", folder / "annotations" / "instances_val2017.json", None),
        ("gc", folder / "derived" / "derived_gc_instances_val2017.json", "source_ann_id"),
    ):
        request = IngestRequest(files=(file,), setting=setting, split="val", id_key=id_key)
        run_ingest(population, request, workers=2, progress=SILENT)
    identify(population, *population.manifest().settings)
    for record in population.manifest().settings:
        identities = found(population, record)
        assert len(identities) == record.n_annotations
        assert identities == copied(population, record, list(identities))


def test_what_is_identified_is_not_read_again_unless_its_file_changed(population: Population) -> None:
    ingest(population, "A", [an_annotation(0), an_annotation(1)])
    setting = ingest(population, "A", [an_annotation(2)], "b.json")
    assert identify(population, setting, setting) == 3
    assert identify(population, setting) == 0
    with population.staging():
        assert identify(population, setting) == 0
    changed = ingest(population, "A", [an_annotation(2, rectangle(1, 1, 4, 4)), an_annotation(3)], "b.json")
    assert identify(population, changed) == 2
    assert len(found(population, changed)) == 4


def test_an_interrupted_run_keeps_the_files_that_were_done(population: Population) -> None:
    ingest(population, "A", [an_annotation(0)])
    setting = ingest(population, "A", [an_annotation(1), an_annotation(2)], "b.json")
    n_calls = 0

    def interrupt(n: int) -> None:
        nonlocal n_calls
        n_calls += 1
        if n_calls == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        identify_masks(population, [setting], workers=2, progress=replace(SILENT, advance=interrupt))
    done, waiting = setting.sources
    assert sources_to_identify(population, [setting]) == [waiting]
    assert {path.name for path in (population.folder / waiting.folder).iterdir()} == {
        path.name for path in (population.folder / done.folder).iterdir()
    } - {IDENTITIES_FILE}
    assert not list(population.folder.glob(".staging-*"))
    assert identify(population, setting) == 2


def test_a_full_disk_leaves_nothing_behind(population: Population) -> None:
    setting = ingest(population, "A", [an_annotation(number) for number in range(12)])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(UnreachableError, match=rf"a\.json.*errno {errno.EFBIG}.*the disk has room"):
            identify(population, setting)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert sources_to_identify(population, [setting])
    assert identify(population, setting) == 12


@pytest.mark.parametrize("harm", ["folder gone", "file cut short"])
def test_a_harmed_population_is_told_in_one_sentence(population: Population, harm: str) -> None:
    setting = ingest(population, "A", [an_annotation(0)])
    folder = population.folder / setting.sources[0].folder
    if harm == "folder gone":
        shutil.rmtree(folder)
    else:
        whole = (folder / ANNOTATIONS_FILE).read_bytes()
        (folder / ANNOTATIONS_FILE).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UnreachableError, match=r"a\.json.*ingesting .*a\.json again brings them back"):
        identify(population, setting)


def test_another_writer_is_waited_for_by_the_user(population: Population) -> None:
    setting = ingest(population, "A", [an_annotation(0)])
    with population.staging(), pytest.raises(ConflictError, match="another command is writing"):
        identify(population, setting)


def test_the_file_is_as_its_schema_says(population: Population) -> None:
    setting = ingest(population, "A", [an_annotation(0), an_annotation(1, rectangle(0, 0, 0, 0))])
    identify(population, setting)
    [file] = population.files(setting, IDENTITIES_FILE)
    table = pq.read_table(file)
    assert table.schema.remove_metadata() == IDENTITIES
    table.validate(full=True)
