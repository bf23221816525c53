"""--fix and --write: what is repaired, what is left alone, and what else of a file stays as it was written."""

import re
import shutil
import subprocess
from dataclasses import replace

import pytest
from test_damaged_sources import damage

from async_audit.command import main
from async_audit.fix import fix
from async_audit.static import audit
from workshop.gallery import GALLERY

MODELS = """\
from django.db import models


class Author(models.Model):
    name = models.TextField()


class Book(models.Model):
    title = models.TextField()
    author = models.ForeignKey(Author, on_delete=models.CASCADE)
    editor = models.ForeignKey(Author, on_delete=models.CASCADE)
"""
HEAD = "from shop.models import Author, Book\n\n\n"


@pytest.fixture
def project(tmp_path):
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/__init__.py").touch()
    (tmp_path / "shop/models.py").write_text(MODELS)
    return tmp_path


@pytest.fixture
def repaired(project, capsys):
    """Write a file and repair it; return its new content."""

    def repair(source, *options):
        file = project / "shop/views.py"
        file.write_bytes(source if isinstance(source, bytes) else f"{HEAD}{source}".encode())
        main([str(project), "--fix", "--write", *options])
        capsys.readouterr()
        return file.read_bytes() if isinstance(source, bytes) else file.read_text().removeprefix(HEAD)

    return repair


def run(capsys, *arguments):
    """Run the command line; return exit code, output, errors."""
    code = main([str(argument) for argument in arguments])
    return code, *capsys.readouterr()


SIGNATURE = "async def view(request, pk):\n    "
LINES = "return (\n        {}Book.objects\n        # all of them\n        .{}count()\n    )"
ROW = "book = await Book.objects{}.aget(pk=pk)\n    return book.author.name"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("return Book.objects.get(pk=pk)", "return await Book.objects.aget(pk=pk)"),
        ("return Book.objects.get(pk=pk).title", "return (await Book.objects.aget(pk=pk)).title"),
        ("return Book.objects.in_bulk([pk])[pk]", "return (await Book.objects.ain_bulk([pk]))[pk]"),
        ("return await Book.objects.get(pk=pk)", "return await Book.objects.aget(pk=pk)"),
        ("return -Book.objects.count() ** 2", "return -await Book.objects.acount() ** 2"),
        ("return not Book.objects.exists()", "return not await Book.objects.aexists()"),
        (LINES.format("", ""), LINES.format("await ", "a")),
        ('return "ä", Book.objects.count()', 'return "ä", await Book.objects.acount()'),
        ("Book.objects.acreate(title='')", "await Book.objects.acreate(title='')"),
        (
            "return [book.title for book in Book.objects.all()]",
            "return [book.title async for book in Book.objects.all()]",
        ),
        ("return list(Book.objects.all())", "return [row async for row in Book.objects.all()]"),
        (
            "for book in Book.objects.iterator():\n        yield book",
            "async for book in Book.objects.aiterator():\n        yield book",
        ),
        (ROW.format(""), ROW.format('.select_related("author")')),
        (ROW.format(".select_related('editor')"), ROW.format(".select_related('editor', \"author\")")),
    ],
)
def test_what_is_mechanical(repaired, before, after):
    assert repaired(SIGNATURE + before + "\n") == SIGNATURE + after + "\n"


def test_two_relations_of_one_query(repaired, project):
    before = "book = await Book.objects.aget(pk=pk)\n    return book.author.name, book.editor.name\n"
    repaired(SIGNATURE + before)
    assert audit(project).findings == []


@pytest.mark.parametrize(
    "body",
    [
        "return Book.objects.get(pk=pk), Author.objects.count()",  # several in one function are one hop
        "for each in pk:\n        Book.objects.get(pk=each)",
        "return [Book.objects.get(pk=each) for each in pk]",
        "while True:\n        Book.objects.create(title='')",
        "return Book.objects.select_for_update().get(pk=pk)",  # needs a transaction
        "return f'{Book.objects.count()}'",
        "return sum(book.pk for book in Book.objects.all())",  # it would be an async generator
        "return lambda: Book.objects.count()",
        "return len(Book.objects.all())",
        "return [title for title in titles()]",  # a generator
        "for book in Book.objects.raw(''):\n        yield book",
        "return await Book.objects.get(pk=pk).title",
        "book = await Book.objects.only('title').aget(pk=pk)\n    return book.author",
        "book = await Book.objects.acreate(title='', author_id=1, editor_id=1)\n    return book.author",
        "book = await Book.objects.aget(pk=pk)\n    book = book or Book()\n    return book.author",
        "return Book.objects.get(pk=pk)  # noqa: DAS001",
    ],
)
def test_what_is_left_alone(repaired, body):
    source = f"{SIGNATURE}{body}\n\n\ndef titles():\n    yield from Book.objects.values_list('title', flat=True)\n"
    assert repaired(source) == source


