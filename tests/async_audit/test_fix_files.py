"""--fix and --write: what else of a file stays as it was written, and what is not written at all."""

import re
import shutil
import subprocess
from dataclasses import replace

import pytest
from django.core.management import call_command
from fixing import DECORATED, HEAD, HELPER, IMPORT, SIGNATURE, run
from test_damaged_sources import damage

from async_audit.command import main
from async_audit.fix import fix
from async_audit.static import audit
from workshop.gallery import GALLERY

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


def test_a_comment_that_moves_silences_its_line_still(shop, capsys):
    silenced = f"\n\n{SIGNATURE.replace('view', 'other')}return Book.objects.get(pk=pk)  # noqa: DAS001\n"
    file = shop / "shop/views.py"
    file.write_text(HEAD + HELPER + silenced)
    assert run(capsys, shop, "--fix", "--write")[0] == 0
    assert file.read_text() == HEAD.replace("\n\n\n", f"\n{IMPORT}\n\n") + DECORATED + silenced


@pytest.mark.parametrize("ending", ["\n", "\r\n", ""])
def test_what_is_shown_is_what_is_written(shop, capsys, ending):
    file = shop / "shop/views.py"
    source = (HEAD + QUERY).rstrip("\n").replace("\n", ending or "\n") + ending
    file.write_bytes(source.encode())
    subprocess.run(["git", "init", "--quiet", shop], check=True)
    code, shown, said = run(capsys, shop, "--fix")
    assert (code, said) == (1, "With --write, it would repair 1 in 1 file; 0 left.\n")
    assert file.read_bytes() == source.encode()
    subprocess.run(["git", "-C", shop, "apply", "-"], input=shown.encode(), check=True)
    applied = file.read_bytes()
    file.write_bytes(source.encode())
    assert run(capsys, shop, "--fix", "--write") == (0, shown, "Repaired 1 in 1 file; 0 left.\n")
    assert file.read_bytes() == applied
    assert applied != source.encode()


@pytest.mark.parametrize("wrong", ["not ", "await await ", "str(await "], ids=["finding", "no Python", "no end"])
def test_what_the_checker_does_not_agree_with_is_left_and_said(shop, monkeypatch, capsys, wrong):
    """One file is repaired wrongly, another one right."""
    for name in ("views.py", "pages.py"):
        (shop / "shop" / name).write_text(f"{HEAD}{SIGNATURE}return Book.objects.get(pk=pk)\n")
    before = (shop / "shop/views.py").read_bytes()
    real = fix.repair

    def repair(source, finding, uses):
        word = wrong if finding.path == "shop/views.py" else "await "
        return [replace(edit, text=edit.text.replace("await ", word)) for edit in real(source, finding, uses)]

    monkeypatch.setattr(fix, "repair", repair)
    code, shown, said = run(capsys, shop, "--fix", "--write")
    assert (code, "shop/views.py" in shown) == (1, False)
    assert said.splitlines() == [
        "shop/views.py:5: DAS001 is left: with its repair, the checker finds something else.",
        "Repaired 1 in 1 file; 1 left.",
    ]
    assert (shop / "shop/views.py").read_bytes() == before
    assert "await Book.objects.aget" in (shop / "shop/pages.py").read_text()


def test_a_repair_that_shows_something_elsewhere_is_taken_back(shop, monkeypatch, capsys):
    (shop / "shop/views.py").write_text(HEAD + HELPER)
    (shop / "shop/pages.py").write_text(
        "from shop import views\n\n\nasync def page():\n    return list(views.cheapest())\n"
    )
    monkeypatch.setattr(fix, "_uses", lambda root, name: 2)
    before = {file: file.read_bytes() for file in shop.rglob("*.py")}
    run(capsys, shop, "--fix", "--write")
    assert {file: file.read_bytes() for file in shop.rglob("*.py")} == before


def test_only_what_is_reported_is_repaired(shop, repaired, capsys):
    source = f"{SIGNATURE}return Book.objects.get(pk=pk)\n"
    assert repaired(source, "--ignore", "DAS001") == source
    assert run(capsys, shop, "--write-baseline", shop / "known.json")[0] == 0
    assert repaired(source, "--baseline", str(shop / "known.json")) == source


def test_the_management_command_repairs_too(shop, capsys):
    file = shop / "shop/views.py"
    file.write_text(f"{HEAD}{SIGNATURE}return Book.objects.get(pk=pk)\n")
    call_command("check_async_errors", str(shop), fix=True, write=True)
    shown, said = capsys.readouterr()
    assert shown.startswith("--- a/shop/views.py\n+++ b/shop/views.py\n@@ ")
    assert said == "Repaired 1 in 1 file; 0 left.\n"
    call_command("check_async_errors", str(shop), fix=True, write=True)
    assert capsys.readouterr() == ("", "Repaired 0 in 0 files; 0 left.\n")


def test_a_file_that_changes_meanwhile_is_left_alone(shop, monkeypatch, capsys):
    file = shop / "shop/views.py"
    file.write_text(f"{HEAD}{SIGNATURE}return Book.objects.get(pk=pk)\n")
    real = fix.diff
    monkeypatch.setattr(fix, "diff", lambda *arguments: (real(*arguments), file.write_text("mine"))[0])
    code, _out, err = run(capsys, shop, "--fix", "--write")
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
def test_what_has_no_meaning(shop, monkeypatch, capsys, options, said):
    (shop / "README.md").touch()
    monkeypatch.chdir(shop)
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
