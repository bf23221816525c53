"""Each look of a check is needed: without it, a wrong answer passes for solved."""

import pytest
from test_answers import EXERCISES, labs, verdict_on  # noqa: F401 - labs is a fixture

from workshop import verdict

LOOKS = [
    ("_on_loop", "02.1", "the guard off"),
    ("_stalled", "02.1", "sleep on the loop"),
    ("_late", "02.2", "started and forgotten"),
    ("_split", "03.2", "entered in one hop, left in another"),
    ("_left_open", "03.1", "to_thread"),
    ("_too_much", "03.1", "a query for each row"),
]


@pytest.mark.parametrize(("look", "exercise", "name"), LOOKS)
async def test_without_this_look_a_wrong_answer_gets_another_verdict(labs, monkeypatch, look, exercise, name):  # noqa: F811
    answer, says = EXERCISES[exercise].wrong[name]
    monkeypatch.setattr(verdict, look, lambda exercise, events: None)
    assert says not in await verdict_on(labs, exercise, answer)


async def test_without_a_look_at_migrations_a_wrong_one_passes(labs, monkeypatch):  # noqa: F811
    async def agree(_lab):
        return None

    monkeypatch.setattr("workshop.Lab._migrations", agree)
    answer, _says = EXERCISES["01.2"].wrong["left nullable"]
    assert (await verdict_on(labs, "01.2", answer)).startswith("Solved: ")
