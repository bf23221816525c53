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


def test_another_error_comes_through():
    with pytest.raises(TypeError), expect_error(ValueError):
        raise TypeError


def test_another_message_is_an_error():
    with pytest.raises(AssertionError, match="expected to say 'seven'"), expect_error(ValueError, match="seven"):
        raise ValueError("eight")
