"""SARIF for code hosts, commands for GitHub's log, and the log side in each format."""

import json
import re
from dataclasses import replace
from urllib.parse import unquote
from xml.etree.ElementTree import fromstring

import pytest
from audit import HERE, at
from face import CALLED, DIRECT, UNPARSED, Engine, make_project

from async_audit.command import main
from async_audit.shapes import shapes
from async_audit.siblings import ITSELF


@pytest.fixture
def project(tmp_path, monkeypatch):
    """The current folder, with the project in it."""
    monkeypatch.chdir(tmp_path)
    return make_project(tmp_path / "project")


def output(capsys, *arguments):
    main([str(argument) for argument in arguments])
    return capsys.readouterr().out


def sarif(capsys, *arguments):
    log = json.loads(output(capsys, *arguments, "--format", "sarif"))
    check_sarif(log)
    return log["runs"][0]


def check_sarif(log):
    """Assert what SARIF 2.1.0 demands of the parts that are used here, and that indices and bases resolve."""
    assert log.keys() == {"$schema", "version", "runs"}
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"]
    assert len({rule["id"] for rule in driver["rules"]}) == len(driver["rules"])
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"]
        assert rule["fullDescription"]["text"]
        assert rule["help"]["text"]  # SARIF demands text wherever there is markdown
    for base in run["originalUriBaseIds"].values():
        assert re.fullmatch("file:///.*/", base["uri"])
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("none", "note", "warning", "error")
        assert result["message"]["text"]
        assert len(result["locations"]) == 1
        steps = [step for flow in result.get("codeFlows", []) for step in flow["threadFlows"][0]["locations"]]
        for location in (*result["locations"], *(step["location"] for step in steps)):
            check_place(location["physicalLocation"], run["originalUriBaseIds"])
    for invocation in run["invocations"]:
        assert isinstance(invocation["executionSuccessful"], bool)
        for notification in invocation["toolExecutionNotifications"]:
            assert notification["message"]["text"]
            check_place(notification["locations"][0]["physicalLocation"] | {"region": {}}, run["originalUriBaseIds"])


def check_place(place, bases):
    assert re.fullmatch(r"[A-Za-z0-9._~/%:!$&'()*+,;=@-]+", place["artifactLocation"]["uri"])
    assert place["artifactLocation"]["uri"].startswith("file:") or place["artifactLocation"]["uriBaseId"] in bases
    assert all(isinstance(number, int) and number > 0 for number in place["region"].values())


