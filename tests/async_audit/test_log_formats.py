"""What stands around a traceback in a log: prefixes, line ends, encodings, JSON, other lines, and cuts."""

import gzip
import itertools
import json

import pytest
from audit import IN_HANDLER, LAZY, SAVE, check, finding

from async_audit.records import LONGEST, CompressedLog
from async_audit.tracebacks import IDLE, LONGEST_PREFIX, MOST_STREAMS

WAYS = {
    "in_handler": [IN_HANDLER],
    "caused_another": [finding(SAVE, ("caused_another", "save_or_fail()"))],
    "in_a_group": [IN_HANDLER, finding(SAVE, ("caused_another", "save_or_fail()"))],
    "as_older_daphnes_write_it": [finding(SAVE, ("as_older_daphnes_write_it", "save()"))],
    "logged_with_the_stack": [finding(SAVE, ("logged_with_the_stack", "save_or_log("))],
    "lazy_as_daphne_writes_it": [LAZY],
}
FOREIGN = "INFO:     127.0.0.1:5000 - GET / 200\n"


@pytest.fixture(params=WAYS)
def way(request):
    return request.param


@pytest.fixture
def lines(logs, way):
    return (logs / f"{way}.log").read_text().splitlines(keepends=True)


PREFIXES = {
    "docker compose": "web-1  | {}",
    "docker compose with times": "web-1  | 2026-11-23T20:19:{n:02}.{n:09}Z {}",
    "kubernetes": "2026-11-23T20:19:{n:02}.{n:09}Z stderr F {}",
    "journald": "Nov 23 20:19:{n:02} chat daphne[4711]: {}",
    "journald, monotonic": "[{n}.{n:06}] chat daphne[4711]: {}",
    "a formatter that repeats its prefix": "2026-11-23 20:19:{n:02},{n:03} ERROR daphne.server {}",
}


@pytest.mark.parametrize("prefix", PREFIXES)
def test_each_line_has_a_prefix(lines, way, prefix):
    assert check("".join(PREFIXES[prefix].format(line, n=n) for n, line in enumerate(lines))) == WAYS[way]


def test_two_containers_write_at_once(lines, way):
    log = "".join(f"web-1  | {line}db-1  | {FOREIGN}web-2  | {line}" for line in lines)
    assert check(log) == [found.replace(", 1 time:", ", 2 times:") for found in WAYS[way]]


def test_a_message_of_one_container_is_not_said_by_the_traceback_of_another(logs):
    lines = (logs / "in_handler.log").read_text().splitlines(keepends=True)
    message = (logs / "message_only.log").read_text()
    for place in (0, 1, 4, len(lines) - 1):
        log = "".join(
            f"web-1  | {line}" if n != place else f"web-2  | {message}web-1  | {line}" for n, line in enumerate(lines)
        )
        found, alone = check(log)
        assert found == IN_HANDLER
        assert alone.startswith(f"site.log:{place + 1}: SynchronousOnlyOperation, 1 time: no traceback, only: web-2")


def test_windows_line_ends(lines, way):
    assert check("".join(lines).replace("\n", "\r\n").encode()) == WAYS[way]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_encodings(lines, way, encoding):
    assert check("".join(lines).encode(encoding)) == WAYS[way]


def test_bytes_that_are_no_text(lines, way):
    assert check(b"\xff\xfe\xfa"[1:] + "".join(lines).encode() + b"\x80\n") == WAYS[way]


def test_a_compressed_log_is_not_read():
    with pytest.raises(CompressedLog):
        check(gzip.compress(b"nothing"))


def test_colours(lines, way):
    assert check("".join(f"\x1b[31m{line.rstrip()}\x1b[0m\n" for line in lines)) == WAYS[way]


RECORDS = {
    "exc_info": lambda text: {"message": "failed", "exc_info": text},
    "all in the message": lambda text: {"level": "ERROR", "message": f"Exception in ASGI application\n{text}"},
    "nested, with a list of lines": lambda text: {"error": {"frames": 9, "stack_trace": text.splitlines()}},
    "the message again": lambda text: {
        "exception": text,
        "message": "failed: You cannot call this from an async context - use a thread or sync_to_async.",
    },
    "a record in a record": lambda text: {"log": json.dumps({"stack": text}) + "\n", "stream": "stderr"},
}


@pytest.mark.parametrize("prefix", ["", "web-1  | "])
@pytest.mark.parametrize("record", RECORDS)
def test_json_records(lines, way, record, prefix):
    log = prefix + json.dumps(RECORDS[record]("".join(lines))) + "\n"
    assert check(log + FOREIGN) == WAYS[way]
    assert check(log * 2) == [found.replace(", 1 time:", ", 2 times:") for found in WAYS[way]]


def test_a_stack_trace_without_the_name_of_the_error(logs):
    """As of Elastic's ecs-logging: the frames alone, type and message in other fields."""
    frames = [line for line in (logs / "in_handler.log").read_text().splitlines() if line.startswith("  ")]
    message = "You cannot call this from an async context - use a thread or sync_to_async."
    for fields in itertools.permutations({"stack_trace": "\n".join(frames), "message": message}.items()):
        error = {"type": "SynchronousOnlyOperation", **dict(fields)}
        log = json.dumps({"message": message, "error": error}) + "\n"
        assert check(log) == [IN_HANDLER]
        assert check(log * 2) == [IN_HANDLER.replace("1 time:", "2 times:")]


