"""Source that is newer than the Python at hand is read all the same, or the checker says which Python to use."""

import ast
import sys

import pytest

from async_audit.static import audit, newer

QUERY = "    return Author.objects.count()\n"
HEAD = "from django.db import models\n\n\nclass Author(models.Model):\n    name = models.TextField()\n\n\n"
ASK = "async def ask():\n"
NEWER = {
    "except without parentheses": f"""try:
    import json
except ImportError, ValueError:
    json = None


{ASK}{QUERY}""",
    "except* without parentheses": f"""def run(work):
    try:
        work()
    except* ValueError, TypeError:
        pass


{ASK}{QUERY}""",
    "type parameters": f"""class Box[T: (int, str)]:
    pass


async def ask[T, *Ts, **P](*given: *Ts) -> Box[T]:
{QUERY}""",
    "an alias of a type": f"""type Names = list[str]
type Pair[T] = tuple[T, T]


async def ask() -> Names:
{QUERY}""",
    "quotes in a field": f"""def line(row):
    return f'{{row['name']:>{{row['width']}}}} {{{{its}}}} {{', '.join(row['tags'])}}'


{ASK}{QUERY}""",
}


@pytest.mark.parametrize("text", NEWER.values(), ids=NEWER)
def test_it_is_read_and_its_lines_are_where_they_were(text, tmp_path):
    (tmp_path / "app.py").write_text(HEAD + text, encoding="utf-8")
    report = audit(tmp_path)
    assert report.unparsed == []
    [finding] = report.findings
    assert (HEAD + text).splitlines()[finding.line - 1] == QUERY.rstrip()


@pytest.mark.parametrize("text", NEWER.values(), ids=NEWER)
def test_it_is_written_as_any_python_reads_it(text):
    ast.parse(newer.as_older(HEAD + text), feature_version=(3, 11))


OLDER = "names = {'a': 1}  # it's\ndoc = \"\"\"except A, B: 'x'\"\"\"\nline = f'{names[\"a\"]} {{}} {names}' + '{\"}'\n"


def test_what_is_old_stays_as_it_is():
    assert newer.as_older(OLDER) == OLDER
    assert newer.needs(OLDER) == ""


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python reads it")
def test_what_cannot_be_written_anew_says_which_python_reads_it(tmp_path):
    (tmp_path / "app.py").write_text("def ask[T]():\n    return f'{\n1}'\n", encoding="utf-8")
    (tmp_path / "other.py").write_text(HEAD + "async def ask():\n" + QUERY, encoding="utf-8")
    report = audit(tmp_path)
    assert [finding.path for finding in report.findings] == ["other.py"]
    [unparsed] = report.unparsed
    assert unparsed.reason.endswith("; run the checker with Python 3.12 or newer")