def test_a_twin_is_imported(repaired):
    head = "from django.shortcuts import get_object_or_404\n"
    use = f"{SIGNATURE}return get_object_or_404(Book, pk=pk)\n"
    twin = "from django.shortcuts import aget_object_or_404"
    awaited = use.replace("get_obj", "await aget_obj")
    assert repaired(head + use) == f"{twin}\n{awaited}"
    other = "\n\ndef other():\n    return get_object_or_404(Book, pk=1)\n"
    assert repaired(head + use + other) == f"{twin}, get_object_or_404\n{awaited}{other}"
    both = "from django.shortcuts import (\n    aget_object_or_404,\n    get_object_or_404,\n)\n"
    assert repaired(both + use) == both + awaited
    renamed = "from django.shortcuts import get_object_or_404 as find\n" + use.replace("get_object_or_404", "find")
    assert repaired(renamed) == renamed


HELPER = """\
def cheapest():
    books = Book.objects.order_by("pk")
    return books.first(), books.count()


async def view(request):
    return cheapest()
"""
DECORATED = "@sync_to_async\n" + HELPER.replace("return cheapest", "return await cheapest")
IMPORT = "from asgiref.sync import sync_to_async\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (HEAD, HEAD.replace("\n\n\n", f"\n{IMPORT}\n\n")),
        (
            f"#!/usr/bin/env python\n'''Views.'''\n{HEAD}",
            f"#!/usr/bin/env python\n'''Views.'''\n{HEAD.rstrip()}\n{IMPORT}\n\n",
        ),
        (f"{IMPORT}{HEAD}", f"{IMPORT}{HEAD}"),
    ],
)
def test_a_helper_of_one_call_is_decorated(project, capsys, before, after):
    file = project / "shop/views.py"
    file.write_text(before + HELPER)
    assert run(capsys, project, "--fix", "--write")[0] == 0
    assert file.read_text() == after + DECORATED
    assert audit(project).findings == []


@pytest.mark.parametrize(
    "more",
    [
        "\n\ndef other():\n    return cheapest()\n",
        "\n\nsync_to_async = None\n",
        "\n\nasync def another():\n    return cheapest()\n",
    ],
)
def test_a_helper_that_others_use_is_left_alone(repaired, more):
    assert repaired(HELPER + more) == HELPER + more


def test_a_helper_that_another_file_uses_is_left_alone(repaired, project):
    (project / "tests.py").write_text("from shop.views import cheapest\n")
    assert repaired(HELPER) == HELPER


QUERY = "async def view(request, pk):\n\treturn Book.objects.get(pk=pk)  # Zo\xeb, \x0c\n"


@pytest.mark.parametrize(
    "source",
    [
        (HEAD + QUERY).encode(),
        (HEAD + QUERY).replace("\n", "\r\n").encode(),
        (HEAD + QUERY).replace("\n", "\r").encode(),
        b"\xef\xbb\xbf" + (HEAD + QUERY).encode(),
        f"# coding: latin-1\n{HEAD}{QUERY}".encode("latin-1"),
        f"# of shops\n# coding: cp1252\n{HEAD}{QUERY}".encode("cp1252"),
        (HEAD + QUERY).rstrip("\n").encode(),
        (HEAD + QUERY).replace("get(", "\\\n\t\tget(").encode(),
    ],
    ids=["tabs", "CRLF", "CR", "mark", "latin-1", "second line", "no end of line", "continued"],
)
def test_all_else_stays_byte_for_byte(repaired, source):
    after = re.sub(rb"return (.*?)\bget\(", rb"return await \1aget(", source, flags=re.DOTALL)
    assert after != source
    assert repaired(source) == after


def test_a_decorator_ends_its_line_as_the_file_does(repaired):
    after = repaired((HEAD + HELPER).replace("\n", "\r\n").encode())
    assert after == (HEAD.replace("\n\n\n", f"\n{IMPORT}\n\n") + DECORATED).replace("\n", "\r\n").encode()


