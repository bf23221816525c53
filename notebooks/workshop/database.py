"""A migrated database with LinkUp's demo people, made once for each set of migrations and copied from then on."""

import hashlib
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from itertools import takewhile
from pathlib import Path
from urllib.parse import quote

from .errors import ServerDidNotStart
from .scratch import PROJECT

SEED = Path(__file__).with_name("_seed.py")


@dataclass(frozen=True)
class Seeded:
    """A database file, and what one needs to log in to it; each machine makes its own, none is in the repository."""

    file: Path
    secret_key: str
    password: str
    sessions: dict[str, str]


def program_environ(**extra: str) -> dict[str, str]:
    """Return this process's environment without settings of another LinkUp, and with `extra`.

    Jupyter sets FORCE_COLOR, and Python 3.13 then writes tracebacks in colour, which is for people only.
    """
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("LINKUP_", "DJANGO_", "GIT_"))}
    environ["PYTHON_COLORS"] = "0"
    return environ | {"DJANGO_SETTINGS_MODULE": "linkup.settings", "LINKUP_DEBUG": "1", **extra}


def seeded_database(copy: Path, cache: Path) -> Seeded:
    """Return a database for the program in `copy`. Raises ServerDidNotStart when it cannot be prepared.

    The shipped program makes it, so that nothing a learner edits gets into it. For a copy with other migrations it is
    an old one: taken back, with what is in it, to the last migration both have, and migrated by the copy from there.
    """
    shipped, own = _migrations(PROJECT), _migrations(copy)
    common = list(takewhile(lambda name: own.get(name) == shipped[name], shipped))
    base = cache / _key(version("django"), shipped, common, _sources())
    if not base.exists():
        with _folder(base) as draft:
            _seed(draft, back_to=common[-1] if common else "zero")
    target = base if list(own) == common else cache / _key(base.name, own)
    if not target.exists():
        with _folder(target) as draft:
            shutil.copytree(base, draft, dirs_exist_ok=True)
            _run(copy, draft, "-m", "django", "migrate", "--skip-checks", "--verbosity=0")
    facts = json.loads((target / "facts.json").read_text())
    return Seeded(target / "db.sqlite3", facts["secret_key"], facts["password"], facts["sessions"])


def error_of(process_output: str) -> str:
    """Return what a failed program says of its error: from the last line that starts with a name and a colon on."""
    lines = process_output.strip().splitlines() or ["it printed nothing"]
    first = next((n for n in reversed(range(len(lines))) if re.match(r"[\w.]+: ", lines[n])), -1)
    return "\n".join(lines[first:])


def _migrations(project: Path) -> dict[str, bytes]:
    paths = sorted(project.glob("messaging/migrations/[0-9]*.py"))
    return {path.stem: path.read_bytes() for path in paths}


def _sources() -> list[bytes]:
    files = ["models.py", "message_persistence_manager.py", "management/commands/seed_demo.py"]
    return [path.read_bytes() for path in [SEED, *(PROJECT / "messaging" / name for name in files)]]


def _key(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


@contextmanager
def _folder(target: Path) -> Iterator[Path]:
    """Yield a folder that becomes `target` when all went well."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=target.parent, prefix="draft-"))
    try:
        yield draft
        draft.rename(target)
    except OSError:
        if not target.exists():  # else another kernel was faster; its database serves as well
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _seed(draft: Path, back_to: str) -> None:
    facts = {"secret_key": secrets.token_urlsafe(40), "password": secrets.token_urlsafe(9)}
    (draft / "facts.json").write_text(json.dumps(facts))
    sessions = _run(PROJECT, draft, str(SEED), facts["password"], back_to)
    (draft / "facts.json").write_text(json.dumps(facts | {"sessions": json.loads(sessions)}))


def _run(project: Path, draft: Path, *arguments: str) -> str:
    environ = program_environ(
        LINKUP_SECRET_KEY=json.loads((draft / "facts.json").read_text())["secret_key"],
        LINKUP_DATABASE_URL=f"sqlite:///{quote((draft / 'db.sqlite3').as_posix())}",
        PYTHONDONTWRITEBYTECODE="1",
    )
    done = subprocess.run([sys.executable, *arguments], cwd=project, env=environ, capture_output=True, text=True)
    if done.returncode:
        places = re.findall(rf'File "{re.escape(str(project))}/(.+?)", line (\d+)', done.stderr)
        place = f"{places[-1][0]}:{places[-1][1]}: " if places else ""
        raise ServerDidNotStart(f"the database could not be prepared: {place}{error_of(done.stderr)}")
    return done.stdout
