from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
VALUES = st.recursive(
    st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab\n\"\\é"), inner),
    max_leaves=12,
)  # fmt: skip


def same(lua, value):
    """Whether a Lua value equals a Python value."""
    if isinstance(value, list):
        return len(lua) == len(value) and all(
            same(lua[row], each) for row, each in enumerate(value, start=1)
        )
    if isinstance(value, dict):
        return {key: True for key in lua} == dict.fromkeys(value, True) and all(
            same(lua[key], each) for key, each in value.items()
        )
    return lua == value and type(lua) is type(value)


@SHARED
@given(VALUES, st.booleans(), st.sampled_from([None, 1]))
def test_json_written_by_python_is_read(reaper, value, ascii_only, indent):
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    assert same(reaper.module("json").decode(text), value)


def test_null_is_a_missing_field(reaper):
    read = reaper.module("json").decode('{"a": null, "b": [null, 2]}')
    assert read["a"] is None and read["b"][2] == 2


@pytest.mark.parametrize(
    "text",
    ["", "{", '{"a": 1', '{"a": 1} x', "[1,]", '"a', '"\\q"', '"\\u12', "nul", "01x", "{1: 2}"],
)
def test_half_written_and_wrong_json_is_refused(reaper, text):
    with pytest.raises(Exception, match="not JSON at byte"):
        reaper.module("json").decode(text)


@SHARED
@given(VALUES)
def test_json_is_read_by_python_as_it_was(reaper, value):
    lua = reaper.module("json")
    text = lua.encode(lua.decode(json.dumps(value)))
    assert json.loads(text) == value
    assert lua.encode(lua.decode(text)) == text


def test_null_and_empty_lists_are_kept_where_a_file_is_written_again(reaper):
    lua, text = reaper.module("json"), '{"a":null,"b":[],"c":{},"d":[null,1.5,"\\u0001"]}'
    assert lua.encode(lua.decode(text, True)) == text


def test_numbers_that_json_lacks_are_refused(reaper):
    with pytest.raises(Exception, match="no number of JSON"):
        reaper.module("json").encode(float("inf"))
