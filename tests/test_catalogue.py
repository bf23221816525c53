"""The promise of the kit: each shape of the catalogue is executed, broken, repaired, controlled, and with its trap."""

import nbformat
import pytest

from workshop import catalogue
from workshop.bug import Bug, bug_names
from workshop.catalogue import entries, executed
from workshop.gallery import programs
from workshop.index import lessons
from workshop.scratch import NOTEBOOKS

WHERE = executed()


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: f"{entry.number}")
class TestShape:
    def test_it_is_executed_broken_and_repaired(self, entry):
        kinds = {program.kind for program in WHERE[entry.number].programs}
        assert {"broken", "fixed"} <= kinds, f"the gallery has no program of {entry.number}. {entry.title}"

    def test_it_has_a_control_or_a_reason(self, entry):
        """tests/test_gallery.py runs the controls, and compares each with what the fixed program gives."""
        assert bool(WHERE[entry.number].controls) != bool(entry.no_control)

    def test_its_trap_is_executed(self, entry):
        if entry.trap:
            assert WHERE[entry.number].traps, f"no trap_ or partial_ program for: {entry.trap}"

    def test_a_lesson_shows_it(self, entry):
        shown = WHERE[entry.number].lessons or WHERE[entry.number].exercises
        assert shown, f"no lesson shows {entry.number}. {entry.title}"


def test_the_catalogue_has_47_shapes():
    assert [entry.number for entry in entries()] == list(range(1, 48))


def test_each_program_has_its_number():
    assert [str(program) for program in programs() if not program.catalogue and program.path != "lookalikes.py"] == []


def test_the_cells_of_a_lesson_that_execute_a_shape_are_there():
    named = {lesson.file: lesson.catalogue.keys() for lesson in lessons()}
    assert named["00_start_here.ipynb"]
    for file, ids in named.items():
        assert ids <= {cell.id for cell in nbformat.read(NOTEBOOKS / file, as_version=4).cells}, file


def test_each_bug_and_exercise_says_which_shapes_it_is():
    silent = [
        place
        for bug in map(Bug.load, bug_names())
        for place, numbers in [
            (f"{bug.home.name}/bug.toml", bug.catalogue),
            *((f"{bug.home.name}/{exercise.patch}", exercise.catalogue) for exercise in bug.exercises),
        ]
        if not numbers
    ]
    # Neither has to do with an event loop: a date that JSON does not know, and a migration that forgets old rows.
    assert silent == ["01_missing_updated_at/exercise_1", "01_missing_updated_at/exercise_2"]


def test_the_table_is_up_to_date():
    assert catalogue.TABLE.read_text(encoding="utf-8") == catalogue.table(), "make notebooks"
