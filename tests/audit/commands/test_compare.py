"""Two rounds of an audit compared: what is shared, what is carried, and by how much accuracy changed."""

import csv
import json
import zipfile
from pathlib import Path

import pytest

from tests.audit.commands.audited import judge, report_of
from tests.audit.commands.two_rounds import (
    CHANGED,
    GONE,
    N_NEW,
    N_OLD,
    RENAMED,
    AuditedVersion,
    a_new_mention,
    an_old_mention,
    audit_version,
    done,
    mask_audit,
    new_dataset,
    old_dataset,
)
from tests.datasets import a_dataset

SPLITS = ("entity", "query", "wiki")


def said_of_old(number: int) -> str:
    return "incorrect" if number % 4 == 0 else "unsure" if number % 11 == 0 else "correct"


def said_of_new(number: int) -> str | None:
    """What has the same mask is not judged anew, but for one in five, of which some come out otherwise."""
    if number in CHANGED or number >= N_OLD:
        return "incorrect" if number % 10 == 0 else "correct"
    return None if number % 5 else "incorrect" if number % 2 else "correct"


def pending(number: int) -> None:
    """Nobody judged any mask."""


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> AuditedVersion:
    place = tmp_path_factory.mktemp("rounds") / "old"
    return audit_version(place, {"A": old_dataset(), "B": old_dataset()}, said_of_old)


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> AuditedVersion:
    place = tmp_path_factory.mktemp("rounds") / "new"
    return audit_version(place, {"A": new_dataset(), "C": new_dataset()}, said_of_new)


@pytest.fixture(scope="module")
def compared(old: AuditedVersion, new: AuditedVersion) -> dict[str, object]:
    return done("compare", old.bundle, new.bundle, "--json").json


def common_of(old: AuditedVersion, new: AuditedVersion) -> set[int]:
    """The mentions of both samples: all have the same entity and image in both versions."""
    return set(old.drawn) & set(new.drawn)


def split_of(number: int) -> str:
    return str(an_old_mention(number)["data_split"]).partition("_")[0]


def is_renamed(number: int) -> bool:
    return an_old_mention(number)["category_id"] == RENAMED


def carried_of(old: AuditedVersion, new: AuditedVersion) -> set[int]:
    return {
        number
        for number in common_of(old, new) - CHANGED
        if said_of_new(number) is None and not is_renamed(number)
    }


def test_mentions_of_both_samples_and_their_masks_are_counted(
    old: AuditedVersion, new: AuditedVersion, compared: dict
) -> None:
    common = common_of(old, new)
    assert compared["mentions"] == {
        "n_old": len(old.drawn),
        "n_new": len(new.drawn),
        "n_common": len(common),
        "n_renamed": 0,
        "n_asked_otherwise": sum(map(is_renamed, common)),
    }
    [setting] = compared["settings"]
    assert setting["setting"] == "A"
    assert setting["n_changed"] == len(common & CHANGED) > 0
    assert setting["n_same"] == len(common - CHANGED) > 0
    again = [number for number in common - CHANGED if said_of_new(number)]
    assert setting["n_judged_again"] == len(again)
    assert setting["n_judged_otherwise"] == sum(said_of_old(each) != said_of_new(each) for each in again) > 0


def test_settings_of_one_round_alone_are_named(compared: dict) -> None:
    there = {each["setting"]: {"old", "new"} & each.keys() for each in compared["presence"]}
    assert there == {"A": {"old", "new"}, "B": {"old"}, "C": {"new"}}
    of_a = next(each for each in compared["presence"] if each["setting"] == "A")
    assert (of_a["old"]["n_annotations"], of_a["new"]["n_annotations"]) == (N_OLD, N_NEW - len(GONE))
    assert of_a["old"]["fingerprint"] != of_a["new"]["fingerprint"]


def test_verdicts_are_carried_where_the_mask_is_the_same_and_nobody_judged_it_anew(
    old: AuditedVersion, new: AuditedVersion, compared: dict
) -> None:
    [setting] = compared["settings"]
    carried = carried_of(old, new)
    assert setting["n_carried"] == len(carried) > 3
    own = [said_of_new(number) for number in new.drawn]
    verdicts = [each for each in own if each is not None] + [said_of_old(number) for number in carried]
    assert setting["new"]["n_correct"] == verdicts.count("correct")
    assert setting["new"]["n_incorrect"] == verdicts.count("incorrect")
    assert setting["new"]["n_unsure"] == verdicts.count("unsure")
    assert setting["new"]["n_pending"] == own.count(None) - len(carried)


