"""Which methods of Django ask the database: those that have an async twin, as its source tells."""

from __future__ import annotations

import ast
from functools import cache

from async_audit.static import django_source

# They build a query or hand out parts of it; only going through them asks.
LAZY = {"iterator"}
# Terms of a queryset method that gives another queryset.
CHAINED = frozenset(
    [
        "all",
        "filter",
        "exclude",
        "order_by",
        "distinct",
        "reverse",
        "annotate",
        "alias",
        "extra",
        "using",
        "select_related",
        "prefetch_related",
        "only",
        "defer",
        "values",
        "values_list",
        "dates",
        "datetimes",
        "union",
        "intersection",
        "difference",
        "select_for_update",
        "complex_filter",
        "raw",
        "none",
        "fetch_mode",
        "get_queryset",
        "db_manager",
    ]
)
ROW = frozenset(["get", "first", "last", "latest", "earliest", "create"])
PAIR = frozenset(["get_or_create", "update_or_create"])


@cache
def twins(*path: str) -> frozenset[str]:
    """Return the functions of one file of Django that have an async twin in the same class."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(django_source.read("/".join(path)) or b"")):
        if isinstance(node, ast.ClassDef | ast.Module | ast.FunctionDef):
            names = {child.name for child in node.body if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)}
            found.update(name for name in names if f"a{name}" in names)
    return frozenset(found - LAZY)


def of_querysets() -> frozenset[str]:
    """Return the methods of querysets and managers that ask the database."""
    return twins("db", "models", "query.py") | twins("db", "models", "fields", "related_descriptors.py")


def of_rows() -> frozenset[str]:
    """Return the methods of a model's instance that ask the database."""
    return twins("db", "models", "base.py") | {"full_clean", "validate_unique", "validate_constraints"}


def of_users() -> frozenset[str]:
    """Return the methods of a user that ask the database; checking a password of today's kind does not."""
    return twins("contrib", "auth", "models.py") - {"check_password"}


def of_sessions() -> frozenset[str]:
    """Return the methods of a session that ask the database where sessions are stored in it."""
    return twins("contrib", "sessions", "backends", "base.py") | {"save", "load", "create", "exists", "delete", "set"}


def functions() -> dict[str, str]:
    """Return functions of Django that ask the database, and their async twins; by the name they are imported by."""
    found = {f"django.contrib.auth.{name}": f"a{name}" for name in twins("contrib", "auth", "__init__.py")}
    return found | {f"django.shortcuts.{name}": f"a{name}" for name in twins("shortcuts.py")}
