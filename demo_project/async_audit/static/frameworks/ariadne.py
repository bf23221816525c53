"""Ariadne: its ASGI application and its async graphql() call plain resolvers on the loop, and make lists there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from async_audit.static.frameworks.served import (
    Served,
    decorators,
    functions,
    imports,
    is_threaded,
    name_of,
    reads_rows,
)
from async_audit.static.values import FunctionValue

if TYPE_CHECKING:
    from async_audit.static.engine import Engine

BINDS = re.compile(
    r"ariadne\.(\w+\.)*(ObjectType|QueryType|MutationType|SubscriptionType|InterfaceType)\.(field|set_field)"
)
ASYNC = {("ariadne.asgi", "GraphQL"), ("ariadne", "graphql"), ("ariadne", "subscribe")}
BY = "Ariadne calls a plain resolver on the event loop:"


def served(engine: Engine) -> Iterator[Served]:
    """Yield the resolvers that are bound, where an async server of Ariadne answers."""
    modules = [module for module in engine.names.files.modules if imports(module, "ariadne")]
    if not any(binding in ASYNC for module in engine.names.files.modules for binding in module.names.values()):
        return
    for module in modules:
        for function in functions(engine, module):
            is_bound = any(BINDS.fullmatch(name) for _, name in decorators(engine, function))
            if is_bound and not is_threaded(engine, function):
                yield Served(function, BY, reads_rows)
        for node in module.tree.body:
            match node:
                case ast.Expr(value=ast.Call(func=called, args=[_, given])):
                    top = engine.top(module)
                    if BINDS.fullmatch(name_of(top.eval(called))):
                        resolver = top.eval(given)
                        if isinstance(resolver, FunctionValue) and not is_threaded(engine, resolver.function):
                            yield Served(resolver.function, BY, reads_rows)
