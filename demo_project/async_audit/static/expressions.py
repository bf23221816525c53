"""What expressions give, and which of them ask the database."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from async_audit.static import calls, containers, hooks, kinds
from async_audit.static.attributes import attribute
from async_audit.static.functions import Event, Function
from async_audit.static.syntax import dotted
from async_audit.static.values import (
    CONTAINERS,
    NONE,
    UNKNOWN,
    Bound,
    Constant,
    Coroutine,
    FunctionValue,
    Items,
    LazyUser,
    Many,
    Mapping,
    OneOf,
    Outside,
    OutsideInstance,
    QuerySet,
    Scope,
    Session,
    Value,
    join,
    one_of,
)

if TYPE_CHECKING:
    from async_audit.static.frame import Frame

OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "__add__",
    ast.Sub: "__sub__",
    ast.Mult: "__mul__",
    ast.Div: "__truediv__",
    ast.FloorDiv: "__floordiv__",
    ast.Mod: "__mod__",
    ast.Pow: "__pow__",
    ast.MatMult: "__matmul__",
    ast.LShift: "__lshift__",
    ast.RShift: "__rshift__",
    ast.BitAnd: "__and__",
    ast.BitOr: "__or__",
    ast.BitXor: "__xor__",
}
BUILTINS = frozenset(dir(builtins))


def _name(frame: Frame, node: ast.Name) -> Value:
    if node.id in frame.env:
        return frame.env[node.id]
    if node.id in frame.function.closure:
        return frame.function.closure[node.id]
    found = frame.names.find(frame.module, node.id)
    if isinstance(found, Value):
        return found
    if found is not None:
        return frame.names.variable(frame.module, node.id)
    return Outside(f"builtins.{node.id}") if node.id in BUILTINS else UNKNOWN


def _attribute(frame: Frame, node: ast.Attribute) -> Value:
    path = dotted(node)
    if path:
        if path in frame.env:
            return frame.env[path]
        if path in frame.function.closure:
            return frame.function.closure[path]
    owner = frame.eval(node.value)
    if isinstance(owner, Coroutine):
        frame.unawaited(node, owner, f"a coroutine has no {node.attr}")
        return Bound(owner, node.attr)
    value = attribute(frame, node, owner, node.attr)
    if path and value is not UNKNOWN and not isinstance(value, Outside | Bound | FunctionValue):
        frame.env[path] = value  # from now on it is loaded; a method is of what the object is when it is called
    return value


def _call(frame: Frame, node: ast.Call) -> Value:
    return calls.call(frame, node)


def _await(frame: Frame, node: ast.Await) -> Value:
    value = frame.eval(node.value)
    if isinstance(value, QuerySet) and value.surety < 3 and not value.is_manager:
        frame.ask(node, "DAS002", "a queryset cannot be awaited; go through it by async for")
    return frame.awaited(value)


def _subscript(frame: Frame, node: ast.Subscript) -> Value:
    owner = frame.eval(node.value)
    index = node.slice
    if isinstance(index, ast.Constant) and dotted(node.value).rpartition(".")[2] == "scope":
        return hooks.of_scope(frame, index.value)
    if isinstance(owner, QuerySet) and not owner.is_manager:
        is_slice = isinstance(index, ast.Slice)
        if is_slice and not getattr(index, "step", None):
            frame.eval(index)
            return owner if owner.is_evaluated else replace(owner, is_evaluated=False)
        return frame.iterate(node, owner, "an element is taken out")
    if (made := frame.special(node, owner, "__getitem__", "__missing__", args=[frame.eval(index)])) is not None:
        return made
    key = frame.eval(index)
    match owner:
        case Scope():
            return hooks.of_scope(frame, key.value if isinstance(key, Constant) else None)
        case Session():
            hooks.use_session(frame, node, owner, "[…]")
        case Items() | Many() | Mapping():
            return owner if isinstance(index, ast.Slice) else containers.item(owner, key)
        case OneOf(values):
            return one_of(containers.item(each, key) for each in values)
        case OutsideInstance(name="Page"):
            return frame.iterate(node.value, owner, "", node)
    return owner if isinstance(owner, Outside) else UNKNOWN


def _slice(frame: Frame, node: ast.Slice) -> Value:
    for part in (node.lower, node.upper, node.step):
        if part:
            frame.eval(part)
    return UNKNOWN


def _looks_up(frame: Frame, node: ast.expr) -> bool:
    """Tell whether an expression is a dict's .get(): what follows `or` is for a key that is not there."""
    match node:
        case ast.Call(func=ast.Attribute(value=owner, attr="get")):
            with frame.quietly():
                return isinstance(frame.eval(owner), Mapping)
    return False


