"""What every table of answers is tried with: each right answer solves its exercise, each wrong one is told why not."""

import ast
from collections.abc import Callable
from contextlib import contextmanager

import pytest

from workshop import Lab


def in_place_of(name: str) -> Callable[[str, str], str]:
    """Return what replaces a function or a method, with its decorators, by an answer."""

    def put(text: str, answer: str) -> str:
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
        (node,) = (node for node in ast.walk(ast.parse(text)) if isinstance(node, kinds) and node.name == name)
        lines = text.splitlines(keepends=True)
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        return "".join([*lines[: first - 1], answer, *lines[node.end_lineno :]])

    return put


class Answers:
    """The answers to one exercise of a bug, and how an answer gets into its file; a piece of work for one core."""

    bug: str
    number: int
    right: dict[str, str]
    wrong: dict[str, tuple[str, str]]
    put: Callable[[str, str], str]

    @staticmethod
    def pytest_generate_tests(metafunc):
        for kind in {"right_one", "wrong_one"} & set(metafunc.fixturenames):
            metafunc.parametrize(kind, getattr(metafunc.cls, kind.removesuffix("_one")))

    @classmethod
    @contextmanager
    def copy_of_linkup(cls):
        """Give the lab of the bug, and end it."""
        lab = Lab(cls.bug)
        yield lab
        lab._release()

    @pytest.fixture(scope="class")
    @classmethod
    def lab(cls, tmp_path_factory, pytestconfig):
        """One copy of LinkUp for all answers to the exercise."""
        folder = tmp_path_factory.mktemp("answers")
        (folder / ".cache").symlink_to((pytestconfig.rootpath / pytestconfig.scratch / ".cache").resolve())
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("WORKSHOP_SCRATCH", str(folder))
            with cls.copy_of_linkup() as lab:
                yield lab

    async def verdict_on(self, lab, answer):
        """Return what the check says of one answer."""
        lab.exercise(self.number)
        path = lab.root / lab.bugs[0].exercises[self.number - 1].file
        given = path.read_text()
        path.write_text(self.put(given, answer))
        assert path.read_text() != given
        verdict = await lab.judge(self.number)
        path.write_text(given)  # else the next answer would find it kept
        return verdict.text

    async def test_a_right_answer_solves_it(self, lab, right_one):
        assert (await self.verdict_on(lab, self.right[right_one])).startswith("Solved: ")

    async def test_a_wrong_answer_is_told_what_a_user_would_notice(self, lab, wrong_one):
        answer, says = self.wrong[wrong_one]
        text = await self.verdict_on(lab, answer)
        assert text.startswith("Not yet: ")
        assert says in text

    def test_there_are_answers_of_both_kinds(self):
        assert len(self.right) >= 3
        assert len(self.wrong) >= 4
