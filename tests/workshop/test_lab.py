"""What a lesson shows of a step: how it differs from the bug, from LinkUp as it is shipped, or from another step."""

import pytest

from workshop import Lab, WorkshopError

SMALL, LARGE = "5_await_forgotten", "6_rows_locked_first"


@pytest.fixture
async def lab(scratch):
    lab = Lab("03_persistence_manager")
    yield lab
    await lab.close()


def changed(diff):
    return [line for line in diff.text().splitlines() if line[:1] in "+-" and not line.startswith("+++")]


def test_a_step_is_shown_from_where_it_is_short(lab):
    assert len(changed(lab.apply(SMALL))) > 20
    assert changed(lab.apply(SMALL, since="shipped")) == [
        "-        if await mark_messages_async(self.user.pk, self.peer.pk, up_to_id, status):",
        "+        if mark_messages_async(self.user.pk, self.peer.pk, up_to_id, status):",
    ]
    lock = changed(lab.apply(LARGE, since="shipped"))
    both = changed(lab.apply(LARGE, since=SMALL))
    assert len(both) == len(lock) + 2
    assert "+        if await mark_messages_async(self.user.pk, self.peer.pk, up_to_id, status):" in both


def test_what_is_shown_changes_nothing_else(lab):
    alone = lab.apply(LARGE)
    for since in ("shipped", SMALL, LARGE):
        lab.apply(LARGE, since=since)
        assert lab.diff().patch
        assert lab.apply(LARGE).patch == alone.patch


def test_an_unknown_step_lists_the_known_ones(lab):
    with pytest.raises(WorkshopError, match=SMALL):
        lab.apply(LARGE, since="5_forgotten")
    with pytest.raises(WorkshopError, match=SMALL):
        lab.apply("shipped")
