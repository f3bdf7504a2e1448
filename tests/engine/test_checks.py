import math

import pytest

from engine.checks import Fields, any_text, checked, flag, items, number, text, times, whole
from engine.errors import EmsyncError


@pytest.mark.parametrize(
    ("check", "value", "expected"),
    [
        (text, "a", "a"),
        (any_text, "", ""),
        (flag, False, False),
        (number(0, 2), 2, 2.0),
        (number(), -1e300, -1e300),
        (whole(0, 3), 3, 3),
        (items, [1, "a"], [1, "a"]),
        (times(9), [0, 1.5, 9], (0.0, 1.5, 9.0)),
        (times(9), [], ()),
    ],
)
def test_a_right_value_is_returned_in_its_type(check, value, expected):
    found = check("x", value)
    assert found == expected and type(found) is type(expected)


@pytest.mark.parametrize(
    ("check", "value", "complaint"),
    [
        (text, "", "x must be a text that is not empty"),
        (text, "a\0b", "x has a zero byte; leave it out"),
        (any_text, 3, "x must be a text in quotes"),
        (flag, 1, "x must be true or false"),
        (number(), True, "x must be a number"),
        (number(), "1", "x must be a number"),
        (number(), math.inf, "x is inf; it must be a finite number"),
        (number(), 10**400, "x is inf; it must be a finite number"),
        (number(0), -(10**400), "x is -inf; it must be a number of at least 0"),
        (number(0, 1), math.nan, "x is nan; it must be a number from 0 to 1"),
        (number(0, 1), 2, "x is 2; it must be a number from 0 to 1"),
        (whole(0, 3), 4, "x must be a whole number from 0 to 3"),
        (whole(0, 3), 1.0, "x must be a whole number from 0 to 3"),
        (whole(0, 3), True, "x must be a whole number from 0 to 3"),
        (items, (1,), "x must be a list"),
        (times(9), [1, 10], "x[1] is 10; it must be a number from 0 to 9"),
        (times(9), [4, 4], "x[1] is not after 4; sort the times"),
        (times(9), ["a"], "x[0] must be a number"),
    ],
)
def test_a_wrong_value_is_named_in_one_line(check, value, complaint):
    with pytest.raises(EmsyncError) as caught:
        check("x", value)
    assert str(caught.value) == complaint


def test_values_are_checked_by_name():
    assert checked({"a": number(), "b": text}, {"a": 1}) == {"a": 1.0}


@pytest.mark.parametrize(
    ("checks", "complaint"),
    [
        ({"a": text, "b": text}, "'c' is no option; choose from a, b"),
        ({}, "'c' is no option; none is needed"),
    ],
)
def test_an_unknown_name_is_refused(checks, complaint):
    with pytest.raises(EmsyncError) as caught:
        checked(checks, {"c": 1})
    assert str(caught.value) == complaint


def test_fields_are_read_one_by_one():
    fields = Fields("a.json", {"n": 1, "inner": {"t": ""}, "rows": [{"n": 2}, {"n": 3}]})
    assert list(fields) == ["n", "inner", "rows"]
    assert "n" in fields and "m" not in fields
    assert fields.get("n", number()) == 1.0
    assert fields.object("inner").get("t", any_text) == ""
    assert [row.get("n", whole(0, 9)) for row in fields.objects("rows")] == [2, 3]


@pytest.mark.parametrize(
    ("read", "complaint"),
    [
        (lambda fields: fields.get("m", number()), "a.json: m is missing"),
        (lambda fields: fields.get("n", text), "a.json: n must be a text that is not empty"),
        (lambda fields: fields.object("n"), "a.json: n must be a JSON object"),
        (lambda fields: fields.objects("n"), "a.json: n must be a list"),
        (lambda fields: fields.objects("rows"), "a.json: rows[1] must be a JSON object"),
        (lambda fields: fields.object("in").get("t", flag), "a.json: in.t must be true or false"),
        (lambda fields: fields.object("in").get("u", flag), "a.json: in.u is missing"),
        (lambda fields: Fields("a.json", []), "a.json: the content must be a JSON object"),
    ],
)
def test_errors_name_the_document_and_the_path_of_the_field(read, complaint):
    fields = Fields("a.json", {"n": 1, "rows": [{}, 5], "in": {"t": 1}})
    with pytest.raises(EmsyncError) as caught:
        read(fields)
    assert str(caught.value) == complaint


def test_an_error_about_a_field_has_its_path():
    inner = Fields("a.json", {"in": {"t": 1}}).object("in")
    assert str(inner.error("t", "is odd")) == "a.json: in.t is odd"
