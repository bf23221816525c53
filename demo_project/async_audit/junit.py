"""The output of a run as JUnit XML, which CI servers show beside the results of tests."""

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from async_audit.findings import printable
from async_audit.formats import chain_of, from_here, shape_of
from async_audit.outcome import Outcome

SUITE = "check_async_errors"


def as_junit(outcome: Outcome) -> str:
    """Return one suite: findings are tests that failed, files not parsed are skipped ones."""
    suites = Element("testsuites")
    suite = SubElement(suites, "testsuite", name=SUITE)
    for finding, _times in outcome.findings():
        path = from_here(finding.path, outcome.base)
        case = _case(suite, path, f"{finding.code} {finding.path}:{finding.line}:{finding.col}")
        failure = SubElement(case, "failure", type=finding.code, message=printable(finding.message))
        said = [finding.message, *chain_of(finding), f"fix: {shape_of(finding.code).fix}"]
        failure.text = "\n".join(map(printable, said))
    is_whole = outcome.exit_code() != 2
    for file in outcome.source.unparsed if outcome.source else []:
        case = _case(suite, from_here(file.path, outcome.base), f"parse {file.path}")
        SubElement(case, "skipped" if is_whole else "error", message=printable(file.reason))
    if not len(suite):
        _case(suite, SUITE, "nothing found")
    if outcome.compared:
        SubElement(suite, "system-out").text = "\n".join(map(printable, outcome.sentences()))
    for name in ("testcase", "failure", "error", "skipped"):
        number = len(list(suite.iter(name)))
        suite.set({"testcase": "tests", "failure": "failures", "error": "errors"}.get(name, name), str(number))
    indent(suites)
    return tostring(suites, encoding="unicode", xml_declaration=False)


def _case(suite: Element, path: str, name: str) -> Element:
    return SubElement(suite, "testcase", classname=printable(path), name=printable(name), time="0")
