"""One error in each way that Python, asyncio and logging write it, on the Python that runs the tests."""

import pytest
from audit import HERE, IN_HANDLER, LAZY, SAVE, at, check, finding

LAMBDA = "return [(lambda: user.count())() for user in await users()]"
LOGGED_BELOW = (
    f"failing_program.py:{at(*SAVE)}: SynchronousOnlyOperation, 1 time: return User.objects.get_or_create(\n"
    "      move to a thread in: the async caller of save, which is not in the traceback"
)
WAYS = {
    "in_handler": [IN_HANDLER],
    "below_a_lambda": [finding(("below_a_lambda", LAMBDA), ("below_a_lambda", LAMBDA))],
    "awaited": [IN_HANDLER],
    "caused_another": [finding(SAVE, ("caused_another", "save_or_fail()"))],
    "during_another": [finding(SAVE, ("during_another", "save_or_stumble()"))],
    "in_a_task": [IN_HANDLER],
    "in_a_function_in_a_function": [finding(SAVE, ("made", "return save()"))],
    "in_a_group": [IN_HANDLER, finding(SAVE, ("caused_another", "save_or_fail()"))],
    "logged_below": [LOGGED_BELOW],
    "in_depth": [finding(("depth", "return User.objects.count()"), ("in_depth", "return depth(9)"))],
    "at_the_guard": [finding(*[("at_the_guard", "with connection.cursor() as cursor:")] * 2)],
    "as_older_daphnes_write_it": [finding(SAVE, ("as_older_daphnes_write_it", "save()"))],
    "uncaught": [IN_HANDLER],
    "lazy": [LAZY],
    "lazy_in_a_task": [LAZY],
    "lazy_as_daphne_writes_it": [LAZY],
    "in_a_group_as_daphne_writes_it": [IN_HANDLER.replace("1 time", "2 times")],
    "another_error": [],
    "another_error_in_a_chain": [],
}


@pytest.mark.parametrize("suffix", [".log", ".jsonl"])
@pytest.mark.parametrize("way", WAYS)
def test_an_error_is_found_with_its_async_function(logs, way, suffix):
    log = (logs / way).with_suffix(suffix).read_text()
    assert check(log) == WAYS[way]


def test_no_way_is_left_out(logs):
    elsewhere = {"while_logging", "logged_with_the_stack", "without_a_line_of_ours", "in_other_words", "message_only"}
    elsewhere |= {"told_by_another_error"}
    assert {file.stem for file in logs.iterdir()} == WAYS.keys() | elsewhere


def test_while_logging_the_callers_stand_below_the_traceback(logs):
    log, line = (logs / "while_logging.log").read_text(), 'log.error("users: %s", User.objects.all())'
    assert check(log) == [finding(*[("while_logging", line)] * 2)]
    assert check(log * 2) == [finding(*[("while_logging", line)] * 2, times=2)]
    arguments = "Arguments: (SynchronousOnlyOperation('You cannot call this from an async context'),)"
    assert "Unable to print the message" in log
    assert check(log.replace("Unable to print the message", arguments)) == check(log)


def test_a_stack_tells_who_called(logs):
    log = (logs / "logged_with_the_stack.log").read_text()
    assert check(log) == [finding(SAVE, ("logged_with_the_stack", "save_or_log("))]
    assert check(log * 2) == [finding(SAVE, ("logged_with_the_stack", "save_or_log("), times=2)]


@pytest.mark.parametrize("suffix", [".log", ".jsonl"])
def test_a_traceback_without_a_line_of_the_project(logs, suffix):
    (found,) = check((logs / "without_a_line_of_ours").with_suffix(suffix).read_text())
    place, advice = found.splitlines()
    assert place.startswith("django/db/models/manager.py:")
    assert advice == "      no line of the project is in the traceback: look for what calls this"


def test_a_package_outside_the_database_code_is_nearer_to_the_cause(logs):
    log = (logs / "without_a_line_of_ours.log").read_text()
    log = log.replace("site-packages/django/db/models/manager.py", "site-packages/rest_framework/serializers.py")
    assert check(log)[0].startswith("rest_framework/serializers.py:")


def test_a_traceback_of_the_standard_library_alone():
    log = '  File "/usr/lib/python3.12/asyncio/events.py", line 88, in _run\nSynchronousOnlyOperation: no\n'
    (found,) = check(log)
    assert found.startswith("/usr/lib/python3.12/asyncio/events.py:88: SynchronousOnlyOperation, 1 time: in _run\n")