def test_the_difference_on_common_mentions_counts_what_became_right_and_wrong(
    old: AuditedVersion, new: AuditedVersion, compared: dict
) -> None:
    carried = carried_of(old, new)
    pairs = [
        (said_of_old(number), said_of_old(number) if number in carried else said_of_new(number))
        for number in common_of(old, new)
    ]
    counted = [pair for pair in pairs if set(pair) <= {"correct", "incorrect"}]
    common = compared["settings"][0]["common"]
    assert common["n_pairs"] == len(counted)
    assert common["n_became_right"] == counted.count(("incorrect", "correct")) > 0
    assert common["n_became_wrong"] == counted.count(("correct", "incorrect"))
    assert common["interval"]["method"] == "bonett-price"


def test_the_whole_difference_is_that_of_the_two_accuracies(compared: dict) -> None:
    [setting] = compared["settings"]
    for estimand, found in setting["estimands"].items():
        difference = found["difference"]
        new = setting["new_as_mixed_before"] if estimand == "mix" else found["new"]
        assert difference["estimate"] == pytest.approx(new["estimate"] - found["old"]["estimate"])
        assert difference["interval"]["low"] <= difference["estimate"] <= difference["interval"]["high"]
        assert difference["interval"]["method"] == "mover-overlapping"
        assert difference["n_shared"] > 0, estimand


def test_the_old_accuracy_is_what_the_old_report_says(
    old: AuditedVersion, compared: dict, tmp_path: Path
) -> None:
    said = report_of(mask_audit, old.workspace, tmp_path)["settings"][0]
    for estimand, found in compared["settings"][0]["estimands"].items():
        assert found["old"]["estimate"] == said["estimands"][estimand]["estimate"]
        assert found["old"]["interval"] == said["estimands"][estimand]["interval"]


def test_carried_verdicts_that_are_imported_give_the_accuracy_that_was_compared(
    old: AuditedVersion, new: AuditedVersion, compared: dict, tmp_path: Path
) -> None:
    carried = tmp_path / "carried.csv"
    finished = done("compare", old.bundle, new.bundle, "--carried", carried)
    n = len(carried_of(old, new))
    assert f"{n} verdicts written to {carried}" in finished.out
    with carried.open(newline="") as file:
        assert {row["reviewer"] for row in csv.DictReader(file)} == {"carried over"}

    place = tmp_path / "again"
    again = audit_version(place, {"A": new_dataset(), "C": new_dataset()}, said_of_new)
    assert again.drawn == new.drawn
    taken = done("verdicts", "import", carried, "-w", again.workspace, "--json").json
    assert taken["n_new"] == n
    said = report_of(mask_audit, again.workspace, tmp_path)["settings"][0]
    expected = compared["settings"][0]
    assert {name: said[name] for name in expected["new"]} == expected["new"]
    assert said["accuracy"] == expected["estimands"]["mix"]["new"]["estimate"]


def test_no_verdict_is_carried_over_a_disagreement_of_the_new_reviewers(
    old: AuditedVersion, tmp_path: Path
) -> None:
    other = audit_version(tmp_path / "other", {"A": old_dataset()}, pending)
    before = done("compare", old.bundle, other.bundle, "--json").json["settings"][0]["n_carried"]
    settings = other.workspace / "audit.toml"
    settings.write_text(settings.read_text().replace('"majority"', '"adjudicated"'))
    disputed = (f"oven_{min(set(old.drawn) & set(other.drawn)):04}", "A")
    for reviewer, verdict in (("ann", "correct"), ("bo", "incorrect")):
        judge(mask_audit, other.workspace, tmp_path, {disputed: verdict}, reviewer=reviewer)
    done("bundle", "--out", other.bundle, "--gallery", 0, "-w", other.workspace)
    after = done("compare", old.bundle, other.bundle, "--json").json
    assert after["settings"][0]["n_carried"] == before - 1 > 0
    assert after["settings"][0]["new"]["n_pending"] == 1
    assert {"what": "a mask on which reviewers disagree", "old": "majority", "new": "adjudicated"} in after[
        "changes"
    ]


def test_a_round_compared_with_itself_shows_no_difference(old: AuditedVersion) -> None:
    found = done("compare", old.bundle, old.bundle, "--json").json
    assert found["changes"] == []
    assert found["mentions"]["n_common"] == len(old.drawn)
    for setting in found["settings"]:
        assert setting["n_carried"] == setting["n_changed"] == 0
        assert setting["common"]["estimate"] == 0
        for estimand in setting["estimands"].values():
            interval = estimand["difference"]["interval"]
            assert estimand["difference"]["estimate"] == 0
            assert interval["low"] < 0 < interval["high"]


