"""Changing values of an element's text: what is asked for changes, and not a byte besides."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.coco.element_edits import edited, value_spans

AWKWARD = '"}]{[,:\\ \n'
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.text(AWKWARD),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text() | st.sampled_from(["area", "bbox"]), inner, max_size=3)
    ),
    max_leaves=8,
)
keys = st.text() | st.text(AWKWARD) | st.sampled_from(["area", "bbox", "mask_audit_id"])


@given(
    st.dictionaries(keys, values, max_size=5),
    st.dictionaries(st.sampled_from(["area", "bbox", "mask_audit_id"]), values, max_size=3),
    st.sampled_from([None, 0, 3]),
    st.booleans(),
    st.sampled_from([(", ", ": "), (",", ":"), (" ,\t", " :\r\n")]),
)
def test_the_values_asked_for_are_there_and_all_others_are_as_they_were(
    element, changes, indent, is_ascii, separators
):
    text = json.dumps(element, indent=indent, ensure_ascii=is_ascii, separators=separators)
    new = {key: json.dumps(value).encode() for key, value in changes.items()}
    result = edited(text.encode(), new)
    assert json.loads(result) == element | changes
    before, after = value_spans(text.encode()), value_spans(result)
    for key in set(before) - set(new):
        assert [text.encode()[start:end] for start, end in before[key]] == [
            result[start:end] for start, end in after[key]
        ]


def test_nothing_to_change_changes_nothing():
    text = b'{ "a" :1 , "b\\u0065": NaN}\n'
    assert edited(text, {}) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b'{"area": 1, "x": 2, "area": 3}', b'{"area": 7, "x": 2, "area": 7}'),
        (b'{"\\u0061rea" : 1}', b'{"\\u0061rea" : 7}'),
        (b'{"x": {"area": 1}}', b'{"x": {"area": 1}, "area": 7}'),
        (b'{"x": "area"}', b'{"x": "area", "area": 7}'),
        (b"{}", b'{"area": 7}'),
        (b"{ \n}", b'{"area": 7 \n}'),
        (b'{"x": 1\n  }', b'{"x": 1, "area": 7\n  }'),
        (b'{"area": NaN, "n": 1e999}', b'{"area": 7, "n": 1e999}'),
        (b'{"\xff": "\xfe", "area": [1, 2]}', b'{"\xff": "\xfe", "area": 7}'),
        (b'{"n": ' + b"1" * 5000 + b', "area": 0}', b'{"n": ' + b"1" * 5000 + b', "area": 7}'),
    ],
)
def test_a_key_is_found_however_it_is_written(text, expected):
    assert edited(text, {"area": b"7"}) == expected