def _bool_op(frame: Frame, node: ast.BoolOp) -> Value:
    found: Value | None = None
    for part in node.values[:-1]:
        value = frame.eval(part)
        frame.truth(part, value)
        if isinstance(node.op, ast.Or):
            found = join(found, value)
    before = len(frame.summary.events)
    last = frame.eval(node.values[-1])
    if isinstance(node.op, ast.Or) and _looks_up(frame, node.values[0]):
        frame.doubt(before)
    return last if found is None else join(found, last)


def _if_exp(frame: Frame, node: ast.IfExp) -> Value:
    known = frame.test(node.test)
    if known is not None:
        return frame.eval(node.body if known else node.orelse)
    frame.under_test += 1
    values = []
    for part, is_so in ((node.body, True), (node.orelse, False)):
        before = kinds.narrow(frame, node.test, is_so)
        values.append(frame.eval(part))
        frame.env.update(before)
    frame.under_test -= 1
    return join(*values)


def _compare(frame: Frame, node: ast.Compare) -> Value:
    values = [frame.eval(part) for part in (node.left, *node.comparators)]
    for operator, part, value in zip(node.ops, node.comparators, values[1:], strict=True):
        if isinstance(operator, ast.In | ast.NotIn):
            if isinstance(value, QuerySet | Many):
                frame.iterate(part, value, "something is looked for in it", node)
            elif isinstance(value, Session):
                hooks.use_session(frame, part, value, "in")
            else:
                frame.special(part, value, "__contains__", "__iter__")
    if not all(isinstance(operator, ast.Is | ast.IsNot | ast.In | ast.NotIn) for operator in node.ops):
        for part, value in zip((node.left, *node.comparators), values, strict=True):
            if isinstance(value, LazyUser):
                hooks.use_user(frame, part, value)
            for inner in value.elements if isinstance(value, Items) else (value,):
                if isinstance(inner, Coroutine):
                    frame.unawaited(part, inner, "a coroutine is compared")
    return UNKNOWN


def _unary(frame: Frame, node: ast.UnaryOp) -> Value:
    frame.test(node.operand) if isinstance(node.op, ast.Not) else frame.eval(node.operand)
    return UNKNOWN


def _bin_op(frame: Frame, node: ast.BinOp) -> Value:
    left, right = frame.eval(node.left), frame.eval(node.right)
    if isinstance(left, QuerySet) and isinstance(right, QuerySet):
        return left
    if isinstance(node.op, ast.Mod) and isinstance(left, Constant) and isinstance(left.value, str):
        for value in right.elements if isinstance(right, Items) else (right,):
            frame.show(node, value)
    if (made := frame.special(node, left, OPERATORS[type(node.op)], args=[right])) is not None:
        return made
    if isinstance(node.op, ast.Add) and isinstance(left, Constant) and isinstance(left.value, str):
        return _text([left, right])
    if isinstance(node.op, ast.Add) and isinstance(left, CONTAINERS) and isinstance(right, CONTAINERS):
        return join(left, right)
    return left if isinstance(left, Many) else UNKNOWN


def _joined(frame: Frame, node: ast.JoinedStr) -> Value:
    values = []
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            values.append(frame.eval(part.value))
            frame.show(part.value, values[-1])
        else:
            values.append(frame.eval(part))
    return _text(values)


def _text(parts: list[Value]) -> Value:
    """Return a text that is put together, or what it begins with."""
    known = [str(part.value) for part in takewhile(lambda part: isinstance(part, Constant), parts)]  # type: ignore[attr-defined]
    if len(known) == len(parts):
        return Constant("".join(known))
    return OutsideInstance("text", (Constant("".join(known)),)) if "".join(known) else UNKNOWN


