import tomllib
from math import sqrt
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from sampling.reviewers.coefficients import (
    cohen_kappa,
    fleiss_kappa,
    gwet_ac1,
    krippendorff_alpha,
    linearised_variance,
    observed_agreement,
    specific_agreement,
    totals_per_unit,
)

REFERENCE = tomllib.loads((Path(__file__).parents[2] / "reference" / "agreement.toml").read_text())
TABLES = {name: table for name, table in REFERENCE.items() if name != "crowds"}
PEERS = {
    "observed": observed_agreement,
    "krippendorff": krippendorff_alpha,
    "ac1": gwet_ac1,
    "fleiss": fleiss_kappa,
    "statsmodels_fleiss": fleiss_kappa,
    "cohen": cohen_kappa,
    "statsmodels_cohen": cohen_kappa,
}
FIGURES = (observed_agreement, krippendorff_alpha, gwet_ac1, fleiss_kappa, cohen_kappa)


def rows_of(table):
    codes = np.array(table["codes"])
    return totals_per_unit(codes, np.ones(len(codes)), table["n_classes"])


def value_of(figure, rows):
    return float(figure(type(rows)(values=rows.values.sum(axis=0), n_classes=rows.n_classes)))


@pytest.mark.parametrize(
    ("name", "peer"), [(name, peer) for name, table in TABLES.items() for peer in PEERS if peer in table]
)
def test_a_figure_equals_the_one_of_another_program(name, peer):
    table = TABLES[name]
    assert value_of(PEERS[peer], rows_of(table)) == pytest.approx(table[peer], abs=1e-11)


@pytest.mark.parametrize(
    ("name", "peer"),
    [(name, peer) for name, table in TABLES.items() for peer in PEERS if f"{peer}_se" in table],
)
def test_a_standard_error_equals_the_one_of_another_program(name, peer):
    table = TABLES[name]
    se = sqrt(linearised_variance(PEERS[peer], rows_of(table), np.ones(len(table["codes"]))))
    assert se == pytest.approx(table[f"{peer}_se"], abs=1e-11)


@pytest.mark.parametrize("figure", FIGURES)
def test_the_linearised_variance_is_what_leaving_out_one_unit_at_a_time_gives(figure):
    rng = np.random.default_rng(3)
    truth = rng.random(4000) < 0.8
    codes = np.where(rng.random((4000, 2)) < 0.9, truth[:, None], ~truth[:, None]).astype(int)
    rows = totals_per_unit(codes, rng.uniform(0.5, 2, 4000), 2)
    total = rows.values.sum(axis=0)
    without = figure(type(rows)(values=total - rows.values, n_classes=2))
    jackknife = 3999 / 4000 * ((without - without.mean()) ** 2).sum()
    assert linearised_variance(figure, rows, np.ones(4000)) == pytest.approx(jackknife, rel=5e-3)


@pytest.mark.parametrize("figure", FIGURES)
def test_a_unit_of_weight_two_counts_as_two_units(figure):
    rng = np.random.default_rng(4)
    codes = rng.integers(0, 2, (50, 2))
    weights = rng.integers(1, 3, 50)
    weighed = totals_per_unit(codes, weights.astype(float), 2)
    repeated = totals_per_unit(np.repeat(codes, weights, axis=0), np.ones(weights.sum()), 2)
    assert value_of(figure, weighed) == pytest.approx(value_of(figure, repeated), abs=1e-12)


def test_specific_agreement_of_two_reviewers_is_twice_the_agreements_over_all_that_name_the_class():
    codes = np.repeat([[0, 0], [0, 1], [1, 0], [1, 1]], [3, 2, 1, 10], axis=0)
    rows = totals_per_unit(codes, np.ones(16), 2)
    assert value_of(specific_agreement(0), rows) == pytest.approx(2 * 3 / (2 * 3 + 2 + 1))
    assert value_of(specific_agreement(1), rows) == pytest.approx(2 * 10 / (2 * 10 + 2 + 1))


def test_who_is_first_among_three_reviewers_changes_no_figure():
    table = TABLES["five_classes_with_gaps"]
    codes = np.array(table["codes"])
    turned = totals_per_unit(codes[:, ::-1], np.ones(len(codes)), 5)
    for figure in (observed_agreement, krippendorff_alpha, gwet_ac1, fleiss_kappa):
        assert value_of(figure, turned) == pytest.approx(value_of(figure, rows_of(table)), abs=1e-13)


@pytest.mark.peer
@pytest.mark.parametrize("name", TABLES)
def test_alpha_equals_the_krippendorff_program(name):
    krippendorff = pytest.importorskip("krippendorff")
    codes = np.array(TABLES[name]["codes"], dtype=float)
    codes[codes < 0] = np.nan
    theirs = krippendorff.alpha(codes.T, level_of_measurement="nominal")
    assert value_of(krippendorff_alpha, rows_of(TABLES[name])) == pytest.approx(theirs, abs=1e-14)


@pytest.mark.peer
def test_kappa_equals_statsmodels():
    inter_rater = pytest.importorskip("statsmodels.stats.inter_rater")
    codes = np.random.default_rng(6).integers(0, 3, (300, 2))
    rows = totals_per_unit(codes, np.ones(300), 3)
    theirs = inter_rater.cohens_kappa(inter_rater.to_table(codes)[0]).kappa
    assert value_of(cohen_kappa, rows) == pytest.approx(theirs, abs=1e-13)
    theirs = inter_rater.fleiss_kappa(inter_rater.aggregate_raters(codes)[0])
    assert value_of(fleiss_kappa, rows) == pytest.approx(theirs, abs=1e-13)


def test_kappa_equals_scikit_learn():
    codes = np.random.default_rng(6).integers(0, 3, (300, 2))
    rows = totals_per_unit(codes, np.ones(300), 3)
    assert value_of(cohen_kappa, rows) == pytest.approx(cohen_kappa_score(*codes.T), abs=1e-13)
