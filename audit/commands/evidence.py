"""Commands that let others check an audit: bundle, verify."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from audit.console import EXIT_GATE_FAILED, FILE, Outcome, progress_bar, speaks, workspace_option


@click.command()
@click.option(
    "--out", "file", type=FILE, required=True, metavar="FILE.zip", help="The bundle; replaced whole."
)
@click.option("--sample", metavar="NAME", help="By default the latest.")
@click.option(
    "--estimand",
    type=click.Choice(["mix", "entity", "annotation"]),
    default="mix",
    show_default=True,
    help="What the headline of the report counts; see `report`.",
)
@click.option("--simultaneous", is_flag=True, help="As of `report`.")
@click.option(
    "--gallery",
    "n_shown",
    type=click.IntRange(0, 100),
    default=6,
    show_default=True,
    metavar="N",
    help="Masks in each gallery of the report at most; 0 for no pictures.",
)
@click.option(
    "--rules",
    type=FILE,
    multiple=True,
    metavar="RULES.toml",
    help="A rule set to take in, besides those in the workspace's folder. May be given several times.",
)
@click.option(
    "--names",
    is_flag=True,
    help="Leave reviewers their names and remarks; else they are reviewer-1, … and remarks stay out.",
)
@click.option(
    "--sign",
    type=FILE,
    metavar="KEY",
    help="Sign it with this secret key of minisign, or this key of SSH (a public one: by an agent).",
)
@workspace_option
@speaks
def bundle(
    *,
    file: Path,
    sample: str | None,
    estimand: str,
    simultaneous: bool,
    n_shown: int,
    rules: tuple[Path, ...],
    names: bool,
    sign: Path | None,
    workspace: Path | None,
) -> Outcome:
    """Put everything that a report's figures are made of into one file.

    That is the sample with its masks, all that was ever said of them, the settings, rule sets, guideline,
    fingerprints of the source files, and the report; with a checksum for every file and a hash for every row.
    Whoever has it computes every figure again, with `mask-audit verify`.

    \b
    mask-audit bundle --out evidence.zip
    mask-audit bundle --out evidence.zip --sign ~/.ssh/id_ed25519
    """
    from audit.jobs.evidence.bundle import BundleRequest, summary, write_bundle
    from audit.jobs.evidence.signing import signer_of
    from audit.jobs.loaded_report import ReportQuestion
    from audit.jobs.pseudonyms import ReviewerNames
    from audit.jobs.report import span_of
    from audit.jobs.workspace import open_workspace
    from sampling.estimation.estimands import Estimand

    request = BundleRequest(
        file=file,
        question=ReportQuestion(
            sample=sample,
            estimand=Estimand(estimand),
            span=span_of("table" if simultaneous else "each"),
        ),
        n_shown=n_shown,
        rules=rules,
        names=ReviewerNames.REAL if names else ReviewerNames.PSEUDONYMS,
        signer=None if sign is None else signer_of(sign, may_ask=sys.stdin.isatty()),
    )
    with progress_bar("bundling", unit="file") as progress:
        written = write_bundle(open_workspace(workspace), request, now=datetime.now(UTC), progress=progress)
    about = written.about
    return Outcome(
        lines=summary(written),
        content={
            "file": str(written.file),
            "sample": about.sample,
            "n_bytes": written.n_bytes,
            "rows": dict(about.n_rows),
            "rules": [str(each) for each in written.rules],
            "names": about.has_names,
            "signed_with": written.signed_with,
        },
    )


@click.command()
@click.argument("file", metavar="FILE.zip", type=FILE)
@click.option(
    "--signer",
    metavar="KEY",
    help="Whose signature it must have: a public key of minisign or SSH, or a file of allowed signers.",
)
@workspace_option
@speaks
def verify(*, file: Path, signer: str | None, workspace: Path | None) -> Outcome:
    """Check a bundle, and name everything in it that was altered.

    Every checksum and hash is computed again, every ticket from the seed, every count and figure from the
    rows; and the draw, where a workspace has the population that it was made from. Exit status 0: all holds;
    1: there are differences, each of which is named; 2: it is no bundle.

    \b
    mask-audit verify evidence.zip
    mask-audit verify evidence.zip --signer team.pub --workspace audit
    """
    from audit.jobs.evidence.at_hand import population_at_hand
    from audit.jobs.evidence.verify import VerifyRequest, verify_bundle
    from audit.jobs.evidence.verify_words import verification_lines
    from audit.jobs.workspace import n_cores

    request = VerifyRequest(
        file=file, population=population_at_hand(workspace), signer=signer, workers=n_cores()
    )
    with progress_bar("verifying", unit="mask") as progress:
        found = verify_bundle(request, progress=progress)
    return Outcome(
        lines=list(verification_lines(found)),
        content={
            "file": str(file),
            "sample": found.about.sample,
            "holds": not found.differences,
            "checks": [
                {"name": check.name, "done": check.is_done, "said": check.said, "n": len(check.differences)}
                for check in found.checks
            ],
            "differences": [
                {"check": check.name, "where": each.where, "what": each.what}
                for check in found.checks
                for each in check.differences
            ],
            "remarks": list(found.remarks),
        },
        exit_status=EXIT_GATE_FAILED if found.differences else 0,
    )
