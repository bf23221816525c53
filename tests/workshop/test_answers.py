"""Every exercise takes each right answer, and tells each wrong one what a user would notice."""

import ast
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from answers import (
    allowance,
    button,
    download,
    fields,
    health,
    history,
    inbox,
    leaving,
    logging_out,
    marks,
    peers,
    presence,
    read_all,
    seeding,
    storing,
    users,
)

from workshop import Lab


@dataclass(frozen=True)
class Asked:
    """One exercise, its answers, and how an answer gets into the file."""

    bug: str
    number: int
    right: dict[str, str]
    wrong: dict[str, tuple[str, str]]
    put: Callable[[str, str], str]


def in_place_of(name: str) -> Callable[[str, str], str]:
    """Return what replaces a function or a method, with its decorators, by an answer."""

    def put(text: str, answer: str) -> str:
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
        (node,) = (node for node in ast.walk(ast.parse(text)) if isinstance(node, kinds) and node.name == name)
        lines = text.splitlines(keepends=True)
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        return "".join([*lines[: first - 1], answer, *lines[node.end_lineno :]])

    return put


MARKS = in_place_of("mark_messages_async")
EXERCISES = {
    "01.1": Asked(
        "01_missing_updated_at",
        1,
        fields.RIGHT_TIMES,
        fields.WRONG_TIMES,
        lambda text, answer: text.replace(fields.LINE, answer),
    ),
    "01.2": Asked(
        "01_missing_updated_at", 2, fields.RIGHT_MIGRATIONS, fields.WRONG_MIGRATIONS, lambda text, answer: answer
    ),
    "02.1": Asked("02_online_status", 1, presence.RIGHT, presence.WRONG, in_place_of("get_user_presence")),
    "02.2": Asked("02_online_status", 2, marks.RIGHT, marks.WRONG, MARKS),
    "03.1": Asked(
        "03_persistence_manager", 1, history.RIGHT, history.WRONG, in_place_of("get_conversation_messages_async")
    ),
    "03.2": Asked("03_persistence_manager", 2, marks.RIGHT, marks.WRONG_IN_A_TRANSACTION, MARKS),
    "05.1": Asked("05_where_the_work_runs", 1, health.RIGHT, health.WRONG, in_place_of("_database_answers")),
    "05.2": Asked("05_where_the_work_runs", 2, users.RIGHT, users.WRONG, in_place_of("find_user")),
    "06.1": Asked("06_attributes_that_query", 1, inbox.RIGHT, inbox.WRONG, in_place_of("conversations")),
    "06.2": Asked("06_attributes_that_query", 2, peers.RIGHT, peers.WRONG, in_place_of("find_user")),
    "07.1": Asked("07_requests_and_pages", 1, read_all.RIGHT, read_all.WRONG, in_place_of("read_all")),
    "07.2": Asked("07_requests_and_pages", 2, download.RIGHT, download.WRONG, in_place_of("_lines")),
    "08.1": Asked("08_channels_own_traps", 1, leaving.RIGHT, leaving.WRONG, in_place_of("leave")),
    "08.2": Asked("08_channels_own_traps", 2, logging_out.RIGHT, logging_out.WRONG, in_place_of("close_sockets")),
    "09.1": Asked("09_transactions_and_wrong_fixes", 1, button.RIGHT, button.WRONG, in_place_of("mark_all_read_async")),
    "09.2": Asked(
        "09_transactions_and_wrong_fixes", 2, storing.RIGHT, storing.WRONG, in_place_of("create_message_async")
    ),
    "10.1": Asked("10_no_async_in_my_code", 1, allowance.RIGHT, allowance.WRONG, in_place_of("allowance_of")),
    "10.2": Asked(
        "10_no_async_in_my_code",
        2,
        seeding.RIGHT,
        seeding.WRONG,
        lambda text, answer: text.partition("    @transaction.atomic\n")[0] + answer,
    ),
}


@pytest.fixture(scope="module")
def labs(tmp_path_factory, pytestconfig):
    """One copy of LinkUp for all answers to an exercise."""
    folder = tmp_path_factory.mktemp("answers")
    (folder / ".cache").symlink_to((pytestconfig.rootpath / pytestconfig.scratch / ".cache").resolve())
    made: dict[str, Lab] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKSHOP_SCRATCH", str(folder))
        yield made
        for lab in made.values():
            lab._release()


async def verdict_on(labs, exercise, answer):
    """Return what the check says of one answer."""
    asked = EXERCISES[exercise]
    lab = labs.get(asked.bug) or labs.setdefault(asked.bug, Lab(asked.bug))
    lab.exercise(asked.number)
    path = lab.root / lab.bugs[0].exercises[asked.number - 1].file
    given = path.read_text()
    path.write_text(asked.put(given, answer))
    assert path.read_text() != given
    verdict = await lab.judge(asked.number)
    path.write_text(given)  # else the next answer would find it kept
    return verdict.text


def pytest_generate_tests(metafunc):
    asked = EXERCISES[metafunc.cls.exercise]
    for kind, answers in [("right", asked.right), ("wrong", asked.wrong)]:
        if kind in metafunc.fixturenames:
            metafunc.parametrize(kind, answers)


class Answers:
    """The tests of one exercise; each class is a piece of work for one core."""

    exercise: str

    async def test_a_right_answer_solves_it(self, labs, right):
        text = await verdict_on(labs, self.exercise, EXERCISES[self.exercise].right[right])
        assert text.startswith("Solved: ")

    async def test_a_wrong_answer_is_told_what_a_user_would_notice(self, labs, wrong):
        answer, says = EXERCISES[self.exercise].wrong[wrong]
        text = await verdict_on(labs, self.exercise, answer)
        assert text.startswith("Not yet: ")
        assert says in text

    def test_there_are_answers_of_both_kinds(self):
        assert len(EXERCISES[self.exercise].right) >= 3
        assert len(EXERCISES[self.exercise].wrong) >= 4


class TestTimesInAFrame(Answers):
    exercise = "01.1"


class TestMigration(Answers):
    exercise = "01.2"


class TestPresence(Answers):
    exercise = "02.1"


class TestMarks(Answers):
    exercise = "02.2"


class TestHistory(Answers):
    exercise = "03.1"


class TestMarksInATransaction(Answers):
    exercise = "03.2"


class TestHealth(Answers):
    exercise = "05.1"


class TestUsers(Answers):
    exercise = "05.2"


class TestInbox(Answers):
    exercise = "06.1"


class TestPeers(Answers):
    exercise = "06.2"


class TestReadAll(Answers):
    exercise = "07.1"


class TestDownload(Answers):
    exercise = "07.2"


class TestLeaving(Answers):
    exercise = "08.1"


class TestLoggingOut(Answers):
    exercise = "08.2"


class TestButton(Answers):
    exercise = "09.1"


class TestStoring(Answers):
    exercise = "09.2"


class TestAllowance(Answers):
    exercise = "10.1"


class TestSeeding(Answers):
    exercise = "10.2"
