"""Each look of a check is needed: without it, a wrong answer passes for solved."""

import pytest
from answers.test_fields import TestMigration as Migration
from answers.test_history import TestHistory as History
from answers.test_marks import TestMarks as Marks
from answers.test_marks import TestMarksInATransaction as MarksInATransaction
from answers.test_presence import TestPresence as Presence

from workshop import verdict

LOOKS = [
    ("_on_loop", Presence, "the guard off"),
    ("_stalled", Presence, "sleep on the loop"),
    ("_late", Marks, "started and forgotten"),
    ("_split", MarksInATransaction, "entered in one hop, left in another"),
    ("_left_open", History, "to_thread"),
    ("_too_much", History, "a query for each row"),
]


@pytest.mark.parametrize(("look", "answers", "name"), LOOKS)
async def test_without_this_look_a_wrong_answer_gets_another_verdict(scratch, monkeypatch, look, answers, name):
    answer, says = answers.wrong[name]
    monkeypatch.setattr(verdict, look, lambda exercise, events: None)
    with answers.copy_of_linkup() as lab:
        assert says not in await answers().verdict_on(lab, answer)


async def test_without_a_look_at_migrations_a_wrong_one_passes(scratch, monkeypatch):
    async def agree(_lab):
        return None

    monkeypatch.setattr("workshop.Lab._migrations", agree)
    answer, _says = Migration.wrong["left nullable"]
    with Migration.copy_of_linkup() as lab:
        assert (await Migration().verdict_on(lab, answer)).startswith("Solved: ")