def test_the_summary_says_the_difference_what_changed_and_what_was_carried(
    old: AuditedVersion, new: AuditedVersion
) -> None:
    lines = done("compare", old.bundle, new.bundle).out.splitlines()
    assert lines[0].startswith("A: ")
    assert " percentage points (" in lines[0]
    assert "setting B: gone" in lines
    assert "setting C: new" in lines
    assert any(line.startswith("files of the frame: ") for line in lines)
    assert any("carried over from the old one" in line for line in lines)


def test_the_document_is_written_in_every_format_and_again(
    old: AuditedVersion, new: AuditedVersion, tmp_path: Path
) -> None:
    for _ in range(2):
        done("compare", old.bundle, new.bundle, "--out", tmp_path / "rounds")
    names = {file.name for file in (tmp_path / "rounds").iterdir()}
    assert {"rounds.html", "rounds.md", "rounds.tex", "SHA256SUMS", "tables", "figures"} <= names
    with (tmp_path / "rounds" / "tables" / "difference.csv").open(newline="") as file:
        assert [row["Setting"] for row in csv.DictReader(file)] == ["A"]
    text = (tmp_path / "rounds" / "rounds.md").read_text()
    assert "nan" not in text.lower()
    assert "Accuracy, old and new" in text


def test_samples_that_are_mixed_otherwise_are_compared_in_the_old_mix(
    old: AuditedVersion, tmp_path: Path
) -> None:
    words = ("--allocate", "entity=4,query=12,wiki=8", "--seed", 5)
    other = audit_version(tmp_path / "other", {"A": new_dataset()}, said_of_old, *words)
    [setting] = done("compare", old.bundle, other.bundle, "--json").json["settings"]
    shares = {split: [split_of(number) for number in old.drawn].count(split) for split in SPLITS}
    by_split = {
        split: [said_of_old(number) for number in other.drawn if split_of(number) == split]
        for split in SPLITS
    }
    # Unsure units count in no split.
    weights = {
        split: shares[split] * (1 - said.count("unsure") / len(said)) for split, said in by_split.items()
    }
    rates = {
        split: said.count("correct") / (len(said) - said.count("unsure")) for split, said in by_split.items()
    }
    expected = sum(weights[split] * rates[split] for split in SPLITS) / sum(weights.values())
    assert setting["new_as_mixed_before"]["estimate"] == pytest.approx(expected)
    assert setting["estimands"]["mix"]["new"]["estimate"] != pytest.approx(expected)
    assert "in the old sample's mix of splits" in done("compare", old.bundle, other.bundle).out


def test_samples_of_different_splits_have_no_difference_of_mixes(old: AuditedVersion, tmp_path: Path) -> None:
    words = ("--allocate", "entity=4,query=12", "--seed", 5)
    other = audit_version(tmp_path / "other", {"A": new_dataset()}, said_of_old, *words)
    [setting] = done("compare", old.bundle, other.bundle, "--json").json["settings"]
    reason = setting["estimands"]["mix"]["difference"]["reason"]
    assert reason.startswith("the samples are mixed otherwise (entity ")
    assert "new_as_mixed_before" not in setting
    assert "estimate" in setting["estimands"]["entity"]["difference"]
    assert "estimate" in setting["common"]


def test_a_sample_of_differing_masks_is_compared_where_it_can_be(old: AuditedVersion, tmp_path: Path) -> None:
    words = ("--contrast", "A", "B", "--size", 15, "--seed", 5)
    other = audit_version(tmp_path / "other", {"A": old_dataset(), "B": new_dataset()}, said_of_old, *words)
    found = done("compare", old.bundle, other.bundle, "--json").json
    setting = next(each for each in found["settings"] if each["setting"] == "A")
    for estimand in setting["estimands"].values():
        assert estimand["difference"]["reason"].startswith(
            "a sample of the mentions where two settings differ"
        )
    assert setting["common"]["estimate"] == 0
    assert {"what": "only where these differ", "old": "—", "new": "A, B"} in found["changes"]


def test_a_sample_in_waves_is_compared_as_if_nothing_were_shared(old: AuditedVersion, tmp_path: Path) -> None:
    words = ("--goal", "estimate", "--risk", "auto", "--seed", 5, "--size", 36)
    versions = {"A": old_dataset(), "B": old_dataset()}
    other = audit_version(tmp_path / "other", versions, said_of_old, *words)
    found = done("compare", old.bundle, other.bundle, "--json").json
    setting = found["settings"][0]
    for estimand in setting["estimands"].values():
        assert estimand["difference"]["n_shared"] == 0
        assert abs(estimand["difference"]["estimate"]) < 0.3
    assert "see the difference over both samples" in setting["common"]["reason"]
    assert any("drawn by risk" in warning for warning in found["warnings"])


