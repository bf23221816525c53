"""The errors beside SynchronousOnlyOperation: each is known by its text, and stands in README with what to do."""

import re

import pytest

from async_audit.siblings import ITSELF, SIBLINGS, sibling_in
from workshop.index import README, lessons

KNOWN = (ITSELF, *SIBLINGS)
EACH = pytest.mark.parametrize("sibling", KNOWN, ids=lambda sibling: sibling.says[:40])


@EACH
def test_its_text_is_known(sibling):
    assert re.search(sibling.text, sibling.says)
    assert (sibling_in(sibling.says) or ITSELF) is sibling


@EACH
def test_it_says_why_what_to_do_and_what_hides_it(sibling):
    for said in (sibling.why, sibling.fix, sibling.trap):
        assert said.endswith(".")
        assert said.count("`") % 2 == 0
        assert "|" not in said


def table():
    """Return README's table of error texts as it should be."""
    rows = ["| the text of an error | repair | trap | lesson |", "|---|---|---|---|"]
    for sibling in KNOWN:
        says = f"``{sibling.says}``" if "`" in sibling.says else f"`{sibling.says}`"
        rows.append(f"| {says} | {sibling.fix} | {sibling.trap} | [{sibling.lesson[:2]}]({sibling.lesson_file}) |")
    return "\n".join(rows)


def test_the_readme_lists_them():
    assert table() in README.read_text(encoding="utf-8"), f"README.md should have:\n{table()}"


def test_a_lesson_does_not_list_them_again():
    """What a lesson says that one sees leads to it where the text of an error alone does not."""
    said = {sibling.says: sibling.lesson for sibling in KNOWN}
    again = {
        symptom
        for lesson in lessons()
        for symptom in lesson.symptoms
        if said.get(symptom.strip("`")) == lesson.file.removesuffix(".ipynb")
    }
    assert again == set()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("AttributeError: 'coroutine' object has no attribute 'endswith'", "was never awaited"),
        ("TypeError: __str__ returned non-string (type coroutine)", "was never awaited"),
        ("TypeError: '>' not supported between instances of 'int' and 'coroutine'", "was never awaited"),
        ("The type \"<class 'coroutine'>\" cannot be resolved for the field", "was never awaited"),
        ("TypeError: Object of type QuerySet is not JSON serializable", "object QuerySet"),
        ("UserWarning: async_to_sync was passed a non-async-marked callable", "object int"),
        ("TypeError: object HttpResponseServerError can't be used in 'await' expression", "HttpResponseRedirect"),
        ("TypeError: 'async for' requires an object with __aiter__ method, got list", "got generator"),
        ("TypeError: 'SyncToAsync' object is not iterable", "sync_to_async can only"),
        ("TypeError: sync_to_async() got an unexpected keyword argument 'pk'", "sync_to_async can only"),
        ("There is no current event loop in thread 'ThreadPoolExecutor-0_0'.", "no running event loop"),
        ("RuntimeError: <asyncio.locks.Lock object> is bound to a different event loop", "different loop"),
        ("sqlite3.OperationalError: database table is locked", "database is locked"),
        ("RuntimeError: This event loop is already running", "asyncio.run()"),
    ],
)
def test_other_words_of_the_same(text, says):
    assert says in sibling_in(text).says


@pytest.mark.parametrize("text", ["KeyError: 'loop'", "ERROR Logging error", "a coroutine", "The row is locked."])
def test_what_only_sounds_like_it(text):
    assert sibling_in(text) is None
