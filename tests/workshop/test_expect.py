"""expect_error fails when the error went away."""

import pytest

from workshop import expect_error


def test_the_error_becomes_one_line(capsys):
    with expect_error(ValueError, match="seven"):
        raise ValueError("not seven")
    assert capsys.readouterr().out == "ValueError: not seven\n"


def test_no_error_is_an_error(capsys):
    with (
        pytest.raises(AssertionError, match="ValueError was expected, but nothing was raised"),
        expect_error(ValueError),
    ):
        pass
    assert capsys.readouterr().out == ""


def test_a_missing_error_is_shown_in_a_line_that_says_what_to_look_at():
    with pytest.raises(AssertionError) as raised, expect_error(ValueError):
        pass
    (line,) = raised.value._render_traceback_()
    assert line.endswith("nothing was raised. Did you run the cells above?")


def test_another_error_comes_through():
    with pytest.raises(TypeError), expect_error(ValueError):
        raise TypeError


def test_another_message_is_an_error():
    with pytest.raises(AssertionError, match="expected to say 'seven'"), expect_error(ValueError, match="seven"):
        raise ValueError("eight")
