"""What functions of Python do with querysets, rows and coroutines."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from async_audit.static import calls, containers, twins
from async_audit.static.hooks import on_call
from async_audit.static.values import (
    NONE,
    UNKNOWN,
    Bound,
    ClassValue,
    Constant,
    Coroutine,
    FunctionValue,
    Guarded,
    Instance,
    Items,
    Many,
    Mapping,
    Outside,
    OutsideInstance,
    Partial,
    QuerySet,
    Threaded,
    Value,
    one_of,
)

if TYPE_CHECKING:
    from async_audit.static.frame import Frame
    from async_audit.static.functions import Environment

Args = list[Value]
LEVELS = ("debug", "info", "warning", "error", "exception", "critical", "warn")
COLLECTIONS = ("list", "tuple", "set", "frozenset", "sorted", "dict", "max", "min", "sum", "any", "all", "reversed")


@on_call(*(f"builtins.{name}" for name in COLLECTIONS))
@on_call("random.choice", "random.sample", "itertools.chain", "collections.deque", "collections.Counter")
def goes_through(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Go through the first argument now."""
    element: Value = UNKNOWN
    for part, value in zip(node.args, args, strict=False):
        element = frame.iterate(part, value, f"{frame.text(node.func)}() goes through it", node)
    key = kwargs.get("key")
    if isinstance(key, FunctionValue):
        calls.apply(frame, node, key, [element], {})
    if isinstance(node.func, ast.Name) and node.func.id == "dict":
        return args[0] if args and isinstance(args[0], Mapping) else Mapping(tuple(kwargs.items()))
    is_one = isinstance(node.func, ast.Name) and node.func.id in ("max", "min")
    if isinstance(node.func, ast.Name) and node.func.id in ("sum", "any", "all"):
        return UNKNOWN
    return element if is_one else Many(element)


