"""What is shipped of Django, for where none is installed, is what the installed one has."""

import ast
import tomllib

import django
import pytest
from django_facts import facts

from async_audit.static.django_source import FACTS

DROPPED = {("contrib/admin/models.py", "LogEntryManager.log_action()")}  # by Django 6.0


def names(text):
    """Return what the files in a text define: functions, classes with their bases, fields with what they lead to."""
    return {
        (path, said) for path, source in tomllib.loads(text).items() for said in definitions(ast.parse(source).body)
    }


def definitions(body, outer=""):
    for node in body:
        match node:
            case ast.ClassDef(name=name, bases=bases):
                yield f"{outer}{name}({', '.join(map(ast.unparse, bases))})"
                yield from definitions(node.body, f"{outer}{name}.")
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield f"{outer}{name}()"
                yield from definitions(node.body, f"{outer}{name}.")
            case ast.Assign():
                yield f"{outer}{ast.unparse(node)}"


def test_it_has_all_that_the_installed_one_has():
    installed = names(facts())
    assert len(installed) > 300
    assert installed - names(FACTS.read_text()) <= DROPPED


@pytest.mark.skipif(django.VERSION < (6, 1), reason="the file is of the newest Django")
def test_it_is_of_the_newest():
    assert FACTS.read_text() == facts(), "run tests/async_audit/django_facts.py"
