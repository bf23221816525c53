"""The lists of packages agree, the commands of the README exist, and the code is clean."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
LOCK = (ROOT / "requirements.txt").read_text()
README = (ROOT / "README.md").read_text(encoding="utf-8")
PYTHONS = ["3.11", "3.12", "3.13"]


def declared():
    """Return what pyproject.toml says that the kit needs."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        return [Requirement(line) for line in tomllib.load(file)["dependency-groups"]["kit"]]


def locked():
    """Return (requirement, number of hashes) of each package in requirements.txt."""
    blocks = re.split(r"^(?=[a-z0-9])", LOCK, flags=re.M | re.I)[1:]
    return [(Requirement(block.split("\\")[0].strip()), block.count("--hash=sha256:")) for block in blocks]


def holds(marker: Marker | None, python):
    return marker is None or marker.evaluate({"python_version": python, "python_full_version": f"{python}.0"})


@pytest.mark.parametrize("python", PYTHONS)
def test_the_lock_satisfies_every_declared_dependency(python):
    versions = {package.name: package.specifier for package, _hashes in locked() if holds(package.marker, python)}
    for requirement in declared():
        if holds(requirement.marker, python):
            (pin,) = versions[requirement.name.lower()]
            assert requirement.specifier.contains(pin.version), requirement


def test_django_is_the_lts_below_3_12_and_newest_from_there():
    djangos = {
        python: next(str(p.specifier) for p, _ in locked() if p.name == "django" and holds(p.marker, python))
        for python in PYTHONS
    }
    assert djangos["3.11"].startswith("==5.2.")
    assert djangos["3.12"] == djangos["3.13"]
    assert djangos["3.13"].startswith("==6.")


def test_every_package_is_locked_with_hashes_and_no_index_is_named():
    assert all(hashes for _package, hashes in locked())
    assert not re.search(r"^--|://", LOCK, re.M)


def test_conda_installs_the_same_lock_on_the_same_pythons():
    text = (ROOT / "environment.yml").read_text()
    assert re.findall(r"^ +- (?!pip)(.+)$", text, re.M)[2:] == [
        "python >=3.11,<3.14",
        "git",
        "make",
        "-r requirements.txt",
    ]
    with (ROOT / "pyproject.toml").open("rb") as file:
        assert tomllib.load(file)["project"]["requires-python"] == ">=3.11"


def test_the_commands_of_the_readme_are_targets_of_the_makefile():
    named = re.findall(r"^([\w -]+):", (ROOT / "Makefile").read_text(), re.M)
    targets = {target for names in named for target in names.split()}
    assert set(re.findall(r"\bmake ([a-z][a-z-]*)\b", README)) <= targets
    assert "make test" in (ROOT / ".ci/run").read_text()


def test_compose_starts_what_its_variables_name():
    text = (ROOT / "compose.yaml").read_text()
    database, layer = map(urlsplit, re.findall(r"^#.+ LINKUP_\w+_URL=(\S+)$", text, re.M))
    assert re.findall(r'ports: \["(.+):\d+"\]', text) == [f"{url.hostname}:{url.port}" for url in (database, layer)]
    name = database.path.removeprefix("/")
    assert f"POSTGRES_DB: {name}\n" in text
    ready = ["pg_isready", "--host", database.hostname, "--username", database.username, "--dbname", name]
    assert f"test: {json.dumps(['CMD', *ready])}\n" in text


def test_an_old_python_is_told_what_to_do(tmp_path):
    old = tmp_path / "python-old"
    pretend = "import sys; sys.version_info = (3, 9); sys.version = '3.9.1 x'; exec(sys.argv[1])"
    old.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{pretend}" "$2"\n')
    old.chmod(0o755)
    for name in ("Makefile", "requirements.txt"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    done = subprocess.run(["make", "lab", f"PYTHON={old}"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode
    assert "needs Python 3.11 or later" in done.stderr
    assert "make PYTHON=python3.13 lab" in done.stderr
    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize("command", [["ruff", "format", "--check"], ["ruff", "check"], ["mypy"]], ids=" ".join)
def test_the_code_is_clean(command):
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_pytest_starts_without_the_grammar_of_web_addresses():
    """Else each of its many starts here takes twice the time: lean.py has to come before all other plugins."""
    assert "jsonschema" in sys.modules
    assert "lark" not in sys.modules
