"""The gallery under each Django since 5.2: versions.py [VERSION …], such as 6.2 or 7.0a1; needs Python 3.12 or later.

Without a version, all that versions.json has, in their newest releases, and the newest there is, pre-releases too.
"""

import json
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "notebooks"), str(ROOT / "demo_project")]

import django  # noqa: E402
from uv import find_uv_bin  # noqa: E402

from outcomes import run_all  # noqa: E402
from workshop import versions  # noqa: E402
from workshop.errors import WorkshopError  # noqa: E402

MEASURE = "--measure"
VERSION = re.compile(r"\d+\.\d+(?P<exact>(?:\.\d+|(?:a|b|rc)\d+)?)")


def main(names):
    """Try the versions, and store what came out once all have been tried; return the exit code."""
    try:
        if sys.version_info < (3, 12):
            raise WorkshopError("Django 6 needs Python 3.12 or later: make -B PYTHON=python3.13 versions")
        for name in names:
            if not VERSION.fullmatch(name):
                raise WorkshopError(f"{name} is no version of Django. Name one such as 6.1 or 7.0a1.")
        known = versions.read()
        found = {}
        for name in names or dict.fromkeys([*known, newest(known)]):
            found[versions.series(name)] = tried = measured(name)
            print(f"Django {tried.django}: {tried.programs} programs, {len(tried.unlike)} unlike the gallery's words")
        versions.write((known | found).values())
    except WorkshopError as error:
        print(f"versions: {error}", file=sys.stderr)
        return 2
    return 0


def newest(known):
    """Return the newest version that the package index has, by its series where that is known."""
    pins = uv("pip", "compile", "--quiet", "--no-header", "--no-annotate", "--prerelease=allow", "-", given="django\n")
    [version] = re.findall(r"^django==(.+)$", pins, re.M)
    return series if (series := versions.series(version)) in known else version


def measured(name):
    """Return what a Django makes of the programs, in an environment that has it in place of the kit's own."""
    django_of_it = f"django=={name}" if VERSION.fullmatch(name)["exact"] else f"django=={name}.*"
    command = ["run", "--quiet", "--no-project", "--with", django_of_it, "python", __file__, MEASURE]
    return versions.Tried(**json.loads(uv(*command)))


def measure():
    """Run the programs under the Django at hand, and return what came out."""
    outcomes = run_all(versions.tried_on_sqlite())
    found = {f"{file}-{name}": versions.told(outcome) for (file, name, way), outcome in outcomes if way == "run"}
    python = ".".join(platform.python_version_tuple()[:2])
    return {"django": django.__version__, "python": python, "programs": len(found), "unlike": versions.unlike(found)}


def uv(*arguments, given=""):
    """Return what uv prints; it takes this interpreter. Raises WorkshopError with what uv says of a failure."""
    environ = os.environ | {"UV_PYTHON": sys.executable}
    done = subprocess.run([find_uv_bin(), *arguments], input=given, env=environ, capture_output=True, text=True)
    if done.returncode:
        raise WorkshopError(f"nothing was stored. {done.stderr.strip()}")
    return done.stdout


if __name__ == "__main__":
    if sys.argv[1:] == [MEASURE]:
        print(json.dumps(measure()))
    else:
        sys.exit(main(sys.argv[1:]))
