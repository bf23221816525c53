"""Writes what the checker has to know of Django where Django is not installed: django_facts.py.

Of each file it keeps names alone: classes and their bases, fields and what they lead to, functions and their twins.
"""

import ast
from pathlib import Path

import django

from async_audit.static import django_source

DJANGO = Path(django.__file__).parent
# Of the models, all of the skeleton is used; of the others, which functions have an async twin.
MODELS = ["models.py", "base_user.py", "base_session.py"]
TWINS = [
    "shortcuts.py",
    "db/models/base.py",
    "db/models/query.py",
    "db/models/fields/related_descriptors.py",
    "contrib/auth/__init__.py",
    "contrib/sessions/backends/base.py",
]
OPTIONS = {"null", "to", "through"}  # of fields
SAID = {"abstract", "proxy"}
WORDS = {"_", "UnicodeUsernameValidator"}
KNOWN = ("django.contrib", "django.db", "django.conf")
HEAD = """\
# What the checker knows of Django {version} where none is installed; tests/async_audit/django_facts.py wrote it.
"""


def facts():
    """Return the text of the file."""
    models = sorted(file.relative_to(DJANGO).as_posix() for name in MODELS for file in DJANGO.glob(f"contrib/*/{name}"))
    parts = [HEAD.format(version="{}.{}".format(*django.VERSION))]
    for path in [*TWINS, *models]:
        tree = ast.parse((DJANGO / path).read_bytes())
        body = skeleton(tree.body, of_twins=path in TWINS)
        if any(isinstance(node, ast.ClassDef | ast.FunctionDef) for node in body):
            text = (
                ast.unparse(ast.fix_missing_locations(ast.Module(body, [])))
                .replace(":\n        ...", ": ...")
                .replace(":\n    ...", ": ...")
            )
            parts.append(f"\"{path}\" = '''\n{text}\n'''\n")
    return "\n".join(parts)


def skeleton(body, of_twins):
    """Return the statements that are kept of a body."""
    names = {node.name for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    twins = {f"{sign}{name}" for name in names if f"a{name}" in names for sign in ("", "a")}
    kept = []
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() if node.name in twins or not of_twins:
                kept.append(type(node)(node.name, ast.arguments([], [], None, [], [], None, []), [ELLIPSIS], []))
                kept[-1].decorator_list = [each for each in node.decorator_list if isinstance(each, ast.Name)]
            case ast.FunctionDef() if inner := skeleton(node.body, of_twins):
                kept.append(type(node)(node.name, ast.arguments([], [], None, [], [], None, []), inner, []))
            case ast.ClassDef():
                inner = skeleton(node.body, of_twins)
                if inner or not of_twins:
                    kept.append(ast.ClassDef(node.name, node.bases, [], inner or [ELLIPSIS], []))
            case ast.ImportFrom(module=str(module)) if not of_twins and module.startswith(KNOWN):
                kept.append(node)
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if not of_twins:
                if isinstance(value, ast.Call) and ast.unparse(value.func) not in WORDS:
                    kept.append(ast.Assign(node.targets, ast.Call(value.func, *arguments(value)), lineno=0))
                elif name in SAID or isinstance(value, ast.Name):
                    kept.append(node)
    return kept


ELLIPSIS = ast.Expr(ast.Constant(...))


def arguments(call):
    """Return what is kept of a call: what a field leads to."""
    leads_to = [each for each in call.args if isinstance(each, ast.Name | ast.Attribute)][:1]
    return leads_to, [each for each in call.keywords if each.arg in OPTIONS]


if __name__ == "__main__":
    django_source.FACTS.write_text(facts(), encoding="utf-8")