def test_an_id_that_names_another_image_is_another_mention(old: AuditedVersion, tmp_path: Path) -> None:
    moved = a_dataset(
        [a_new_mention(number) | {"image_id": f"elsewhere_{number}"} for number in range(N_OLD)]
    )
    other = audit_version(tmp_path / "other", {"A": moved}, pending)
    found = done("compare", old.bundle, other.bundle, "--json").json
    assert (found["mentions"]["n_common"], found["settings"][0]["n_carried"]) == (0, 0)
    assert found["mentions"]["n_renamed"] > 0
    assert found["settings"][0]["common"]["reason"] == "no mention is judged right or wrong in both rounds"
    assert "the new round has no accuracy" in found["settings"][0]["estimands"]["mix"]["difference"]["reason"]


def test_rounds_without_a_setting_in_common_say_so(old: AuditedVersion, tmp_path: Path) -> None:
    other = audit_version(tmp_path / "other", {"Z": new_dataset()}, pending)
    finished = done("compare", old.bundle, other.bundle, "--out", tmp_path / "rounds")
    assert finished.out.startswith("no setting is in both samples\n")
    assert "Nothing is compared: the samples have no setting in common." in finished.out
    assert "are judged" not in finished.out
    assert "No setting is in both samples." in (tmp_path / "rounds" / "rounds.md").read_text()


def test_a_round_that_nobody_judged_has_no_accuracy_in_another_mix_either(
    old: AuditedVersion, tmp_path: Path
) -> None:
    """Masks are missing, which alone would make the accuracy 0."""
    lacking = new_dataset()
    lacking["annotations"] = [
        {key: each for key, each in annotation.items() if key != "segmentation"}
        if place % 3 == 0
        else annotation
        for place, annotation in enumerate(lacking["annotations"])
    ]
    words = ("--allocate", "entity=4,query=12,wiki=8", "--seed", 5)
    moved = {"A": elsewhere(lacking)}
    other = audit_version(tmp_path / "other", moved, pending, *words)
    [setting] = done("compare", old.bundle, other.bundle, "--json").json["settings"]
    assert setting["new"]["n_missing"] > 0 < setting["new"]["n_pending"]
    assert "new_as_mixed_before" not in setting
    assert "no accuracy: nothing has been judged yet" in setting["estimands"]["mix"]["difference"]["reason"]


def elsewhere(dataset: dict) -> dict:
    """The dataset with other images, so that no verdict is carried to it."""
    for each in (*dataset["annotations"], *dataset.get("images", ())):
        key = "image_id" if "image_id" in each else "id"
        each[key] = f"elsewhere_{each[key]}"
    return dataset


def test_carried_verdicts_replace_nothing_else(
    old: AuditedVersion, new: AuditedVersion, tmp_path: Path
) -> None:
    table = "mask_id,reviewer,verdict,reasons,comment,seconds,decided_at\n"
    judged = tmp_path / "judged.csv"
    judged.write_text(f"{table}{'f' * 24},Ann,correct,,,,2026-11-20T10:00:00+00:00\n")
    notes = tmp_path / "notes.txt"
    notes.write_text("mine")
    (tmp_path / "link.zip").symlink_to(new.bundle)
    for file in (judged, notes, old.bundle, tmp_path / "link.zip", tmp_path, tmp_path / "no" / "where.csv"):
        before = file.read_bytes() if file.is_file() else None
        finished = mask_audit("compare", old.bundle, new.bundle, "--carried", file, "--out", tmp_path / "out")
        assert finished.status == 2
        assert str(file) in finished.err
        assert before is None or file.read_bytes() == before
        assert not (tmp_path / "out").exists()
    for _ in range(2):
        done("compare", old.bundle, new.bundle, "--carried", tmp_path / "carried.csv")


def altered(bundle: Path, target: Path) -> Path:
    with zipfile.ZipFile(bundle) as before, zipfile.ZipFile(target, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            if name == "rows/journal.jsonl":
                content = content.replace(b'"correct"', b'"incorrect"', 1)
            after.writestr(name, content)
    return target


def test_an_altered_bundle_and_what_is_none_are_refused(old: AuditedVersion, tmp_path: Path) -> None:
    forged = altered(old.bundle, tmp_path / "forged.zip")
    text = tmp_path / "text.zip"
    text.write_text("no zip")
    for file, said in (
        (forged, "mask-audit verify"),
        (text, "text.zip"),
        (tmp_path / "absent.zip", "absent.zip"),
    ):
        for words in ((file, old.bundle), (old.bundle, file)):
            finished = mask_audit("compare", *words, "--out", tmp_path / "rounds", "--json")
            assert finished.status == 2
            assert said in json.loads(finished.out)["error"]["message"]
            assert not (tmp_path / "rounds").exists()
