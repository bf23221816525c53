"""The output of a run as SARIF 2.1.0, which code hosts and editors read."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from async_audit.formats import from_here, shape_of
from async_audit.outcome import Outcome
from async_audit.report import StaticFinding
from async_audit.shapes import Shape

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT = "PROJECT"


def as_sarif(outcome: Outcome) -> str:
    """Return one run: rules for the codes that occur, results with the way down to the database as code flow."""
    findings = [finding for finding, _times in outcome.findings()]
    rules = sorted({finding.code for finding in findings})
    unparsed = outcome.source.unparsed if outcome.source else []
    run = {
        "tool": {"driver": {"name": "check_async_errors", "rules": [_rule(code, shape_of(code)) for code in rules]}},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"uri": _folder(outcome, findings)}},
        "invocations": [
            {
                "executionSuccessful": outcome.exit_code() != 2,
                "toolExecutionNotifications": [
                    {
                        "level": "warning",
                        "message": {"text": f"not parsed: {file.reason}"},
                        "locations": [{"physicalLocation": {"artifactLocation": _artifact(file.path, outcome)}}],
                    }
                    for file in unparsed
                ]
                + [{"level": "note", "message": {"text": sentence}} for sentence in outcome.sentences()],
            }
        ],
        "results": [_result(finding, rules.index(finding.code), outcome) for finding in findings],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(code: str, shape: Shape) -> dict[str, Any]:
    return {
        "id": code,
        "name": "".join(word.capitalize() for word in shape.name.split("-")),
        "shortDescription": {"text": shape.title},
        "fullDescription": {"text": shape.why},
        "help": {"text": shape.text(), "markdown": shape.markdown()},
        "defaultConfiguration": {"level": "warning"},
    }


def _result(finding: StaticFinding, rule: int, outcome: Outcome) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": "warning",
        "message": {"text": finding.message},
        "locations": [_location(finding.path, finding.line, finding.function, outcome, finding.col)],
        "properties": {"tier": finding.tier},
    }
    if len(finding.chain) > 1:
        steps = [{"location": _location(step.path, step.line, step.function, outcome)} for step in finding.chain]
        result["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
    return result


def _location(path: str, line: int, function: str, outcome: Outcome, column: int = 1) -> dict[str, Any]:
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": _artifact(path, outcome),
            "region": {"startLine": max(line, 1), "startColumn": max(column, 1)},
        }
    }
    if function:
        location["logicalLocations"] = [{"fullyQualifiedName": function, "kind": "function"}]
        location["message"] = {"text": f"in {function}"}
    return location


def _artifact(path: str, outcome: Outcome) -> dict[str, Any]:
    path = from_here(path, outcome.base)
    if Path(path).is_absolute():
        return {"uri": Path(path).as_uri()}
    return {"uri": quote(path, errors="surrogateescape"), "uriBaseId": ROOT}


def _folder(outcome: Outcome, findings: list[StaticFinding]) -> str:
    """Return the folder that relative addresses start at: the current one when it holds the project, else the base."""
    here = Path.cwd()
    return f"{(here if outcome.base.is_relative_to(here) else outcome.base).as_uri().rstrip('/')}/"
