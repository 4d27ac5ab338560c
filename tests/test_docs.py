"""The documents say what the program does: pages are up to date, links lead somewhere, examples run."""

import doctest
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from audit.cli import cli
from audit.features.catalogue import CATALOGUE
from audit.rules.catalogue import KINDS
from audit.rules.keys import Key
from reports.results import Result, SettingResult
from reports.sentences import quotable_text
from sampling.estimation.estimands import Estimand
from sampling.estimation.estimate import VerdictCounts
from tests.reports.builders import content_of

PROJECT = Path(__file__).parents[1]
DOCUMENTS = [PROJECT / "README.md", PROJECT / "CHANGELOG.md", *sorted((PROJECT / "docs").rglob("*.md"))]
CLI_PAGE = PROJECT / "docs" / "cli.md"
PAGES_WITH_COMMANDS = [
    PROJECT / "docs" / f"{name}.md"
    for name in (
        "reviewing",
        "label-studio",
        "measuring",
        "rules",
        "filtering",
        "tuning",
        "reports",
        "dataset-statistics",
        "evidence",
        "rounds",
        "exporting",
    )
]
STATISTICS = PROJECT / "docs" / "statistics.md"
MEASURING = PROJECT / "docs" / "measuring.md"
FEATURES_BEGIN, FEATURES_END = "<!-- features -->\n", "<!-- /features -->"
RULES = PROJECT / "docs" / "rules.md"
RULES_BEGIN, RULES_END = "<!-- rules -->\n", "<!-- /rules -->"

HEAD = """# The command line

Made from the commands themselves by `python tests/test_docs.py`; a test holds it up to date.
"""


def commands(group: click.Group, before: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in sorted(group.commands.items()):
        yield (*before, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*before, name))


def cli_page() -> str:
    parts = [HEAD]
    for words, command in commands(cli, ("mask-audit",)):
        context = click.Context(
            command, info_name=" ".join(words), terminal_width=110, help_option_names=["-h", "--help"]
        )
        parts.append(f"## {' '.join(words)}\n\n```text\n{command.get_help(context)}\n```\n")
    return "\n".join(parts)


def test_the_page_of_commands_is_up_to_date() -> None:
    assert CLI_PAGE.read_text("utf-8") == cli_page(), "run `python tests/test_docs.py`"


def table_of_features() -> str:
    rows = ["", "| feature | unit | range | needs | what it is |", "|---|---|---|---|---|"]
    for each in CATALOGUE:
        lowest = "any" if each.lowest is None else f"from {each.lowest:g}"
        highest = "" if each.highest is None else f" to {each.highest:g}"
        rows.append(f"| `{each.name}` | {each.unit} | {lowest}{highest} | {each.needs} | {each.means} |")
    return "\n".join([*rows, "", ""])


def measuring_page() -> str:
    before, _, rest = MEASURING.read_text("utf-8").partition(FEATURES_BEGIN)
    _, end, after = rest.partition(FEATURES_END)
    return before + FEATURES_BEGIN + table_of_features() + end + after


def test_the_table_of_features_is_that_of_the_catalogue() -> None:
    assert MEASURING.read_text("utf-8") == measuring_page(), "run `python tests/test_docs.py`"


def table_of_rules() -> str:
    parts = [""]
    for kind in KINDS:
        parts += [f"**`{kind.kind}`**: {kind.does[0].lower()}{kind.does[1:]}", ""]
        parts += ["| key | value | default | what it is |", "|---|---|---|---|"]
        parts += [
            f"| `{key.name}` | {key.range} | {default_of(key)} | {key.means} |" for key in kind.thresholds
        ]
        parts.append("")
    return "\n".join([*parts, ""])


def default_of(key: Key) -> str:
    if key.default is None:
        return "must be given" if key.is_required else "none"
    if isinstance(key.default, tuple):
        return ", ".join(f"`{each}`" for each in key.default)
    return f"`{key.default}`"


def rules_page() -> str:
    before, _, rest = RULES.read_text("utf-8").partition(RULES_BEGIN)
    _, end, after = rest.partition(RULES_END)
    return before + RULES_BEGIN + table_of_rules() + end + after


