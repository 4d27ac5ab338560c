from pathlib import Path

from tests.datasets import Run


def test_a_wrong_key_is_told_before_anything_is_served(run: Run, workspace: Path) -> None:
    with (workspace / "audit.toml").open("a") as file:
        file.write('\n[keys]\nincorrect = "c"\n')

    finished = run("review", "--workspace", workspace)

    assert finished.status == 2
    assert "in audit.toml, [keys] incorrect = 'c': c cannot be taken: Streamlit keeps it" in finished.err
    assert finished.out == ""
