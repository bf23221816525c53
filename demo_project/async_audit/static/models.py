"""All models of a project, by name, and the relations between them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from async_audit.static.classes import FORWARD, GENERIC, GENERIC_MANY, MANY, Class, Relation, keyword
from async_audit.static.syntax import last_name
from async_audit.static.values import ClassValue, Outside

if TYPE_CHECKING:
    from async_audit.static.modules import Module
    from async_audit.static.names import Names

USER = "auth.User"


class Models:
    """Finds a model by the names that Django lets one write for it."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._by_name: dict[str, list[Class]] | None = None
        self._back: dict[Class, dict[str, Relation]] | None = None

    def all(self) -> dict[str, list[Class]]:
        """Return all models of the folder by their class's name in small letters."""
        if self._by_name is None:
            self._by_name = {}
            for module in self._names.files.modules:
                if not module.may_have_models:
                    continue
                for binding in list(module.names.values()):
                    if isinstance(binding, ast.ClassDef):
                        cls = self._names.class_of(binding, module)
                        if cls.is_model:
                            self._by_name.setdefault(cls.name.lower(), []).append(cls)
        return self._by_name

    def named(self, name: str, near: Class | Module) -> Class | None:
        """Return the model of "app.Model", "Model" or "self", of the same project where there are several."""
        module = near.module if isinstance(near, Class) else near
        if name == "self":
            return near if isinstance(near, Class) else None
        app, _, model = name.rpartition(".")
        found = self.all().get(model.lower(), [])
        found = [cls for cls in found if cls.module.project == module.project] or found
        if app:
            inside = [cls for cls in found if app.lower() in cls.module.name.lower().replace("_", "").split(".")]
            inside = inside or [cls for cls in found if app.lower() in cls.module.name.lower()]
            found = inside or found
        if not found and name.lower() == USER.lower():
            return self._contrib("django.contrib.auth.models", "User")
        if len(found) > 1:
            found = [cls for cls in found if cls.module.name.split(".")[:-1] == module.name.split(".")[:-1]] or found
        return found[0] if found else None

    def user(self, near: Module) -> Class | None:
        """Return the model of users of a module's project: as settings say, or the one that derives from Django's."""
        name = self._names.settings(near).strings.get("AUTH_USER_MODEL", "")
        if name and (found := self.named(name, near)):
            return found
        for classes in self.all().values():
            for cls in classes:
                if cls.module.project == near.project and any(
                    base.name in ("AbstractUser", "AbstractBaseUser") for base in cls.mro[1:]
                ):
                    return cls
        return self._contrib("django.contrib.auth.models", "User")

    def _contrib(self, module: str, name: str) -> Class | None:
        modules = self._names.files.modules
        found = self._names.files.find(module, modules[0]) if modules else None
        binding = found.names.get(name) if found else None
        return self._names.class_of(binding, found) if found and isinstance(binding, ast.ClassDef) else None

    def relation(self, cls: Class, value: ast.expr) -> Relation | None:
        """Return the relation that a field's expression makes, None when it is another field."""
        if not isinstance(value, ast.Call):
            return None
        kind = last_name(value.func)
        if kind in GENERIC:
            return Relation("generic", None)
        if kind not in FORWARD | MANY | GENERIC_MANY:
            return None
        target = keyword(value, "to") or (value.args[0] if value.args else None)
        found = self._target(cls, target) if target else None
        forward = "parent" if getattr(keyword(value, "parent_link"), "value", False) else "one"
        return Relation(forward if kind in FORWARD else "many", found, is_generic=kind in GENERIC_MANY)

    def parents(self, cls: Class) -> dict[str, Relation]:
        """Return the attributes, beside fields, by which a row leads to that of a base with a table of its own."""
        found = (
            base.cls for each in cls.mro if not _is_proxy(each) for base in each.bases if isinstance(base, ClassValue)
        )
        tables = [base for base in found if base.is_model and not _is_abstract(base)]
        return {f"{base.name.lower()}_ptr": Relation("parent", base) for base in tables}

    def _target(self, cls: Class, node: ast.expr) -> Class | None:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return self.named(node.value, cls)
        if last_name(node) == "AUTH_USER_MODEL" or (
            isinstance(node, ast.Call) and last_name(node.func) == "get_user_model"
        ):
            return self.user(cls.module)
        found = self._names.resolve(node, cls.module)
        if isinstance(found, ClassValue):
            return found.cls
        return self.named(found.name.rpartition(".")[2], cls) if isinstance(found, Outside) else None

    def ways_back(self, cls: Class) -> dict[str, Relation]:
        """Return the attributes that fields of other models give to a model."""
        if self._back is None:
            self._back = {}
            for classes in list(self.all().values()):
                for source in classes:
                    self._add_ways_back(source)
        return {name: relation for base in cls.mro for name, relation in self._back.get(base, {}).items()}

    def _add_child(self, source: Class) -> None:
        """Note that a row of a base with a table of its own leads to the row of a model that derives from it."""
        assert self._back is not None
        if _is_proxy(source):
            return
        for base in source.bases:
            if isinstance(base, ClassValue) and base.cls.is_model and not _is_abstract(base.cls):
                child = Relation("reverse one", source, f"{base.cls.name.lower()}_ptr")
                self._back.setdefault(base.cls, {})[source.name.lower()] = child

    def _add_ways_back(self, source: Class) -> None:
        assert self._back is not None
        if _is_abstract(source):
            return
        self._add_child(source)
        for name, value in source.assignments():
            relation = self.relation(source, value)
            if not relation or not relation.target or not isinstance(value, ast.Call):
                continue
            is_one = relation.kind != "many" and last_name(value.func) in ("OneToOneField", "AutoOneToOneField")
            given = keyword(value, "related_name")
            attribute = source.name.lower() + ("" if is_one else "_set")
            if isinstance(given, ast.Constant) and isinstance(given.value, str):
                attribute = given.value.replace("%(class)s", source.name.lower())
            kind = "reverse one" if is_one else "many"
            back = name if relation.kind != "many" else ""
            self._back.setdefault(relation.target, {})[attribute] = Relation(kind, source, back)


def _is_abstract(cls: Class) -> bool:
    return _meta_says(cls, "abstract = True")


def _is_proxy(cls: Class) -> bool:
    return _meta_says(cls, "proxy = True")


def _meta_says(cls: Class, text: str) -> bool:
    meta = cls.members.get("Meta")
    return isinstance(meta, ast.ClassDef) and any(ast.unparse(line) == text for line in meta.body)