@pytest.mark.parametrize("suffix", [".log", ".jsonl"])
def test_another_wording_is_quoted(logs, suffix):
    line = 'raise SynchronousOnlyOperation("Use the async API of the shop.")'
    expected = finding(*[("in_other_words", line)] * 2) + "\n      the error says: Use the async API of the shop."
    assert check((logs / "in_other_words").with_suffix(suffix).read_text()) == [expected]


@pytest.mark.parametrize(("suffix", "before"), [(".log", "ERROR shop "), (".jsonl", "")])
def test_a_message_without_a_traceback_is_counted_and_shown_once(logs, suffix, before):
    log = (logs / "message_only").with_suffix(suffix).read_text()
    quiet = "INFO nothing\n" * 6
    assert check(quiet + log + quiet + log) == [
        f"site.log:7: SynchronousOnlyOperation, 2 times: no traceback, only: {before}not saved: "
        "You cannot call this from an async context - use a thread or sync_to_async.\n"
        "      log it by logger.exception(…), or with exc_info=True, to see where it comes from"
    ]


def test_a_message_beside_its_traceback_is_the_same_error(logs):
    log = (logs / "in_handler.log").read_text()
    message = (logs / "message_only.log").read_text()
    assert check(message + log) == check(log + message) == [IN_HANDLER]
    far = "INFO nothing\n" * 6
    assert len(check(message + far + log)) == len(check(log + far + message)) == 2
    older = (logs / "as_older_daphnes_write_it.log").read_text()  # its tracebacks have no header
    assert check(older + far + older) == [found.replace("1 time:", "2 times:") for found in check(older)]


def test_a_message_belongs_to_the_chain_of_errors_right_below_it(logs):
    """Every error of the chain but the first stands far below, and the message may be that of any."""
    log = (logs / "lazy_as_daphne_writes_it.log").read_text()
    lines = log.splitlines(keepends=True)
    assert "You cannot call this" in lines[0]
    assert lines[1].startswith("Traceback")
    assert "During handling of the above exception" in log
    assert check(log) == [LAZY]
    assert check(log * 2) == [LAZY.replace("1 time:", "2 times:")]
    caused = (logs / "caused_another.log").read_text().splitlines(keepends=True)
    assert len(check("".join([*lines[:1], *caused[1:]]))) == 1
    message = (logs / "message_only.log").read_text()
    assert len(check(message + log)) == 2


def test_a_message_does_not_belong_to_another_error(logs):
    message = (logs / "message_only.log").read_text()
    for name in ("another_error", "another_error_in_a_chain"):
        other = (logs / f"{name}.log").read_text()
        for log in (message + other, other + message, message + other + message):
            (found,) = check(log)
            assert f"SynchronousOnlyOperation, {log.count(message)} time" in found
            assert "no traceback, only: ERROR shop not saved: You cannot call this" in found
        lazy = (logs / "lazy.log").read_text()
        assert len(check(message + other + lazy)) == 2


@pytest.mark.parametrize("suffix", [".log", ".jsonl"])
def test_an_error_that_only_repeats_the_message_is_one(logs, suffix):
    (found,) = check((logs / "told_by_another_error").with_suffix(suffix).read_text())
    assert "SynchronousOnlyOperation, 1 time: no traceback, only: " in found


def test_errors_of_one_place_are_counted(logs):
    log = (logs / "in_handler.log").read_text() + (logs / "in_a_task.log").read_text() * 2
    assert check(log) == [finding(SAVE, ("in_handler", "return save()"), times=3)]


@pytest.mark.parametrize("python", ["311", "313"])
def test_uvicorn(python, tmp_path):
    """Logs of Uvicorn 0.54, that of Python 3.13 with --use-colors; LinkUp with the bug of lesson 02 stood in /srv."""
    line = "status, _created = UserStatus.objects.get_or_create(user_id=user_id)"
    place = "/srv/linkup/messaging/async_handlers.py:15"
    assert check((HERE / f"logs/uvicorn_python_{python}.log").read_bytes(), tmp_path) == [
        f"{place}: SynchronousOnlyOperation, 2 times: {line}\n"
        f"      move to a thread in: set_user_online_status ({place})"
    ]