def test_the_tables_of_rules_are_those_of_the_catalogue() -> None:
    assert RULES.read_text("utf-8") == rules_page(), "run `python tests/test_docs.py`"


def test_every_command_and_option_has_help() -> None:
    silent = [" ".join(words) for words, command in commands(cli, ()) if not command.help]
    silent += [
        f"{' '.join(words)} {option.opts[0]}"
        for words, command in commands(cli, ())
        for option in command.params
        if isinstance(option, click.Option) and not option.help
    ]
    assert silent == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_inside_the_project_leads_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text("utf-8"))
    assert [target for target in targets if not (document.parent / target).exists()] == []


@pytest.mark.slow
def test_the_readme_s_own_masks_example_runs_on_the_demo_s_files(tmp_path: Path) -> None:
    """The commands of the README, word for word but for the page, on a file of the form that it names."""
    from audit.demo.dataset import write_demo_dataset

    setting = write_demo_dataset(tmp_path / "made")[0]
    shutil.copy(setting.file, tmp_path / "query_val.json")
    shutil.copytree(tmp_path / "made" / "images", tmp_path / "photos")
    block = (PROJECT / "README.md").read_text("utf-8").split("## Your own masks")[1].split("```sh\n")[1]
    script = block.split("```")[0].replace("\\\n", " ")
    lines = [line for line in script.splitlines() if line.strip() and " review " not in line]
    assert len(lines) == 5
    for line in lines:
        small = line.replace("entity=1400,query=400,wiki=200", "entity=4,query=3")
        command = small.replace("mask-audit", f'{sys.executable} -c "from audit.cli import main; main()"', 1)
        finished = subprocess.run(
            command, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert finished.returncode == 0, finished.stderr
    assert (tmp_path / "report" / "report.html").exists()


def documented_commands() -> list[str]:
    pages = "\n".join(page.read_text("utf-8") for page in PAGES_WITH_COMMANDS)
    blocks = re.findall(r"^```\w*\n(.*?)^```", pages, re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in block.splitlines() if line.startswith("mask-audit ")]


@pytest.mark.parametrize("line", documented_commands())
def test_every_command_of_the_pages_for_teams_is_one(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = shlex.split(line)[1:]
    for word in words:
        if word.endswith(".csv"):
            (tmp_path / word).touch()
    command: click.Command = cli
    while isinstance(command, click.Group) and (words[0] in command.commands or command is cli):
        command = command.commands[words.pop(0)]
    command.make_context(line, words)


def test_the_example_of_the_statistics_gives_what_it_says() -> None:
    """Its Python runs, and the report says its sentences of the estimates that come out."""
    page = STATISTICS.read_text("utf-8")
    code = "\n".join(re.findall(r"```python\n(.*?)```", page, re.DOTALL))
    example = doctest.DocTestParser().get_doctest(code, {}, STATISTICS.name, str(STATISTICS), 0)

    assert doctest.DocTestRunner().run(example, clear_globs=False).failed == 0

    counts = VerdictCounts(n_units=220, n_correct=204, n_incorrect=12, n_missing=2, n_unsure=2)
    for headline in (Estimand.MIX, Estimand.ENTITY):
        result = Result(
            counts=counts,
            headline=headline,
            estimands=example.globs["found"],
            cautions=(),
            greatest_error=None,
            bounds=None,
        )
        setting = SettingResult(
            setting="box",
            reference="intension",
            model="G-SAM",
            overall=result,
            by_split={},
            by_category={},
            by_size={},
            reasons={},
        )
        sentence = quotable_text(setting, content_of(setting, estimand=headline))
        assert sentence in " ".join(page.replace("\n> ", " ").split())


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_module_and_test_that_a_document_names_exists(document: Path) -> None:
    named = re.findall(
        r"`((?:sampling|db|reports|audit|tests|benchmarks)/[\w/]+\.\w+)`", document.read_text("utf-8")
    )

    assert [name for name in named if not (PROJECT / name).exists()] == []


if __name__ == "__main__":
    CLI_PAGE.write_text(cli_page(), "utf-8")
    MEASURING.write_text(measuring_page(), "utf-8")
    RULES.write_text(rules_page(), "utf-8")