@on_call(*(f"{module}.iscoroutinefunction" for module in ("asyncio", "inspect", "asgiref.sync")))
def is_coroutine_function(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Tell it of a function that is known."""
    match args:
        case [FunctionValue(function, is_bare=False)] if function.decorators:
            made = frame.engine.decorated(function)
            is_same = isinstance(made, FunctionValue) and made.function is function
            return Constant(function.is_async) if is_same else is_coroutine_function(frame, node, [made], {})
        case [FunctionValue(function)]:
            return Constant(function.is_async)
        case [Partial(inner)]:
            return is_coroutine_function(frame, node, [inner], {})
        case [Threaded()]:
            return Constant(True)
        case [Bound(QuerySet(is_manager=False), name)]:
            return Constant(name[:1] == "a" and name[1:] in twins.of_querysets())
        case [Guarded() | ClassValue() | Bound(QuerySet())]:
            return Constant(False)
    return UNKNOWN


@on_call("inspect.isasyncgenfunction")
def is_async_generator(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Tell it of a plain function, which is none."""
    known = is_coroutine_function(frame, node, args, kwargs)
    return known if known == Constant(False) else UNKNOWN


@on_call("inspect.isawaitable", "inspect.iscoroutine", "asyncio.iscoroutine", "asyncio.isfuture")
def is_awaitable(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Tell it of a value that is known."""
    is_known = len(args) == 1 and args[0] is not UNKNOWN and not isinstance(args[0], Bound | OutsideInstance)
    return Constant(isinstance(args[0], Coroutine)) if is_known else UNKNOWN


@on_call("builtins.isinstance")
def is_instance(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Tell of a queryset and of what is gone through whether it is one or the other."""
    match args:
        case [QuerySet(is_manager=False) | Many() | Items() | Instance() as value, wanted]:
            kinds = wanted.elements if isinstance(wanted, Items) else (wanted,)
            names = [kind.name for kind in kinds if isinstance(kind, Outside)]
            is_queryset = any(name.endswith(".QuerySet") for name in names)
            is_other = len(names) == len(kinds) and all(name.startswith("builtins.") for name in names)
            if isinstance(value, QuerySet) and (is_queryset or is_other):
                return Constant(is_queryset)
            if not isinstance(value, QuerySet) and is_queryset and len(kinds) == 1:
                return Constant(False)
    return UNKNOWN


@on_call("builtins.enumerate", "builtins.zip", "builtins.iter")
def pairs_up(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Go through all arguments; what comes out are tuples."""
    elements = [frame.iterate(part, value, "", node) for part, value in zip(node.args, args, strict=False)]
    name = frame.text(node.func)
    if name == "iter":
        return Many(elements[0] if elements else UNKNOWN)
    return Many(Items((UNKNOWN, elements[0]) if name == "enumerate" and elements else tuple(elements)))


@on_call("builtins.next")
def takes_one(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Take the first element."""
    return frame.iterate(node.args[0], args[0], "", node) if args and node.args else UNKNOWN


@on_call("builtins.map", "builtins.filter")
def applies(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Call the first argument with each element of the second."""
    if len(args) < 2 or len(node.args) < 2:
        return UNKNOWN
    element = frame.iterate(node.args[1], args[1], "", node)
    result = calls.apply(frame, node, args[0], [element], {})
    return Many(result if frame.text(node.func) == "map" else element)


@on_call("builtins.len", "builtins.bool")
def counts(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Evaluate a queryset."""
    if args and isinstance(args[0], QuerySet):
        frame.iterate(node.args[0], args[0], f"{frame.text(node.func)}() evaluates it", node)
    elif args:
        if isinstance(args[0], Coroutine):
            frame.unawaited(node, args[0], "a coroutine has no length")
        elif frame.special(node, args[0], "__len__") is None:
            frame.truth(node.args[0], args[0])
    return UNKNOWN


@on_call("builtins.str", "builtins.repr", "builtins.print", "builtins.format", "pprint.pprint")
def shows(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Make a text of each argument."""
    for part, value in zip(node.args, args, strict=False):
        frame.show(part, value)
    return UNKNOWN


@on_call(*(f"{logger}.{level}" for logger in ("", "logging", "logging.getLogger") for level in LEVELS))
def logs(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Make a text of the arguments of a log record."""
    has_owner = isinstance(node.func, ast.Attribute) and len(args) > len(node.args)
    for part, value in zip(node.args[1:], args[2 if has_owner else 1 :], strict=False):
        frame.show(part, value)
    return UNKNOWN


@on_call(".format", ".join")
def formats(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Make a text of the arguments, or go through them."""
    for part, value in zip(node.args, args[1:], strict=False):
        if isinstance(node.func, ast.Attribute) and node.func.attr == "join":
            frame.iterate(part, value, "join() goes through it", node)
        else:
            frame.show(part, value)
    for given in node.keywords:
        if given.arg and given.arg in kwargs and frame.text(node.func).endswith(".format"):
            frame.show(given.value, kwargs[given.arg])
    return UNKNOWN


@on_call(".split", ".rsplit")
def splits(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Take a text that is known to pieces."""
    match args:
        case [Constant(value=str(text)), Constant(value=str(separator)), *_] if separator:
            return Items(tuple(map(Constant, text.split(separator))))
    return Many()


@on_call("operator.methodcaller")
def methodcaller(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Return a function that calls a method."""
    return Partial(Outside("methodcaller()"), tuple(args), tuple(sorted(kwargs.items(), key=lambda item: item[0])))


@on_call("methodcaller()")
def calls_method(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Call a method of the last argument."""
    from async_audit.static.attributes import attribute

    match args:
        case [Constant(value=str(name)), *given, owner]:
            return calls.apply(frame, node, attribute(frame, node, owner, name), given, kwargs)
    return UNKNOWN


@on_call("itertools.groupby")
def groups(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Go through the first argument, and call the key with each element."""
    element = frame.iterate(node.args[0], args[0], "groupby() goes through it", node) if args and node.args else UNKNOWN
    key = kwargs.get("key") or (args[1] if len(args) > 1 else None)
    value = calls.apply(frame, node, key, [element], {}) if key else element
    return Many(Items((value, Many(element))))


@on_call("functools.reduce")
def reduces(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Call the first argument with what it gave before and each element of the second."""
    if len(args) < 2 or len(node.args) < 2:
        return UNKNOWN
    elements = frame.one_by_one(args[1]) if len(args) > 2 else [frame.iterate(node.args[1], args[1], "", node)]
    value = args[2] if len(args) > 2 else elements[0]
    for element in elements:
        value = calls.apply(frame, node, args[0], [value, element], {})
    return value


@on_call("operator.attrgetter")
def attrgetter(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Return a function that reads attributes."""
    return Partial(Outside("attrgetter()"), tuple(args[:1]), ())


@on_call("attrgetter()")
def reads_path(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Read a dotted attribute."""
    from async_audit.static.attributes import attribute

    path, value = args[0], args[-1]
    for name in str(path.value).split(".") if isinstance(path, Constant) and len(args) > 1 else ():
        value = attribute(frame, node, value, name)
    return value


@on_call(".append", ".appendleft", ".add", ".insert")
def adds(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Remember what a list gets."""
    if isinstance(node.func, ast.Attribute) and len(args) > 1:
        containers.change(frame, node.func.value, lambda held: containers.added(held, args[-1]))
    return UNKNOWN


@on_call(".extend", ".update", ".union", ".intersection", ".difference", ".writelines", ".writerows")
def takes_all(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Go through what a list, set or dict gets."""
    for part, value in zip(node.args, args[1:], strict=False):
        if isinstance(value, QuerySet):
            value = Many(frame.iterate(part, value, f"{frame.text(node.func)}() goes through it", node))
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("extend", "update"):
            more = value
            containers.change(frame, node.func.value, lambda held, more=more: containers.merged(held, more))  # type: ignore[misc]
    if isinstance(node.func, ast.Attribute) and node.func.attr == "update" and kwargs:
        given = Mapping(tuple(kwargs.items()))
        containers.change(frame, node.func.value, lambda held: containers.merged(held, given))
    return UNKNOWN


@on_call("collections.defaultdict")
def defaultdict(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Return a dict whose values are made by the first argument."""
    made = isinstance(args[0], FunctionValue | Outside) if args else False
    return Mapping((), calls.apply(frame, ast.copy_location(ast.Call(node.func, [], []), node), args[0], [], {})
                   if made else UNKNOWN)  # fmt: skip


@on_call("collections.OrderedDict", "weakref.WeakValueDictionary", "types.MappingProxyType")
def makes_dict(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Return a dict of the same keys."""
    return args[0] if args and isinstance(args[0], Mapping | Many) else Mapping(tuple(kwargs.items()))


@on_call("pickle.dumps", "rest_framework.response.Response")
def dumps(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Go through what is in the data."""
    for value in args[:1]:
        parts = [inner for _, inner in value.items] if isinstance(value, Mapping) else [value]
        for part in parts:
            if isinstance(part, QuerySet):
                frame.iterate(node.args[0], part, f"{frame.text(node.func)}() goes through it", node)
    return UNKNOWN


@on_call("builtins.getattr")
def gets_attribute(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Read an attribute by its name."""
    from async_audit.static.attributes import attribute

    match args:
        case [Instance() as owner, OutsideInstance(name="text", args=(Constant(value=str(prefix)),)), *_]:
            names = sorted({name for cls in owner.cls.mro for name in cls.members if name.startswith(prefix)})
            methods = [attribute(frame, node, owner, name) for name in names if not owner.cls.is_model]
            return one_of(method for method in methods if isinstance(method, FunctionValue | Threaded))
        case [owner, Constant(value=str(name)), *_]:
            found = attribute(frame, node, owner, name)
            if isinstance(owner, Instance) and name in owner.cls.relations:
                frame.loaded_from_now_on(ast.Attribute(node.args[0], name), owner, name)
            return found
    return UNKNOWN


@on_call("builtins.setattr")
def sets_attribute(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Assign to an attribute by its name."""
    match args:
        case [_, Constant(value=str(name)), value]:
            frame.assign(ast.copy_location(ast.Attribute(node.args[0], name), node), value)
    return NONE


@on_call("builtins.hasattr")
def has_attribute(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Read an attribute to learn whether it is there."""
    gets_attribute(frame, node, args, kwargs)
    return UNKNOWN


@on_call("functools.wraps")
def wraps(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Return what gives a function the name of another."""
    return Partial(Outside("functools.update_wrapper"), (), ())


@on_call("functools.update_wrapper")
def update_wrapper(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Return the function that gets the name."""
    return args[0] if args else UNKNOWN


@on_call("functools.partial")
def partial(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Keep arguments for a later call."""
    return Partial(args[0], tuple(args[1:]), tuple(sorted(kwargs.items(), key=lambda i: i[0]))) if args else UNKNOWN


@on_call("copy.copy", "copy.deepcopy")
def passes_on(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Return the last argument."""
    return args[-1] if args else UNKNOWN