def test_sarif(project, monkeypatch, capsys):
    Engine(monkeypatch, CALLED, DIRECT, replace(DIRECT, code="DAS002", line=10), unparsed=[UNPARSED])
    run = sarif(capsys, project)
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["DAS002", "DAS003"]
    direct, called, other = run["results"]
    assert (direct["ruleId"], other["ruleId"]) == ("DAS003", "DAS002")
    assert "codeFlows" not in direct
    place = called["locations"][0]["physicalLocation"]
    assert place["region"] == {"startLine": 6, "startColumn": 35}
    assert place["artifactLocation"] == {"uri": "project/shop/views.py", "uriBaseId": "PROJECT"}
    steps = called["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [step["location"]["message"]["text"] for step in steps] == ["in show", "in Book.label"]
    assert run["originalUriBaseIds"]["PROJECT"]["uri"] == project.parent.as_uri() + "/"
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"]
    assert invocation["toolExecutionNotifications"][0]["message"]["text"] == "not parsed: line 1: invalid syntax"


def test_sarif_from_elsewhere(project, monkeypatch, capsys, tmp_path_factory):
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    Engine(monkeypatch, DIRECT)
    run = sarif(capsys, project)
    assert run["originalUriBaseIds"]["PROJECT"]["uri"] == project.as_uri() + "/"
    assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "shop/views.py"


def test_sarif_of_nothing(project, monkeypatch, capsys):
    Engine(monkeypatch)
    assert sarif(capsys, project)["results"] == []
    Engine(monkeypatch, unparsed=[UNPARSED], files=1)
    assert not sarif(capsys, project)["invocations"][0]["executionSuccessful"]


@pytest.mark.parametrize("name", ["a b/#1?.py", "ä/%41.py", "\udc80.py"])
def test_sarif_quotes_addresses(project, monkeypatch, capsys, name):
    Engine(monkeypatch, replace(DIRECT, path=name, line=0, col=0, function=""))
    place = sarif(capsys, project)["results"][0]["locations"][0]["physicalLocation"]
    assert unquote(place["artifactLocation"]["uri"], errors="surrogateescape") == name


def test_github(project, monkeypatch, capsys):
    Engine(monkeypatch, CALLED, unparsed=[UNPARSED])
    first, second = output(capsys, project, "--format", "github").splitlines()
    way = "shop/views.py:6 in show%0Ashop/models.py:3 in Book.label"
    assert first == (
        "::warning file=project/shop/views.py,line=6,col=35,title=DAS003::self.genre was not loaded%0A"
        f"{way}%0Afix: {shapes()['DAS003'].fix}"
    )
    assert second == "::notice file=project/shop/later.py,title=not parsed::line 1: invalid syntax"


def test_github_escapes(project, monkeypatch, capsys):
    Engine(monkeypatch, replace(DIRECT, path="a,b:c%\n.py", message="100 %\r\n::error::no, really"))
    (line,) = output(capsys, project, "--format", "github").splitlines()
    assert line.startswith("::warning file=a%2Cb%3Ac%25%0A.py,line=6,col=17,title=DAS003::")
    assert line.partition("title=DAS003::")[2].startswith("100 %25%0D%0A::error::no, really%0Afix: ")


def test_github_of_nothing(project, monkeypatch, capsys):
    Engine(monkeypatch)
    assert output(capsys, project, "--format", "github") == ""


SAVE, IN_HANDLER = at("save", "return User"), at("in_handler", "return save()")


def test_a_log_in_json(logs, capsys):
    found = json.loads(output(capsys, HERE, "--log", logs / "in_handler.log", "--format=json"))
    (finding,) = [finding for finding in found["findings"] if "times" in finding]
    assert finding == {
        "path": "failing_program.py",
        "line": IN_HANDLER,
        "col": 1,
        "code": "DAS001",
        "message": "SynchronousOnlyOperation, 1 time: return User.objects.get_or_create(",
        "function": "in_handler",
        "tier": 1,
        "chain": [
            {"path": "failing_program.py", "line": IN_HANDLER, "function": "in_handler"},
            {"path": "failing_program.py", "line": SAVE, "function": "save"},
        ],
        "times": 1,
    }


def test_a_log_in_sarif_and_for_github(logs, monkeypatch, capsys):
    monkeypatch.chdir(HERE)
    options = ["--log", logs / "in_handler.log", "--log", logs / "message_only.log"]
    places = [result["locations"][0]["physicalLocation"] for result in sarif(capsys, *options)["results"]]
    assert [place["region"]["startLine"] for place in places] == [1, IN_HANDLER]
    assert places[1]["artifactLocation"]["uri"] == "failing_program.py"
    assert places[0]["artifactLocation"]["uri"] == (logs / "message_only.log").as_uri()
    _message_only, line = output(capsys, *options, "--format=github").splitlines()
    assert line.startswith(f"::warning file=failing_program.py,line={IN_HANDLER},col=1,title=DAS001::Synchronous")


def test_codes_of_a_log_are_chosen(logs, capsys):
    log = logs / "in_handler.log"
    assert output(capsys, "--log", log, "--ignore", "DAS001") == f"No SynchronousOnlyOperation in {log}.\n"
    assert main(["--log", str(log), "--ignore", "DAS001"]) == 0
    assert main(["--log", str(log), "--ignore", "DAS002"]) == 1
    capsys.readouterr()
    twice = ["--log", log, "--log", log, "--log", logs / "at_the_guard.log"]
    assert "\nFound 1 SynchronousOnlyOperation at 1 place in " in output(capsys, *twice, "--ignore", "DAS001")
    assert "\nFound 2 SynchronousOnlyOperation at 1 place in " in output(capsys, *twice, "--select", "DAS001")


def test_a_message_alone_is_explained_as_the_error_itself(logs, monkeypatch, capsys):
    log = (logs / "message_only.log").open("rb")
    monkeypatch.setattr("async_audit.log_files.STANDARD_INPUT", log.fileno())
    with log:
        place, advice, _found, message, *meaning = output(capsys, "--log", "-").splitlines()
    assert place.startswith("<stdin>:1: ")
    assert "logger.exception" in advice
    assert message.endswith("You cannot call this from an async context - use a thread or sync_to_async.")
    heads = [line.strip().partition(": ")[0] for line in meaning]
    assert heads == ["why", "fix", "trap", "lesson"]
    assert meaning[-1].endswith(ITSELF.lesson_file)


def test_a_log_in_a_file_is_not_explained(logs, capsys):
    assert "shape: " not in output(capsys, "--log", logs / "in_handler.log")


def test_a_pasted_traceback_is_explained(logs, monkeypatch, capsys):
    log = (logs / "in_handler.log").open("rb")
    monkeypatch.setattr("async_audit.log_files.STANDARD_INPUT", log.fileno())
    monkeypatch.chdir(HERE)
    with log:
        lines = output(capsys, "--log", "-").splitlines()
    shape = shapes()["DAS001"]
    assert lines == [
        f"failing_program.py:{SAVE}: SynchronousOnlyOperation, 1 time: return User.objects.get_or_create(",
        f"      move to a thread in: in_handler (failing_program.py:{IN_HANDLER})",
        f"      shape: DAS001 sync-query, as far as frames tell: {shape.title}",
        f"      why: {shape.why}",
        f"      fix: {shape.fix}",
        f"      trap: {shape.trap}",
        "      lesson: notebooks/02_online_status.ipynb",
        "Found 1 SynchronousOnlyOperation at 1 place in standard input.",
    ]


def junit(capsys, *arguments):
    """Return the one suite, whose numbers are right."""
    suites = fromstring(output(capsys, *arguments, "--format", "junit"))
    assert (suites.tag, [suite.tag for suite in suites]) == ("testsuites", ["testsuite"])
    (suite,) = suites
    assert suite.get("name") == "check_async_errors"
    numbers = {
        "tests": "testcase",
        "failures": "testcase/failure",
        "errors": "testcase/error",
        "skipped": "testcase/skipped",
    }
    assert {name: suite.get(name) for name in numbers} == {
        name: str(len(suite.findall(path))) for name, path in numbers.items()
    }
    return suite


def test_junit(project, monkeypatch, capsys):
    Engine(monkeypatch, CALLED, DIRECT, unparsed=[UNPARSED])
    direct, called, unparsed = junit(capsys, project)
    assert direct.attrib == {"classname": "project/shop/views.py", "name": "DAS003 shop/views.py:6:17", "time": "0"}
    (failure,) = called
    assert (failure.tag, failure.get("type"), failure.get("message")) == (
        "failure",
        "DAS003",
        "self.genre was not loaded",
    )
    way = ["shop/views.py:6 in show", "shop/models.py:3 in Book.label"]
    assert failure.text.split("\n") == ["self.genre was not loaded", *way, f"fix: {shapes()['DAS003'].fix}"]
    assert unparsed.get("classname") == "project/shop/later.py"
    assert unparsed.find("skipped").get("message") == "line 1: invalid syntax"


def test_junit_of_nothing(project, monkeypatch, capsys):
    Engine(monkeypatch)
    (case,) = junit(capsys, project)
    assert (case.get("name"), list(case)) == ("nothing found", [])
    Engine(monkeypatch, unparsed=[UNPARSED], files=1)
    (case,) = junit(capsys, project)
    assert case.find("error").get("message") == "line 1: invalid syntax"


def test_junit_of_names_that_xml_has_no_letters_for(project, monkeypatch, capsys):
    Engine(monkeypatch, replace(DIRECT, path='a<&"\x01\udc80.py', message="]]>\x1b", function="\ufffe"))
    (case,) = junit(capsys, project)
    assert case.get("name") == 'DAS003 a<&"\\x01\\udc80.py:6:17'
    assert case.find("failure").get("message") == r"]]>\x1b"
