"""People at the same moment, in threads and in processes: nothing is lost, doubled or given to too many."""

import multiprocessing
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from audit.review.readings_owed import second_ticket
from db.records import Verdict
from db.reviews import load_standing
from db.samples import (
    add_masks,
    add_sample,
    load_settings,
    load_unit_masks,
    load_units,
    put_settings,
    put_units,
)
from db.store import Store
from tests.audit.jobs.review.driving import add_plain_sample, judge_until_done
from tests.browser.review_workspace import ReviewSample

N_MASKS = 40
SECOND_SHARE = 0.2
SETTINGS = {"second_share": SECOND_SHARE, "lease_minutes": 1000}  # every person has a clock of their own


@pytest.fixture
def sample(store_url: str, tmp_path: Path) -> Iterator[ReviewSample]:
    store = Store(store_url)
    store.create()
    yield add_plain_sample(store, tmp_path, N_MASKS)
    store.close()


def in_threads(n: int) -> Executor:
    return ThreadPoolExecutor(n)


def in_processes(n: int) -> Executor:
    return ProcessPoolExecutor(n, mp_context=multiprocessing.get_context("spawn"))


@pytest.mark.parametrize(
    ("n_people", "executor"),
    [
        (2, in_threads),
        (8, in_threads),
        pytest.param(2, in_processes, marks=pytest.mark.slow),
        pytest.param(8, in_processes, marks=pytest.mark.soak),
    ],
)
def test_all_is_read_as_often_as_it_is_owed_and_every_confirmed_verdict_is_there_once(
    sample: ReviewSample, store_url: str, tmp_path: Path, n_people: int, executor: object
) -> None:
    names = [f"reviewer {number}" for number in range(n_people)]
    with executor(n_people) as running:
        jobs = [running.submit(judge_until_done, store_url, tmp_path, name, **SETTINGS) for name in names]
        confirmed = [key for job in jobs for key in job.result()]

    with sample.store.reading() as transaction:
        standing = load_standing(transaction, sample.sample.sample_id)
        keys = transaction.connection.scalars(text("SELECT client_key FROM journal")).all()
        given = transaction.connection.scalars(text("SELECT task_id FROM assignments")).all()
    assert Counter(keys) == Counter(confirmed)
    assert len(set(confirmed)) == len(confirmed)
    first: dict[str, Verdict] = {}
    for each in standing:
        first.setdefault(each.mask_id, each.verdict)
    owed = {
        mask_id: 2 if verdict is not Verdict.CORRECT or second_ticket(7, mask_id) < SECOND_SHARE else 1
        for mask_id, verdict in first.items()
    }
    assert owed.keys() == sample.unit_of_mask.keys()
    assert Counter(given) == Counter(owed)
    assert Counter(each.mask_id for each in standing) == Counter(owed)


@pytest.mark.slow
def test_samples_that_share_masks_do_not_give_them_to_too_many(
    sample: ReviewSample, store_url: str, tmp_path: Path
) -> None:
    add_sample_of_same_masks(sample, "again")
    people = [(f"reviewer {number}", ("plain", "again")[number % 2]) for number in range(8)]
    with in_threads(len(people)) as running:
        jobs = [
            running.submit(judge_until_done, store_url, tmp_path, name, sample=of, **SETTINGS)
            for name, of in people
        ]
        confirmed = [key for job in jobs for key in job.result()]

    with sample.store.reading() as transaction:
        standing = load_standing(transaction, sample.sample.sample_id)
    n_read = Counter(each.mask_id for each in standing)
    assert len(confirmed) == len(standing)
    assert n_read.keys() == sample.unit_of_mask.keys()
    assert max(n_read.values()) == 2


def add_sample_of_same_masks(sample: ReviewSample, name: str) -> None:
    with sample.store.transaction() as transaction:
        again = add_sample(transaction, replace(sample.sample, name=name))
        put_settings(transaction, again.sample_id, load_settings(transaction, sample.sample.sample_id))
        units = load_units(transaction, sample.sample.sample_id)
        unit_ids = put_units(transaction, again.sample_id, units)
        new_id = {unit.unit_id: unit_ids[unit.annotation_id] for unit in units}
        made_by = load_unit_masks(transaction, sample.sample.sample_id)
        add_masks(transaction, [], [replace(each, unit_id=new_id[each.unit_id]) for each in made_by])
