"""--diff REV: what was there at a revision of git is left out, and neither work tree nor index is touched."""

import subprocess

import pytest

from async_audit.command import main

MODELS = """\
from django.db import models


class Book(models.Model):
    title = models.TextField()
"""
VIEWS = """\
from shop.models import Book


async def show(request, pk):
    return Book.objects.get(pk=pk)
"""
MORE = """

async def count(request):
    return Book.objects.count()
"""
KNOWN = "1 at HEAD already.\n"
NOTHING_NEW = f"Nothing new found in the source (3 files).\n{KNOWN}"


def git(folder, *arguments):
    command = ["git", "-c", "user.name=Ana", "-c", "user.email=ana@example.org", "-C", folder, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project in a folder of a repository, committed with one finding."""
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "repository" / "site"
    (folder / "shop").mkdir(parents=True)
    (folder / "shop/__init__.py").touch()
    (folder / "shop/models.py").write_text(MODELS)
    (folder / "shop/views.py").write_text(VIEWS)
    git(tmp_path, "init", "--quiet", "repository")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message=begin")
    return folder


def run(capsys, *arguments):
    """Run the command line; return exit code, output, errors."""
    code = main([str(argument) for argument in arguments])
    return code, *capsys.readouterr()


def test_what_was_there_is_left_out(project, capsys):
    assert run(capsys, project)[0] == 1
    assert run(capsys, project, "--diff", "HEAD") == (0, NOTHING_NEW, "")


def test_what_a_change_adds(project, capsys):
    views = project / "shop/views.py"
    views.write_text(f"import os\n{VIEWS}{MORE}")
    (project / "shop/later.py").write_text(VIEWS)  # git does not know of it yet
    code, out, err = run(capsys, project, "--diff", "HEAD")
    assert (code, err) == (1, "")
    assert [line.partition(" ")[0] for line in out.splitlines()] == [
        "shop/later.py:5:12:",
        "shop/views.py:10:12:",
        "Found",
        "1",
    ]
    assert run(capsys, views, "--diff", "HEAD")[1].endswith(
        f"Found 1 new place in the source. More: --explain DAS001\n{KNOWN}"
    )


def test_what_a_change_elsewhere_adds(project, capsys):
    """The finding's own line is old; that it asks the database is new."""
    (project / "shop/views.py").write_text(
        VIEWS.replace("Book.objects.get(pk=pk)", "str(await Book.objects.aget(pk=pk))")
    )
    git(project, "commit", "--all", "--quiet", "--message=repair")
    assert run(capsys, project) == (0, "Nothing found in the source (3 files).\n", "")
    (project / "shop/models.py").write_text(
        f"{MODELS}\n    def __str__(self):\n        return str(Book.objects.count())\n"
    )
    code, out, _err = run(capsys, project, "--diff", "HEAD")
    assert (code, out.split()[:2]) == (1, ["shop/views.py:5:16:", "DAS013"])


def test_a_file_that_was_renamed_adds_nothing(project, capsys):
    git(project, "mv", "shop/views.py", "shop/pages.py")
    assert run(capsys, project, "--diff", "HEAD") == (0, NOTHING_NEW, "")


def test_a_folder_that_is_new_adds_all_of_it(project, capsys):
    (project / "blog").mkdir()
    (project / "blog/views.py").write_text(VIEWS)
    code, out, _err = run(capsys, project / "blog", "--diff", "HEAD")
    assert (code, out.splitlines()[-1]) == (1, "0 at HEAD already.")


def test_a_revision_without_python(project, capsys):
    git(project, "rm", "-r", "--cached", "--quiet", ".")
    (project / "notes.txt").touch()
    git(project, "add", "notes.txt")
    git(project, "commit", "--quiet", "--message=notes")
    code, out, _err = run(capsys, project, "--diff", "HEAD")
    assert (code, out.splitlines()[-1]) == (1, "0 at HEAD already.")
    git(project, "rm", "-r", "--cached", "--quiet", ".")
    git(project, "commit", "--quiet", "--allow-empty", "--message=nothing")
    assert run(capsys, project, "--diff", "HEAD")[:2] == (code, out)


def test_it_leaves_the_repository_as_it_is(project, capsys):
    (project / "shop/views.py").write_text(VIEWS + MORE)
    git(project, "add", ".")
    (project / "shop/views.py").write_text(VIEWS)
    (project / "shop/later.py").write_text(VIEWS)
    before = git(project, "status", "--porcelain"), git(project, "worktree", "list"), git(project, "stash", "list")
    run(capsys, project, "--diff", "HEAD")
    assert before == (
        git(project, "status", "--porcelain"),
        git(project, "worktree", "list"),
        git(project, "stash", "list"),
    )
    assert before[0] == "MM site/shop/views.py\n?? site/shop/later.py\n"


def test_in_a_hook_of_git_the_index_of_the_commit_is_left_alone(project, monkeypatch, capsys):
    index = project.parent / ".git/index"
    before = index.read_bytes()
    monkeypatch.setenv("GIT_INDEX_FILE", str(index))
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.chdir(project.parent)
    assert run(capsys, "site", "--diff", "HEAD") == (0, NOTHING_NEW, "")
    assert index.read_bytes() == before


@pytest.mark.parametrize("name", ["nowhere", "HEAD~1", "", "-x", "HEAD:site"])
def test_a_revision_that_there_is_not(project, capsys, name):
    code, out, err = run(capsys, project, f"--diff={name}")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"check_async_errors: --diff cannot read {name!r}, for git says: ")
    assert err.endswith("Name a commit, branch or tag of the repository that the project is in.\n")


def test_no_repository(project, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    elsewhere = project.rename(tmp_path / "elsewhere")
    code, out, err = run(capsys, elsewhere, "--diff", "HEAD")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "git says: not a git repository" in err


def test_a_path_outside_the_repository(project, tmp_path, capsys):
    (project / "other").symlink_to(tmp_path)
    code, out, err = run(capsys, project, project / "other", "--diff", "HEAD")
    assert (code, out) == (2, "")
    assert f"{project}/other is not in the repository {project.parent}" in err


def test_no_git(project, monkeypatch, capsys):
    monkeypatch.setenv("PATH", "/nowhere")
    said = "check_async_errors: --diff needs git, which is not installed: install it, or use --baseline.\n"
    assert run(capsys, project, "--diff", "HEAD") == (2, "", said)