def _sequence(frame: Frame, node: ast.Tuple | ast.List | ast.Set) -> Value:
    elements = []
    is_known = True
    for part in node.elts:
        if isinstance(part, ast.Starred):
            elements.append(frame.iterate(part.value, frame.eval(part.value), "it is unpacked"))
            is_known = False
        else:
            elements.append(frame.eval(part))
    return Items(tuple(elements)) if is_known else Many(frame.element(Items(tuple(elements))))


def _dict(frame: Frame, node: ast.Dict) -> Value:
    made: Value = Mapping(())
    for key, part in zip(node.keys, node.values, strict=True):
        name = frame.eval(key) if key else UNKNOWN
        value = frame.eval(part)
        if key:
            made = containers.with_item(made, name, value)
        elif isinstance(value, Mapping):
            made = join(made, value)
    return made


def _comprehension(frame: Frame, node: Any) -> Value:
    before = dict(frame.env)
    first = node.generators[0]
    value = frame.eval(first.iter)
    later: AbstractContextManager[list[Event]] = nullcontext([])
    if isinstance(node, ast.GeneratorExp):
        later = frame.collecting()
    elements: list[Value | None] = [None]
    if not first.is_async and not (isinstance(value, QuerySet) and value.is_iterator):
        elements = [*frame.one_by_one(value, frame.iterate(first.iter, value))]
    with later as pending:
        values = [_comprehended(frame, node, value, element)[-1] for element in elements]
    own = {
        part.id for generator in node.generators for part in ast.walk(generator.target) if isinstance(part, ast.Name)
    }
    outer = before.keys() | frame.function.closure.keys()
    frame.env = {name: value for name, value in frame.env.items() if name in outer and name not in own}
    frame.env.update((name, before[name]) for name in own & before.keys())
    is_whole = isinstance(node, ast.ListComp) and len(node.generators) == 1 and not first.ifs and len(values) > 1
    return Items(tuple(values)) if is_whole else Many(one_of(values), tuple(pending[:1]))


def _comprehended(frame: Frame, node: Any, value: Value, element: Value | None) -> list[Value]:
    for generator in node.generators:
        if generator is not node.generators[0]:
            value, element = frame.eval(generator.iter), None
        if element is not None:
            pass
        elif generator.is_async:
            element = frame.iterate_async(generator.iter, value)
        else:
            element = frame.iterate(generator.iter, value)
        frame.assign(generator.target, element)
        for condition in generator.ifs:
            frame.test(condition)
    parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
    return [frame.eval(part) for part in parts]


def _lambda(frame: Frame, node: ast.Lambda) -> Value:
    outer = f"{frame.function.qualname}.<locals>."
    return FunctionValue(Function(node, frame.module, closure=frame.scope(), outer=outer))


def _walrus(frame: Frame, node: ast.NamedExpr) -> Value:
    value = frame.eval(node.value)
    frame.assign(node.target, value)
    return value


def _yield(frame: Frame, node: ast.Yield) -> Value:
    frame.yields(frame.eval(node.value) if node.value else NONE)
    return UNKNOWN


def _yield_from(frame: Frame, node: ast.YieldFrom) -> Value:
    frame.yields(frame.iterate(node.value, frame.eval(node.value)))
    return UNKNOWN


EXPRESSIONS: dict[type[ast.AST], Callable[[Frame, Any], Value]] = {
    ast.Constant: lambda frame, node: Constant(node.value),
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.Await: _await,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.BoolOp: _bool_op,
    ast.IfExp: _if_exp,
    ast.Compare: _compare,
    ast.UnaryOp: _unary,
    ast.BinOp: _bin_op,
    ast.JoinedStr: _joined,
    ast.Tuple: _sequence,
    ast.List: _sequence,
    ast.Set: _sequence,
    ast.Dict: _dict,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.DictComp: _comprehension,
    ast.Lambda: _lambda,
    ast.NamedExpr: _walrus,
    ast.Yield: _yield,
    ast.YieldFrom: _yield_from,
}