def test_a_record_for_each_line(lines, way):
    """As Docker stores what a container writes."""
    assert check("".join(json.dumps({"log": line, "stream": "stderr"}) + "\n" for line in lines)) == WAYS[way]


def test_a_record_that_is_cut_off(logs):
    log = json.dumps({"level": "ERROR", "exc_info": (logs / "in_handler.log").read_text()})
    assert check(log[:-8]) == [IN_HANDLER]


def test_escaped_line_ends(logs):
    text = (logs / "in_handler.log").read_text()
    assert check("level=error exc=" + json.dumps(text) + "\n") == [IN_HANDLER]
    assert check("Nov 23 20:19:01 chat daphne: " + text.replace("\n", "#012") + "\n") == [IN_HANDLER]


def test_text_that_only_looks_like_a_record(logs):
    text = (logs / "message_only.log").read_text().rstrip()
    assert "no traceback, only: ERROR shop not saved: You" in check(f'{text} {{"user": "ana"}}\n')[0]
    assert "no traceback, only: ERROR shop not saved: You" in check(f"{text} {{user: 3}}\n")[0]
    assert "no traceback" in check("[" * 100_000 + '{"a":' * 100_000 + text + "\n")[0]


def test_other_lines_in_between(lines, way):
    log = "".join(f"{line}{FOREIGN}KeyError: not of this traceback\n\n" for line in lines)
    assert check(log) == WAYS[way]


def test_the_start_is_cut_off(logs):
    lines = (logs / "in_handler.log").read_text().splitlines(keepends=True)
    handler = next(n for n, line in enumerate(lines) if line.endswith("in in_handler\n"))
    for start in range(1, handler + 1):
        assert check("".join(lines[start:])) == [IN_HANDLER]
    assert check("".join(lines[handler:]).encode("utf-8-sig")) == [IN_HANDLER]
    (found,) = check("".join(lines[handler + 1 :]))
    assert found.endswith("move to a thread in: the async caller of save, which is not in the traceback")


def test_the_end_is_cut_off(logs):
    log = (logs / "in_handler.log").read_text()
    end = log.index("django.core.exceptions.SynchronousOnlyOperation")
    assert check(log[:end]) == [IN_HANDLER]
    assert check(log[:end] + (logs / "another_error.log").read_text()) == [IN_HANDLER]
    assert check(log[:end] + "ERROR not saved: " + log[log.index("Traceback") :]) == [
        IN_HANDLER.replace("1 time:", "2 times:")
    ]
    guard = log.index("    raise SynchronousOnlyOperation")
    assert check(log[:guard]) == []


def test_the_line_that_names_the_error_is_lost(lines, way):
    log = "".join(line for line in lines if not line.strip(" |").startswith("django.core.exceptions."))
    assert check(log) == WAYS[way]


def test_source_that_begins_with_the_name_of_the_error(logs):
    log = (
        (logs / "in_handler.log").read_text().replace("    return save()", "    SynchronousOnlyOperation.when(save())")
    )
    assert "SynchronousOnlyOperation, 1 time: return User.objects.get_or_create(\n" in check(log)[0]


def test_frames_of_another_error_are_not_taken_for_those_of_this(logs):
    other = (logs / "another_error.log").read_text()
    (found,) = check(other + "django.core.exceptions.SynchronousOnlyOperation: no\n")
    assert "no traceback" in found
    assert check(other + (logs / "in_handler.log").read_text()) == [IN_HANDLER]


def test_a_traceback_is_given_up_after_a_while(logs):
    lines = (logs / "in_handler.log").read_text().splitlines(keepends=True)
    save = next(n for n, line in enumerate(lines) if line.endswith("in save\n"))
    assert check("".join(lines[:save]) + FOREIGN * 9 + "".join(lines[save:])) == [IN_HANDLER]
    (found,) = check("".join(lines[:save]) + FOREIGN * 3 * IDLE + "".join(lines[save:]))
    assert found.endswith("the async caller of save, which is not in the traceback")


def test_only_so_many_prefixes_at_once_are_told_apart(logs):
    lines = (logs / "in_handler.log").read_text().splitlines(keepends=True)
    many = range(MOST_STREAMS + 9)
    log = "".join(f"web-{n} | {line}" for line in lines for n in many)
    assert check(log)
    assert not any("failing_program.py" in found for found in check(log))
    assert check("".join(f"web-{n} | {line}" for n in many for line in lines)) == [
        IN_HANDLER.replace("1 time:", f"{len(many)} times:")
    ]


def test_a_prefix_has_its_limit(logs):
    lines = (logs / "in_handler.log").read_text().splitlines(keepends=True)
    assert check("".join("x" * LONGEST_PREFIX + line for line in lines)) == [IN_HANDLER]
    (found,) = check("".join("x" * (LONGEST_PREFIX + 1) + line for line in lines))
    assert "no traceback" in found


def test_a_line_longer_than_memory_should_hold(logs):
    log = (logs / "in_handler.log").read_text()
    assert check("x" * (2 * LONGEST + 1) + "\n" + log) == [IN_HANDLER]
