"""The promise of the kit: each shape of the catalogue is executed, broken, repaired, controlled, and with its trap."""

import pytest

from workshop import catalogue
from workshop.catalogue import entries, executed
from workshop.gallery import programs

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
        assert WHERE[entry.number].lessons, f"no lesson shows {entry.number}. {entry.title}"


def test_the_catalogue_has_47_shapes():
    assert [entry.number for entry in entries()] == list(range(1, 48))


def test_each_program_has_its_number():
    assert [str(program) for program in programs() if not program.catalogue and program.path != "lookalikes.py"] == []


def test_the_table_is_up_to_date():
    assert catalogue.TABLE.read_text(encoding="utf-8") == catalogue.table(), "make notebooks"
