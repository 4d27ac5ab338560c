"""Draws a later wave of a sample by risk: by what the verdicts so far say of the risk."""

from dataclasses import replace

from audit.errors import InputError
from audit.jobs.drawing import Drawing
from audit.jobs.mask_copies import copy_masks
from audit.jobs.review_state import Outcome, ReviewState, load_review_state
from audit.jobs.risk.drawable import Drawable, target_of
from audit.jobs.risk.first_wave import frames_named
from audit.jobs.risk.judged import DrawnByRisk, load_drawn_by_risk
from audit.jobs.risk.units import drawn_mentions, start_of, with_chances, with_drawn
from audit.jobs.sample_growth import Growth, refuse_changed_frame
from audit.jobs.sampled_units import SampleResult, load_drawn_mentions, unit_masks_of, units_of
from audit.jobs.workspace import Workspace
from db.manifest import frame_files
from db.population import Population
from db.records import SampleWave, Unit, WaveKind
from db.risk_frames import remove_other_risk_frames, save_risk_frame
from db.samples import add_masks, load_sample, put_units, update_design
from sampling.design.frame import DrawnUnit
from sampling.estimation.estimands import Estimand
from sampling.risk.active import RiskEstimate, estimate_by_risk
from sampling.risk.frame import Wave
from sampling.risk.waves import next_wave


def draw_next_wave(workspace: Workspace, name: str | None, growth: Growth) -> SampleResult:
    """Draw one more wave by the verdicts on the masks of the frame's setting; every unit stays.

    Raises:
        InputError: nothing is judged yet, the frame has changed since the sample was drawn, the size is not
            given as one number, or it is less than the sample has.
        DesignError: fewer are left to draw.
        UnreachableError: the file of what the sample was drawn from is gone or damaged.
        ConflictError: another command is writing to the population.
    """
    store, population = workspace.store, workspace.population
    with population.staging() as staging:
        state = load_review_state(store, name, workspace.settlement)
        sample = state.sample
        n = _n_more(state, growth)
        if n == 0:
            return SampleResult(sample=sample, n_new_units=0, new_settings=())
        manifest = population.manifest()
        refuse_changed_frame(sample, frame_files(manifest.get(sample.frame)))
        before = load_drawn_by_risk(population, state)
        record, wave = _wave(state, before, n)
        everything = before.everything.with_wave(wave)
        new = _new_units(population, state, everything, wave)
        units = with_chances(state.units, everything, DrawnUnit(sample.unit))
        held = {each.setting for each in state.settings}
        copies = copy_masks(
            population,
            [each for each in manifest.settings if each.setting in held],
            {each.mention_id: each.annotation_id for each in new},
        )
        record = replace(record, frame=save_risk_frame(staging, population, everything.table()))
        grown = replace(
            sample,
            allocation=f"{sample.allocation}, then {n} more",
            strata=with_drawn(sample.strata, [*units, *new]),
            waves=(*sample.waves, record),
        )
        with store.transaction() as transaction:
            if load_sample(transaction, sample.name) != sample:
                raise InputError(
                    f"sample {sample.name!r} was changed by somebody else meanwhile: run the command again"
                )
            update_design(transaction, grown)
            unit_ids = put_units(transaction, grown.sample_id, [*units, *new])
            add_masks(transaction, copies.masks, unit_masks_of(copies, unit_ids))
        remove_other_risk_frames(population, frames_named(store))
    return SampleResult(sample=grown, n_new_units=len(new), new_settings=(), n_unjudged=_n_pending(state))


def _n_more(state: ReviewState, growth: Growth) -> int:
    if growth.size is None or growth.sizes or growth.rule or growth.expected:
        raise InputError(
            f"sample {state.sample.name!r} was drawn by risk, which says of which splits it grows: give "
            "--size N, and leave out --allocate, --allocation, --fix and --expected"
        )
    n = growth.size - len(state.units)
    if n < 0:
        raise InputError(
            f"sample {state.sample.name!r} has {len(state.units)} units and {growth.size} are asked: a "
            "sample only grows"
        )
    return n


def _wave(state: ReviewState, drawn: DrawnByRisk, n: int) -> tuple[SampleWave, Wave]:
    sample, everything = state.sample, drawn.everything
    verdicts = drawn.verdicts(state, sample.frame)
    if len(verdicts.units) == 0:
        raise InputError(
            f"sample {sample.name!r} grows by what its verdicts say, and no mask of setting {sample.frame!r} "
            "is judged yet: judge those that it has with `mask-audit review`"
        )
    frame = everything.frame(target_of(everything, Estimand.MIX, DrawnUnit(sample.unit), sample.strata))
    start = start_of(sample.seed, len(sample.waves))
    wave = next_wave(frame, drawn.waves, verdicts, n, start=start, prior=everything.prior)
    learned = estimate_by_risk(frame, drawn.waves, verdicts)
    record = SampleWave(
        kind=WaveKind.RISK,
        n=n,
        features=sample.waves[0].features,
        n_verdicts=len(verdicts.units),
        start=start,
        auc=learned.auc if isinstance(learned, RiskEstimate) else None,
    )
    return record, wave


def _new_units(population: Population, state: ReviewState, everything: Drawable, wave: Wave) -> list[Unit]:
    sample = state.sample
    setting = population.manifest().get(sample.frame)
    mentions = load_drawn_mentions(population, setting, everything.ids_at(wave.units))
    drawn = drawn_mentions(everything, mentions, sample.strata, unit=DrawnUnit(sample.unit), seed=sample.seed)
    units = units_of(Drawing(strata=sample.strata, mentions=tuple(drawn)), mentions, sample.seed, {})
    return [replace(each, wave=len(sample.waves)) for each in units]


def _n_pending(state: ReviewState) -> int:
    return sum(outcome is Outcome.PENDING for outcome in state.outcomes[state.sample.frame])
