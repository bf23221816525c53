"""Graphene: `await schema.execute_async(…)` calls plain resolvers on the loop, and makes lists there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from async_audit.static.frameworks.served import Served, classes, imports, is_threaded, methods, reads_rows

if TYPE_CHECKING:
    from async_audit.static.engine import Engine

TYPES = {"graphene.ObjectType", "graphene.Mutation", "graphene.Interface", "graphene.types.ObjectType"}
TYPES |= {"graphene_django.DjangoObjectType", "graphene_django.types.DjangoObjectType"}
BY = "graphene calls a plain resolver on the event loop:"


def served(engine: Engine) -> Iterator[Served]:
    """Yield resolvers and mutations, in a project that executes its schema on the loop."""
    modules = engine.names.files.modules
    if not any(module.executes_async or imports(module, "starlette_graphene3") for module in modules):
        return
    for module in modules:
        if not (imports(module, "graphene") or imports(module, "graphene_django")):
            continue
        for cls in classes(engine, module):
            if cls.outside_bases.isdisjoint(TYPES):
                continue
            for method in methods(engine, cls):
                if (method.name.startswith("resolve_") or method.name == "mutate") and not is_threaded(engine, method):
                    yield Served(method, BY, reads_rows)
