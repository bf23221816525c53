"""The checker as a package: built, installed where nothing else is, and started as a user and pre-commit do."""

import email
import json
import shutil
import subprocess
import sys
import tomllib
import zipfile

import pytest
import yaml
from packaging.requirements import Requirement

from workshop.gallery import GALLERY
from workshop.scratch import PROJECT

ROOT = PROJECT.parent
SAID = tomllib.loads((ROOT / "pyproject.toml").read_text())
UV = [sys.executable, "-m", "uv", "--offline"]
COMMAND = "check-async-errors"

VIEWS = """\
from django.contrib.auth.models import User


async def show(request, pk):
    return page(User.objects.get(pk=pk))
"""
FOUND = """\
shop/views.py:5:17: DAS001 User.objects.get() asks the database; await aget() instead
Found 1 place in the source. More: --explain DAS001
"""


def run(*command, cwd=None):
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of this repository, made from the source distribution."""
    folder = tmp_path_factory.mktemp("dist")
    code, _out, err = run(*UV, "build", "--quiet", "--out-dir", folder, ROOT)
    assert code == 0, err
    [file] = folder.glob("*.whl")
    assert len(list(folder.glob("*.tar.gz"))) == 1
    return file


@pytest.fixture(scope="module")
def command(wheel, tmp_path_factory):
    """The command, installed in an environment that has nothing else."""
    folder = tmp_path_factory.mktemp("environment")
    for arguments in (["venv", "--python", sys.executable, folder], ["pip", "install", "--python", folder, wheel]):
        code, _out, err = run(*UV, *arguments)
        assert code == 0, err
    listed = json.loads(run(*UV, "pip", "list", "--python", folder, "--format=json")[1])
    assert [package["name"] for package in listed] == [COMMAND]
    return folder / "bin" / COMMAND


@pytest.fixture
def project(tmp_path):
    """A project with a finding in it, one that takes knowing Django's own models."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/views.py").write_text(VIEWS)
    return tmp_path


def test_it_holds_the_checker_alone(wheel):
    with zipfile.ZipFile(wheel) as archive:
        files = {name for name in archive.namelist() if not name.endswith("/") and ".dist-info/" not in name}
    tracked = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "async_audit", cwd=PROJECT)[
        1
    ].splitlines()
    assert files == set(tracked)
    assert "async_audit/static/django_facts.toml" in files


def test_pytest_knows_its_plugin(wheel):
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith("/entry_points.txt")]
        said = archive.read(name).decode()
    assert "[pytest11]\nasync_audit.live.plugin = async_audit.live.plugin\n" in said


def test_what_it_says_of_itself(wheel):
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith("/METADATA")]
        said = email.message_from_bytes(archive.read(name))
        assert [name for name in archive.namelist() if name.endswith("/licenses/LICENSE")]
    assert (said["Name"], said["Requires-Python"], said["License-Expression"]) == (COMMAND, ">=3.11", "MIT")
    assert said.get_all("Requires-Dist") == ["django>=5.2 ; extra == 'django'"]
    page = (PROJECT / "async_audit/README.md").read_text()
    assert said["Description-Content-Type"] == "text/markdown"
    assert said.get_payload().strip() == page.strip()


def test_the_locked_uv_builds_it():
    [backend] = map(Requirement, SAID["build-system"]["requires"])
    lock = (ROOT / "requirements.txt").read_text()
    [version] = [line.split("==")[1].split()[0] for line in lock.splitlines() if line.startswith("uv==")]
    assert backend.specifier.contains(version), f"{backend} in pyproject.toml, and the lock has {version}"


def test_without_django_it_finds_what_it_finds_with_it(command, tmp_path):
    options = ["--tests", "--all", "--format", "json"]
    folder = shutil.copytree(GALLERY, tmp_path / "gallery")  # where it stands, pyproject.toml excludes it
    alone = run(command, folder, *options, cwd="/")
    assert alone[0] == 1, alone
    assert len(json.loads(alone[1])["findings"]) > 400
    assert alone == run(sys.executable, PROJECT / "check_async_errors.py", folder, *options, cwd="/")


def test_it_starts_without_django(command):
    assert run(command, "--help")[1].startswith(f"usage: {COMMAND} ")
    assert run(command, "--explain", "DAS003")[1].startswith("DAS003 lazy-relation: ")
    code, _out, err = run(command)
    assert (code, err.count("\n")) == (2, 1)
    assert "Name the folder of a project" in err


def test_the_hook_installs_itself(command, project):
    [hook] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert (hook["id"], hook["language"], hook["pass_filenames"]) == (COMMAND, "python", False)
    assert hook["entry"] in SAID["project"]["scripts"], "pre-commit installs the root of this repository"
    entry = [command.with_name(hook["entry"]), *hook["args"]]
    assert run(*entry, cwd=project) == (1, FOUND, "")
    (project / "shop/views.py").write_text("async def answer():\n    return 42\n")
    assert run(*entry, cwd=project) == (0, "Nothing found in the source (1 file).\n", "")


def steps():
    """Return the commands of the example workflow, as a pull request against main runs them."""
    workflow = yaml.safe_load((PROJECT / "check_async_errors.workflow.yaml").read_text())
    assert set(workflow[True]) == {"push", "pull_request"}  # YAML reads the key `on` as a truth value
    assert workflow["permissions"]["security-events"] == "write"
    [job] = workflow["jobs"].values()
    return [step["run"].replace("${{ github.base_ref }}", "main") for step in job["steps"] if "run" in step]


def test_the_example_workflow(command, project):
    git = ["git", "-c", "user.name=Ana", "-c", "user.email=ana@example.org"]
    for arguments in (
        ["init", "-q"],
        ["add", "."],
        ["commit", "-qm", "begin"],
        ["update-ref", "refs/remotes/origin/main", "HEAD"],
    ):
        assert run(*git, *arguments, cwd=project)[0] == 0
    _install, adds, all_findings = [f"PATH={command.parent}:$PATH\n{step}" for step in steps()]
    shell = ["bash", "-e", "-c"]  # as GitHub runs a step
    assert run(*shell, adds, cwd=project) == (0, "::notice::1 at origin/main already.\n", "")
    (project / "shop/new.py").write_text(VIEWS)
    code, out, _err = run(*shell, adds, cwd=project)
    assert (code, out.count("::warning file=shop/new.py,line=5")) == (1, 1)
    assert run(*shell, all_findings, cwd=project) == (0, "", "")
    [sarif] = json.loads((project / "soo.sarif").read_text())["runs"]
    assert len(sarif["results"]) == 2
    (project / "pyproject.toml").write_text("[tool.async_audit")
    assert run(*shell, all_findings, cwd=project)[0] != 0, "what cannot be read fails the step"
