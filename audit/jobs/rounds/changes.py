"""What differs between two rounds besides their verdicts: how they were drawn, and from which files."""

from collections.abc import Iterator

from audit.jobs.rounds.audited_round import AuditedRound
from db.manifest import Manifest, fingerprint, frame_files
from db.records import Stratum
from reports.numbers import counted_text
from reports.rounds.content import Change, SettingFiles, SettingPresence

NOTHING = "—"
N_SHOWN = 12
"""Hex digits of a fingerprint that tell two apart for people."""


def changes(old: AuditedRound, new: AuditedRound) -> Iterator[Change]:
    """Give every part of the design that is not as it was, then every split."""
    before, after = _design(old), _design(new)
    for what, said in before.items():
        if said != after[what]:
            yield Change(what=what, old=said, new=after[what])
    splits = [{stratum.split: stratum for stratum in each.state.sample.strata} for each in (old, new)]
    for split in dict.fromkeys((*splits[0], *splits[1])):
        was, now = (_split_text(of_round.get(split)) for of_round in splits)
        if was != now:
            yield Change(what=f"split {split}", old=was, new=now)


def presence(old: AuditedRound, new: AuditedRound) -> tuple[SettingPresence, ...]:
    """Give every setting of either population, in the order of the new one, then those that are gone."""
    names = dict.fromkeys(each.setting for one in (new, old) for each in one.manifest.settings)
    return tuple(
        SettingPresence(setting=name, old=_files(old.manifest, name), new=_files(new.manifest, name))
        for name in names
    )


def _design(one: AuditedRound) -> dict[str, str]:
    sample = one.state.sample
    return {
        "frame": sample.frame,
        "files of the frame": sample.population_fingerprint[:N_SHOWN],
        "what was drawn": f"{sample.unit}, {sample.per_entity} per entity, across {sample.across}",
        "allocation": sample.allocation,
        "size measure": sample.size_measure,
        "seed": str(sample.seed),
        "goal": sample.goal,
        "only where these differ": f"{sample.contrast.a}, {sample.contrast.b}"
        if sample.contrast
        else NOTHING,
        "waves": str(len(sample.waves)) if sample.waves else NOTHING,
        "a mask on which reviewers disagree": one.state.settlement.value,
    }


def _split_text(stratum: Stratum | None) -> str:
    if stratum is None:
        return NOTHING
    drawn = counted_text(stratum.n_units, "unit")
    return f"{drawn} of {stratum.n_entities:,} entities, {stratum.n_annotations:,} annotations"


def _files(manifest: Manifest, setting: str) -> SettingFiles | None:
    found = manifest.find(setting)
    if found is None:
        return None
    return SettingFiles(n_annotations=found.n_annotations, fingerprint=fingerprint(frame_files(found)))
