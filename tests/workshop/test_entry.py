"""The exercise of lesson 04: entries of CHECKS that notice what they should, and others that only seem to."""

import pytest

from workshop.entry import OPERATIONS, PROGRAMS, judge_entry
from workshop.scratch import PROJECT

END = '    ("mark_messages_async", "moves messages to read, and never back", _marks_messages),\n]'
FRESH = """
@database_sync_to_async
def _three(people: People) -> list[int]:
    create = Message.objects.create
    return [create(sender_id=people.ana, recipient_id=people.ben, content="?").pk for _ in range(3)]


@database_sync_to_async
def _how_far(ids: list[int]) -> list[str]:
    return list(Message.objects.filter(pk__in=ids).order_by("pk").values_list("status", flat=True))


async def _up_to(people: People) -> None:
    ids = await _three(people)
"""
RIGHT = {
    "all three at once": FRESH
    + """    await mark_messages_async(people.ben, people.ana, ids[1], "read")
    expect(await _how_far(ids), ["read", "read", "sent"])
""",
    "one after the other": FRESH
    + """    for done, last in enumerate(ids, 1):
        expect(await mark_messages_async(people.ben, people.ana, last, "delivered"), True)
        expect((await _how_far(ids)).count("delivered"), done, "the number of delivered messages")
""",
    "as its reader sees it": FRESH
    + """    await mark_messages_async(people.ben, people.ana, ids[0], "read")
    shown = await get_conversation_messages_async(people.ben, people.ana)
    expect([m["status"] for m in shown if m["id"] in ids], ["read", "sent", "sent"])
""",
}
WRONG = {
    "nothing": (None, "The script is green all the same"),
    "not in the list": (RIGHT["all three at once"], "The script is green all the same"),
    "what it returns alone": (
        FRESH + '    expect(await mark_messages_async(people.ben, people.ana, ids[1], "read"), True)\n',
        "he has read all of them",
    ),
    "only those that stay": (
        FRESH
        + """    await mark_messages_async(people.ben, people.ana, ids[1], "read")
    expect((await _how_far(ids))[2], "sent")
""",
        "for Ana that one stays unread",
    ),
    "red at all times": (FRESH + '    expect(ids, [], "the messages")\n', "as it is shipped, the script is red"),
    "not awaited": (
        FRESH
        + """    asyncio.ensure_future(mark_messages_async(people.ben, people.ana, ids[1], "read"))
    expect(await _how_far(ids), ["read", "read", "sent"])
""",
        "as it is shipped, the script is red",
    ),
    "the text of the function": (
        """
import inspect
from messaging import message_persistence_manager


async def _up_to(people: People) -> None:
    expect("pk__lte=up_to_id" in inspect.getsource(message_persistence_manager.mark_messages), True)
""",
        "no user notices, and the script is red",
    ),
    "instead of the others": (RIGHT["all three at once"], "no longer looks at what it looked at before"),
}


def operations(tmp_path, name, entry):
    """Write an operations.py with an entry in it."""
    text = (PROJECT / OPERATIONS).read_text()
    assert text.count(END) == 1
    before, _checks, entries = text.partition("# What is called, what it has to do")
    if entry:
        text = f"{before}{entry}\n\n{_checks}{entries}"
    line = '    ("mark_messages_async", "moves messages up to one", _up_to),\n]'
    if entry and name not in ("not in the list",):
        text = text.replace(END, END.removesuffix("]") + line if name != "instead of the others" else line)
    path = tmp_path / "operations.py"
    path.write_text(text)
    return path


@pytest.mark.parametrize("name", RIGHT)
async def test_a_right_entry_solves_it(tmp_path, name):
    assert (await judge_entry(operations(tmp_path, name, RIGHT[name]))).startswith("Solved: ")


@pytest.mark.parametrize("name", WRONG)
async def test_a_wrong_entry_is_told_what_goes_unseen(tmp_path, name):
    entry, says = WRONG[name]
    text = await judge_entry(operations(tmp_path, name, entry))
    assert text.startswith("Not yet: ")
    assert says in text


def test_there_are_programs_of_both_kinds():
    assert {bool(program.users) for program in PROGRAMS} == {True, False}
