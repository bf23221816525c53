"""The classes of a project: their bases, their members, and what makes some of them models of Django."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from async_audit.static.growth import grown
from async_audit.static.syntax import last_name
from async_audit.static.values import ClassValue, Outside, Value

if TYPE_CHECKING:
    from async_audit.static.modules import Binding, Module
    from async_audit.static.names import Names

FORWARD = {"ForeignKey", "OneToOneField", "ParentalKey", "TreeForeignKey", "AutoOneToOneField"}
MANY = {"ManyToManyField", "ParentalManyToManyField", "SortedManyToManyField"}
GENERIC = {"GenericForeignKey"}
GENERIC_MANY = {"GenericRelation"}
MODELS = {
    "django.db.models.Model",
    "django.contrib.gis.db.models.Model",
    "django.db.models.base.Model",
}
Method = ast.FunctionDef | ast.AsyncFunctionDef
DEEPEST = 12  # bases of bases


@dataclass(frozen=True)
class Relation:
    """A field, or the way back from one: to one row, or to many."""

    kind: str  # "one", "reverse one", "many", "generic", "parent" of a row in a table of its own
    target: Class | None
    back: str = ""  # the attribute of the target's rows that is this row
    is_generic: bool = False


class Class:
    """A class of the project."""

    def __init__(self, node: ast.ClassDef, module: Module, names: Names, outer: str = "") -> None:
        self.node = node
        self.module = module
        self.name = node.name
        self.qualname = f"{outer}{node.name}"
        self._names = names
        self.members: dict[str, Binding] = {}
        module.bind(node.body, self.members)

    def __repr__(self) -> str:
        return f"{self.module.name}.{self.qualname}"

    @cached_property
    def bases(self) -> list[Value]:
        """What the class statement names as bases."""
        return [self._names.resolve(_unsubscripted(base), self.module) for base in self.node.bases]

    @cached_property
    def mro(self) -> list[Class]:
        """The class itself and its bases in the project, nearest first."""
        found: list[Class] = []
        for cls in _ancestors(self, DEEPEST):
            if cls in found:
                found.remove(cls)  # a shared base comes after all that share it
            found.append(cls)
        return found

    @cached_property
    def outside_bases(self) -> frozenset[str]:
        """The names of all bases that are not in the project."""
        return frozenset(base.name for cls in self.mro for base in cls.bases if isinstance(base, Outside))

    @cached_property
    def is_model(self) -> bool:
        """Whether rows of a table are instances of this class."""
        if self.outside_bases & MODELS:
            return True
        if any(name.endswith(("Model", "models.Page", "Mixin")) for name in self.outside_bases):
            return any(_field_name(value) for _, value in self.assignments())
        return False

    def member(self, name: str) -> tuple[Class, Binding] | None:
        """Return the definition of an attribute, and the class that has it."""
        return next(((cls, cls.members[name]) for cls in self.mro if name in cls.members), None)

    def assignments(self) -> Iterator[tuple[str, ast.expr]]:
        """Yield what the bodies of this class and its bases assign, nearest first."""
        for cls in self.mro:
            for name, binding in cls.members.items():
                if isinstance(binding, ast.Assign | ast.AnnAssign) and binding.value:
                    yield name, binding.value

    def inner(self, name: str) -> Class | None:
        """Return a class in the body of this one, such as Meta."""
        found = self.member(name)
        if found and isinstance(found[1], ast.ClassDef):
            return self._names.class_of(found[1], found[0].module, f"{self.qualname}.")
        return None

    @property
    def storing(self) -> dict[str, set[Method]]:
        """The methods that assign to an attribute of something, by the attribute's name."""
        return self._mentions[0]

    @property
    def adding(self) -> dict[str, set[Method]]:
        """The methods that add to a list or dict, by the last name of it."""
        return self._mentions[1]

    @property
    def used(self) -> set[str]:
        """The attributes of self that the methods name."""
        return set(self._mentions[2])

    @cached_property
    def _mentions(self) -> tuple[dict[str, set[Method]], dict[str, set[Method]], dict[str, set[Method]]]:
        stored: dict[str, set[Method]] = {}
        added: dict[str, set[Method]] = {}
        read: dict[str, set[Method]] = {}
        for method in self.node.body:
            if not isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            for node in ast.walk(method):
                if isinstance(node, ast.Attribute):
                    kind = stored if isinstance(node.ctx, ast.Store) else read
                    if kind is stored or (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")):
                        kind.setdefault(node.attr, set()).add(method)
                elif isinstance(node, ast.Subscript | ast.Call | ast.AugAssign) and (found := grown(node)):
                    added.setdefault(last_name(found), set()).add(method)
        return stored, added, read

    def own_many(self) -> list[str]:
        """Return the many-to-many fields of the model itself and its bases."""
        return [name for name, value in self.assignments() if _field_name(value) in MANY]

    @cached_property
    def relations(self) -> dict[str, Relation]:
        """The fields that lead to other rows, and the ways back from others' fields."""
        found = dict(self._names.models.ways_back(self)) if self.is_model else {}
        for name, value in self.assignments():
            if relation := self._names.models.relation(self, value):
                found.setdefault(name, relation)
        return self._names.models.parents(self) | found if self.is_model else found

    @cached_property
    def fields(self) -> frozenset[str]:
        """The names of the columns, as attributes."""
        return frozenset(
            name for name, value in self.assignments() if (kind := _field_name(value)) and kind not in MANY
        )


def _ancestors(cls: Class, depth: int) -> Iterator[Class]:
    yield cls
    if depth:
        for base in cls.bases:
            if isinstance(base, ClassValue) and base.cls is not cls:
                yield from _ancestors(base.cls, depth - 1)


def _unsubscripted(node: ast.expr) -> ast.expr:
    return node.value if isinstance(node, ast.Subscript) else node


def _field_name(value: ast.expr) -> str:
    """Return the class of a model field that an expression makes, empty if it makes none."""
    if not isinstance(value, ast.Call):
        return ""
    name = last_name(value.func)
    return name if name.endswith("Field") or name in FORWARD | GENERIC | GENERIC_MANY else ""


def keyword(call: ast.expr, name: str) -> ast.expr | None:
    """Return the value of a keyword argument of a call."""
    return next((given.value for given in getattr(call, "keywords", []) if given.arg == name), None)
