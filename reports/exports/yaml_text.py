"""Values as YAML that every reader takes alike: block style, every text in double quotes."""

import re
from collections.abc import Iterator, Mapping, Sequence

# What YAML 1.2 calls printable, less quote and backslash; the readers of YAML 1.1 take the same.
_TO_ESCAPE = re.compile(
    '[^\\x20-\\x7e\\xa0-\\u2027\\u202a-\\ud7ff\\ue000-\\ufefe\\uff00-\\ufffd\\U00010000-\\U0010ffff]|["\\\\]'
)


def yaml_lines(values: Mapping[str, object], *, indent: str = "") -> Iterator[str]:
    r"""The lines of a mapping; its keys are plain words.

    Values are mappings, sequences of these or of scalars, and scalars: text, a number, a boolean, or None,
    which is left out.

    >>> print("\n".join(yaml_lines({"tags": ["a: b"], "audit": {"seed": 7, "complete": True}})))
    tags:
    - "a: b"
    audit:
      seed: 7
      complete: true
    """
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield f"{indent}{key}:"
            yield from yaml_lines(value, indent=f"{indent}  ")
        elif isinstance(value, Sequence) and not isinstance(value, str):
            yield f"{indent}{key}:" if value else f"{indent}{key}: []"
            yield from _items(value, indent)
        elif value is not None:
            yield f"{indent}{key}: {_scalar(value)}"


def quoted(text: str) -> str:
    r"""A text in double quotes.

    >>> print(quoted('# "no" comment\n'))
    "# \"no\" comment\u000A"
    """
    return f'"{_TO_ESCAPE.sub(_escape, text)}"'


def _items(values: Sequence[object], indent: str) -> Iterator[str]:
    for value in values:
        if isinstance(value, Mapping):
            first, *rest = yaml_lines(value, indent=f"{indent}  ")
            yield f"{indent}- {first[len(indent) + 2 :]}"
            yield from rest
        else:
            yield f"{indent}- {_scalar(value)}"


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        # A reader of YAML 1.1 takes 1e-05 for a text: it wants a point before the exponent.
        return re.sub(r"^(-?\d+)e", r"\1.0e", repr(value))
    return str(value) if isinstance(value, int) else quoted(str(value))


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if match[0] in '"\\':
        return f"\\{match[0]}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"
