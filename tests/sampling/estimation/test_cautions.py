"""Cautions: each where it applies, and nowhere else."""

from dataclasses import replace

import numpy as np
import pytest

from sampling.estimation.cautions import Caution, cautions
from sampling.estimation.outcomes import SampledOutcomes
from sampling.estimation.stratified import estimate

SOUND = SampledOutcomes(
    stratum=np.repeat([0, 1], [300, 100]),
    cluster=np.arange(400),
    weight=np.repeat([3.0, 4.0], [300, 100]),
    is_counted=np.ones(400, bool),
    is_correct=np.arange(400) % 10 != 0,
)


def found_in(outcomes):
    return set(cautions(outcomes, estimate(outcomes)))


def test_a_sound_sample_needs_no_caution():
    assert cautions(SOUND, estimate(SOUND)) == ()


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        (SOUND.within(np.arange(400) < 120), {Caution.EMPTY_STRATUM}),
        (SOUND.within(np.arange(400) < 325), {Caution.THIN_STRATUM}),
        (replace(SOUND, is_correct=np.ones(400, bool)), {Caution.NO_ERRORS}),
        (
            SOUND.within(np.arange(400) < 29),
            {Caution.FEW_EFFECTIVE, Caution.THIN_STRATUM, Caution.EMPTY_STRATUM},
        ),
        (
            replace(SOUND, weight=np.where(np.arange(400) % 8 == 1, 100.0, 1.0)),
            {Caution.SMALL_KISH, Caution.LARGE_DEFF},
        ),
        (
            replace(SOUND, cluster=np.arange(400) // 40, is_correct=np.arange(400) // 40 != 3),
            {Caution.LARGE_DEFF, Caution.FEW_EFFECTIVE},
        ),
    ],
    ids=[
        "an empty stratum",
        "a thin stratum",
        "no errors",
        "few units",
        "a few heavy units",
        "alike clusters",
    ],
)
def test_a_caution_is_given_where_it_applies(outcomes, expected):
    assert found_in(outcomes) == expected


def test_few_units_of_equal_weight_are_no_matter_of_weights():
    assert Caution.SMALL_KISH not in found_in(SOUND.within(np.arange(400) < 60))


def test_cautions_come_in_one_order():
    outcomes = SOUND.within(np.arange(400) < 20)

    assert list(cautions(outcomes, estimate(outcomes))) == sorted(found_in(outcomes), key=list(Caution).index)
