import doctest
import importlib
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
WITH_EXAMPLES = [
    ".".join(path.relative_to(PROJECT).with_suffix("").parts)
    for package in ("audit", "db", "reports", "sampling")
    for path in sorted((PROJECT / package).rglob("*.py"))
    if ">>> " in path.read_text("utf-8")
]


@pytest.mark.slow
@pytest.mark.parametrize("module_name", WITH_EXAMPLES)
def test_the_examples_in_docstrings_give_what_they_say(module_name: str):
    module = importlib.import_module(module_name.removesuffix(".__init__"))

    n_failed, n_tried = doctest.testmod(module)

    assert n_tried > 0
    assert n_failed == 0