@pytest.mark.parametrize("ending", ["\n", "\r\n", ""])
def test_what_is_shown_is_what_is_written(project, capsys, ending):
    file = project / "shop/views.py"
    source = (HEAD + QUERY).rstrip("\n").replace("\n", ending or "\n") + ending
    file.write_bytes(source.encode())
    subprocess.run(["git", "init", "--quiet", project], check=True)
    code, shown, said = run(capsys, project, "--fix")
    assert (code, said) == (1, "With --write, it would repair 1 in 1 file; 0 left.\n")
    assert file.read_bytes() == source.encode()
    subprocess.run(["git", "-C", project, "apply", "-"], input=shown.encode(), check=True)
    applied = file.read_bytes()
    file.write_bytes(source.encode())
    assert run(capsys, project, "--fix", "--write") == (0, shown, "Repaired 1 in 1 file; 0 left.\n")
    assert file.read_bytes() == applied
    assert applied != source.encode()


@pytest.mark.parametrize("wrong", ["not ", "await await ", "str(await "], ids=["finding", "no Python", "no end"])
def test_what_the_checker_does_not_agree_with_is_left_and_said(project, monkeypatch, capsys, wrong):
    """One file is repaired wrongly, another one right."""
    for name in ("views.py", "pages.py"):
        (project / "shop" / name).write_text(f"{HEAD}{SIGNATURE}return Book.objects.get(pk=pk)\n")
    before = (project / "shop/views.py").read_bytes()
    real = fix.repair

    def repair(source, finding, uses):
        word = wrong if finding.path == "shop/views.py" else "await "
        return [replace(edit, text=edit.text.replace("await ", word)) for edit in real(source, finding, uses)]

    monkeypatch.setattr(fix, "repair", repair)
    code, shown, said = run(capsys, project, "--fix", "--write")
    assert (code, "shop/views.py" in shown) == (1, False)
    assert said.splitlines() == [
        "shop/views.py:5: DAS001 is left: with its repair, the checker finds something else.",
        "Repaired 1 in 1 file; 1 left.",
    ]
    assert (project / "shop/views.py").read_bytes() == before
    assert "await Book.objects.aget" in (project / "shop/pages.py").read_text()


def test_a_repair_that_shows_something_elsewhere_is_taken_back(project, monkeypatch, capsys):
    (project / "shop/views.py").write_text(HEAD + HELPER)
    (project / "shop/pages.py").write_text(
        "from shop import views\n\n\nasync def page():\n    return list(views.cheapest())\n"
    )
    monkeypatch.setattr(fix, "_uses", lambda root, name: 2)
    before = {file: file.read_bytes() for file in project.rglob("*.py")}
    run(capsys, project, "--fix", "--write")
    assert {file: file.read_bytes() for file in project.rglob("*.py")} == before


def test_only_what_is_reported_is_repaired(project, repaired, capsys):
    source = f"{SIGNATURE}return Book.objects.get(pk=pk)\n"
    assert repaired(source, "--ignore", "DAS001") == source
    assert run(capsys, project, "--write-baseline", project / "known.json")[0] == 0
    assert repaired(source, "--baseline", str(project / "known.json")) == source


def test_a_file_that_changes_meanwhile_is_left_alone(project, monkeypatch, capsys):
    file = project / "shop/views.py"
    file.write_text(f"{HEAD}{SIGNATURE}return Book.objects.get(pk=pk)\n")
    real = fix.diff
    monkeypatch.setattr(fix, "diff", lambda *arguments: (real(*arguments), file.write_text("mine"))[0])
    code, _out, err = run(capsys, project, "--fix", "--write")
    assert (code, err.count("\n")) == (2, 1)
    assert f"{file} has changed meanwhile and was left alone: run the command again." in err
    assert file.read_text() == "mine"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--write"], "--write is about --fix, which is not there: --fix --write"),
        (["--fix", "--log", "README.md"], "--fix is about the source, and only a log was named."),
        (["--fix", "--format", "json"], "--fix shows a diff, so --format json means nothing with it."),
    ],
)
def test_what_has_no_meaning(project, monkeypatch, capsys, options, said):
    (project / "README.md").touch()
    monkeypatch.chdir(project)
    paths = [] if "--log" in options else ["."]
    code, out, err = run(capsys, *paths, *options)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err


@pytest.mark.parametrize("seed", range(2))
def test_damaged_sources(tmp_path, capsys, seed):
    """Whatever is in a file, it is repaired or left alone; nothing else is written, and what is can be parsed."""
    folder = shutil.copytree(GALLERY, tmp_path / "gallery")
    for number, file in enumerate(folder.glob("*.py")):
        file.write_bytes(damage(file.read_bytes(), seed * 1_000 + number))
    before, files = audit(folder, tests=True), sorted(folder.rglob("*"))
    assert main([str(folder), "--tests", "--fix", "--write"]) == 1
    capsys.readouterr()
    after = audit(folder, tests=True)
    assert 0 < len(after.findings) < len(before.findings)
    assert (after.unparsed, sorted(folder.rglob("*"))) == (before.unparsed, files)
