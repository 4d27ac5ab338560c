"""export --format card: what a README gets, where, and what is left alone."""

from pathlib import Path

import pytest

from reports.exports.card import MARKDOWN_MARKERS, YAML_MARKERS
from tests.audit.commands.exporting import judge_copy, make_drawn
from tests.datasets import Run


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve mentions of three settings, some of them judged; only read."""
    drawn = make_drawn(tmp_path_factory.mktemp("drawn"))
    return judge_copy(drawn, drawn.with_name("judged"))


def export_card(run: Run, workspace: Path, out: Path) -> list[str]:
    """Export into a file and give what is said of it."""
    finished = run("export", "--format", "card", "--out", out, "-w", workspace, "--json")
    assert finished.status == 0, finished.err
    remarks: list[str] = finished.json["remarks"]
    return remarks


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_section_in_somebody_s_readme_is_replaced_and_nothing_else(
    run: Run, judged: Path, tmp_path: Path, end: str
) -> None:
    readme = tmp_path / "README.md"
    before = ["---", "license: mit", *YAML_MARKERS, "---", "# Ours", "", *MARKDOWN_MARKERS, "", "The end. "]
    readme.write_bytes(end.join(before).encode())
    for _ in range(2):
        export_card(run, judged, readme)
        text = readme.read_bytes().decode()
        assert text.startswith(end.join(before[:2]))
        assert f"---{end}# Ours{end}{end}{MARKDOWN_MARKERS[0]}" in text
        assert text.endswith(f"{end}The end. ")
        assert text.count("\nmask_audit:\n") == text.count("\n## Annotation quality\n") == 1


@pytest.mark.parametrize(
    "text",
    [
        "# Ours\n",
        f"{MARKDOWN_MARKERS[1]}\n{MARKDOWN_MARKERS[0]}\n",
        f"{MARKDOWN_MARKERS[0]}\n",
        "\n".join(MARKDOWN_MARKERS * 2),
    ],
)
def test_a_readme_without_a_place_for_the_section_is_left_alone(
    run: Run, judged: Path, tmp_path: Path, text: str
) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(text)
    refused = run("export", "--format", "card", "--out", readme, "-w", judged)

    assert refused.status == 2
    assert MARKDOWN_MARKERS[0] in refused.err
    assert readme.read_text() == text


@pytest.mark.parametrize(
    "head",
    [
        (YAML_MARKERS[0],),
        (YAML_MARKERS[1],),
        (*YAML_MARKERS, *YAML_MARKERS),
        tuple(reversed(YAML_MARKERS)),
    ],
)
def test_front_matter_without_one_place_for_the_figures_is_left_alone(
    run: Run, judged: Path, tmp_path: Path, head: tuple[str, ...]
) -> None:
    readme = tmp_path / "README.md"
    text = "\n".join(("---", "license: mit", *head, "---", *MARKDOWN_MARKERS, ""))
    readme.write_text(text)
    refused = run("export", "--format", "card", "--out", readme, "-w", judged)

    assert refused.status == 2
    assert "its front matter has no one place for the figures" in refused.err
    assert readme.read_text() == text


@pytest.mark.parametrize("head", ["---\nlicense: mit\n---\n", ""])
def test_an_example_of_front_matter_in_the_text_is_not_filled(
    run: Run, judged: Path, tmp_path: Path, head: str
) -> None:
    readme = tmp_path / "README.md"
    example = "\n".join(("```yaml", "---", *YAML_MARKERS, "---", "```", ""))
    readme.write_text(head + example + "\n".join((*MARKDOWN_MARKERS, "")))
    remarks = export_card(run, judged, readme)

    assert f"The YAML of {readme} was not written" in remarks[-1]
    assert readme.read_text().startswith(head + example + MARKDOWN_MARKERS[0])
    assert "\nmask_audit:" not in readme.read_text()


def test_a_byte_order_mark_is_no_part_of_the_first_line(run: Run, judged: Path, tmp_path: Path) -> None:
    for lines in (MARKDOWN_MARKERS, ("---", *YAML_MARKERS, "---", *MARKDOWN_MARKERS)):
        readme = tmp_path / "README.md"
        readme.write_text("\n".join((*lines, "")), encoding="utf-8-sig")
        export_card(run, judged, readme)
        text = readme.read_bytes().decode()
        assert text.startswith(f"\ufeff{lines[0]}\n")
        assert text.count("\nmask_audit:\n") == lines.count("---") // 2


def test_a_binary_file_is_no_card(run: Run, judged: Path, tmp_path: Path) -> None:
    (tmp_path / "card.md").write_bytes(b"\xff\xfe\x00")
    refused = run("export", "--format", "card", "--out", tmp_path / "card.md", "-w", judged)

    assert refused.status == 2
    assert "UTF-8" in refused.err
