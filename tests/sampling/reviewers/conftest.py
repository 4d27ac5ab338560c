"""Real crowds, read where they lie."""

import csv
import io
import json
import re
import tarfile
from dataclasses import dataclass

import numpy as np
import pytest

CODES = {"Correct": 1, "Incorrect": 0, "I Don't Know": 2}


@dataclass(frozen=True)
class DBpedia:
    """Codes of the same facts, in the same order, by 60 laymen and by 3 experts; the last verdict of each."""

    laymen: np.ndarray
    experts: np.ndarray

    @property
    def consensus(self):
        """What the experts who decided all say; -1 where they differ or none decided."""
        decided = np.where(self.experts == 2, -1, self.experts)
        says = [(decided == code).any(axis=1) for code in (0, 1)]
        return np.select([says[1] & ~says[0], says[0] & ~says[1]], [1, 0], -1)

    @property
    def layman_and_truth(self):
        """Every decided verdict of a layman on a fact that has a consensus, beside the consensus."""
        facts, columns = np.nonzero(np.isin(self.laymen, (0, 1)) & (self.consensus >= 0)[:, None])
        return self.laymen[facts, columns], self.consensus[facts]


@pytest.fixture(scope="session")
def dbpedia(shared_data):
    verdicts = {"laymen": {}, "experts": {}}
    with tarfile.open(shared_data / "verdicts" / "dbpedia_multi.tar.gz") as archive:
        for member in archive:
            parts = member.name.split("/")
            if parts[-1] == "annotations.csv":
                lines = io.TextIOWrapper(archive.extractfile(member), encoding="utf-8")
                verdicts[parts[-3]][parts[-2]] = {
                    (row["Subject"], row["Predicate"], row["Object"]): CODES[row["Annotation"]]
                    for row in csv.DictReader(lines)
                }
    people = [*verdicts["laymen"].values(), *verdicts["experts"].values()]
    facts = {fact: index for index, fact in enumerate(sorted(set().union(*people)))}
    return DBpedia(**{kind: codes_of(facts, by_person) for kind, by_person in verdicts.items()})


def codes_of(facts, by_person):
    codes = np.full((len(facts), len(by_person)), -1)
    for column, person in enumerate(sorted(by_person)):
        for fact, code in by_person[person].items():
            codes[facts[fact], column] = code
    return codes


@pytest.fixture(scope="session")
def bluebirds(shared_data):
    """Codes of 108 pictures by 39 workers, and the truth."""
    folder = shared_data / "verdicts" / "bluebirds"
    truth = yaml_booleans((folder / "gt.yaml").read_text())
    workers = re.findall(r"\d+: \{(.*?)\}", (folder / "labels.yaml").read_text(), re.DOTALL)
    answers = [yaml_booleans(text) for text in workers]
    pictures = sorted(truth)
    codes = np.array([[worker[picture] for worker in answers] for picture in pictures])
    return codes, np.array([truth[picture] for picture in pictures])


def yaml_booleans(text):
    return {int(key): int(value == "true") for key, value in re.findall(r"(\d+): (true|false)", text)}


@pytest.fixture(scope="session")
def mturk(shared_data):
    """Codes by five workers per picture: whether they accept the label that the picture came with."""

    def codes(name):
        listed = json.loads(
            (shared_data / "verdicts" / "mturk_label_errors" / f"{name}_mturk.json").read_text()
        )
        votes = [picture["mturk"] for picture in listed]
        n_accepting = np.array([vote["given"] + vote["both"] for vote in votes])
        return (np.arange(5) < n_accepting[:, None]).astype(int)

    return codes
