"""Each function that the installed Django guards with `async_unsafe` has a broken program that meets its guard."""

import ast
from pathlib import Path

import django
import pytest

from needs import skip_or_fail
from outcomes import ON_SQLITE, on_postgresql, outcomes
from workshop.runner import postgresql

BACKENDS = Path(django.__file__).parent / "db" / "backends"
# They need drivers and servers of their own; what stands there is guarded as on PostgreSQL.
ONLY_READ = {"mysql", "oracle"}


def guarded_functions():
    """Return the names of all functions below `@async_unsafe` in Django's source, by the folder of their backend."""
    found = {}
    for file in sorted(BACKENDS.rglob("*.py")):
        module = ".".join(["django.db.backends", *file.relative_to(BACKENDS).with_suffix("").parts])
        for kind in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            for function in kind.body if isinstance(kind, ast.ClassDef) else []:
                if "async_unsafe" in [ast.unparse(mark) for mark in getattr(function, "decorator_list", [])]:
                    found.setdefault(module.split(".")[3], []).append(f"{module}.{kind.name}.{function.name}")
    return found


GUARDED = guarded_functions()


def test_django_guards_functions():
    assert len(GUARDED["base"]) >= 10
    assert set(GUARDED) == {"base", "sqlite3", "postgresql", *ONLY_READ}, "a backend that these tests do not know"


# SQLite has a close() of its own.
ONLY_ON_POSTGRESQL = [name for name in GUARDED["base"] if name.endswith(".close")]


@pytest.mark.parametrize("guarded", sorted({*GUARDED["base"], *GUARDED["sqlite3"]} - {*ONLY_ON_POSTGRESQL}))
def test_a_broken_program_meets_the_guard(guarded):
    broken = {(*program.key, "run") for program in ON_SQLITE if program.kind == "broken"}
    assert guarded in {outcomes()[key]["guard"] for key in broken}


@pytest.mark.parametrize("guarded", [*ONLY_ON_POSTGRESQL, *GUARDED["postgresql"]])
def test_a_broken_program_meets_the_guard_on_postgresql(guarded):
    if not postgresql():
        skip_or_fail("services", "LINKUP_DATABASE_URL names no PostgreSQL")
    assert guarded in {outcome["guard"] for outcome in on_postgresql().values()}
