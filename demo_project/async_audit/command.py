"""The command line of the checker, shared by the script and the management command."""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from async_audit.config import codes
from async_audit.errors import CannotLook
from async_audit.findings import printable
from async_audit.formats import as_github, as_json, as_text
from async_audit.junit import as_junit
from async_audit.known import without_baseline, without_revision, write_known
from async_audit.log_files import names_of, read_logs
from async_audit.look import Wishes, base_of, look
from async_audit.outcome import Logged, Outcome
from async_audit.report import Report
from async_audit.sarif import as_sarif
from async_audit.shapes import shapes
from async_audit.source import Project
from async_audit.tracebacks import ERROR

FORMATS = {"text": as_text, "json": as_json, "sarif": as_sarif, "github": as_github, "junit": as_junit}
HELP = f"Find the lines that raise {ERROR}: in the source of any Django project, and in logs."


@dataclass(frozen=True)
class Site:
    """The project that a management command belongs to: its folder, and the log that its settings name."""

    root: Path
    log: str | None


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what the command takes."""
    add = parser.add_argument
    add("paths", nargs="*", metavar="PATH", help="a project's folder, or one file of it; nothing in it is imported")
    add(
        "--log",
        action="append",
        metavar="FILE",
        help="the log of a server, as text or JSON lines, - to paste a traceback; may be given more than once",
    )
    add("--format", choices=list(FORMATS), default="text", help="text is the default")
    add("--explain", metavar="CODE", help="say what a code means, and how to repair it")
    add("--select", action="append", metavar="CODES", help="report these codes alone: DAS001,DAS002")
    add("--ignore", action="append", metavar="CODES", help="report all codes but these")
    add("--all", action="store_true", help="report guesses too (tier 3)")
    add("--tests", action="store_true", help="look at the project's tests too")
    add("--exclude", action="append", metavar="GLOB", help="leave files or folders out; may be given more than once")
    add("--fix", action="store_true", help="show as a diff how to repair what is mechanical, and nothing else")
    add("--write", action="store_true", help="write what --fix shows to the files as well")
    known = parser.add_mutually_exclusive_group()
    known.add_argument(
        "--diff", metavar="REV", help="leave out what is there at a revision of git: report what is added"
    )
    known.add_argument("--baseline", metavar="FILE", help="leave out what this file knows; it outlives moves of lines")
    known.add_argument("--write-baseline", metavar="FILE", help="write all that is found in the source to such a file")


def run(options: Mapping[str, Any], out: TextIO, err: TextIO, site: Site | None = None) -> int:
    """Do what the options say; return 0 without findings, 1 with some, 2 when nothing could be parsed.

    Without a path or a log, it looks at both of the site. Raises CannotLook when something keeps it from looking.
    """
    if options["explain"]:
        out.write("\n\n".join(shapes()[code].text() for code in codes([options["explain"]], "--explain")) + "\n")
        return 0
    paths, logs = options["paths"], options["log"] or []
    if not paths and not logs and not site:
        raise CannotLook("Nothing to look at. Name the folder of a project, or a log: --log FILE.")
    if options["write"] and not options["fix"]:
        raise CannotLook("--write is about --fix, which is not there: --fix --write")
    if options["fix"] and options["format"] != "text":
        raise CannotLook(f"--fix shows a diff, so --format {options['format']} means nothing with it. Leave one out.")
    wishes = Wishes(
        select=codes(options["select"] or (), "--select"),
        ignore=codes(options["ignore"] or (), "--ignore"),
        exclude=tuple(options["exclude"] or ()),
        guesses=options["all"],
        tests=options["tests"],
    )
    base = base_of(paths) if paths else site.root if site else Path.cwd()
    logged = _logged(logs, Project(base), site if not paths else None, err)
    outcome = Outcome(
        base=base,
        # a management command's own stream ends each piece of a line
        source=look(paths or [str(base)], wishes, sys.stderr) if paths or not logs else None,
        logged=_chosen(logged, wishes),
        pasted="-" in logs,
    )
    everything = outcome.source
    if options["diff"] is not None:
        outcome = without_revision(outcome, options["diff"], paths, wishes, sys.stderr)
    if options["baseline"] is not None:
        outcome = without_baseline(outcome, Path(options["baseline"]), paths, wishes)
    if options["fix"]:
        return _fix(outcome, everything, paths, wishes, options["write"], out, err)
    if options["write_baseline"]:
        text = write_known(outcome, Path(options["write_baseline"]))
    else:
        text = FORMATS[options["format"]](outcome)
    if text:
        out.write(f"{text}\n")
    if options["format"] == "text" or options["write_baseline"]:
        for file in outcome.source.unparsed if outcome.source else []:
            err.write(f"{printable(f'{file.path} was not looked at: {file.reason}')}\n")
    return 0 if options["write_baseline"] else outcome.exit_code()


def main(arguments: Sequence[str]) -> int:
    """Run the command line without any project of its own; say on standard error what keeps it from looking."""
    parser = ArgumentParser(description=HELP)
    add_arguments(parser)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # whatever a file is called, it can be named
    try:
        return run(vars(parser.parse_args(arguments)), sys.stdout, sys.stderr)
    except CannotLook as error:
        print(f"check_async_errors: {error}", file=sys.stderr)
        return 2


def program(command: Callable[[Sequence[str]], int] = main) -> int:
    """Run a command with the arguments of this process, as a program; return its exit code."""
    try:
        code = command(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:  # as in `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    return code


def _fix(
    outcome: Outcome,
    everything: Report | None,
    paths: Sequence[str],
    wishes: Wishes,
    is_written: bool,
    out: TextIO,
    err: TextIO,
) -> int:
    """Show what is repaired, and write it when asked to; return 1 when findings are left in the files, else 0."""
    from async_audit.fix.fix import Fixing, diff, write  # as slow to import as what looks

    if not outcome.source or not everything:
        raise CannotLook("--fix is about the source, and only a log was named. Name a folder as well.")
    again = partial(look, paths or [str(outcome.base)], wishes, sys.stderr)
    fixed = Fixing(everything, outcome.base, lambda edited: again(edited=edited)).fix(outcome.source.findings)
    if fixed.after:
        out.write(diff(fixed, outcome.base))
    if is_written:
        write(fixed)
    for finding in fixed.refused:
        place = f"{finding.path}:{finding.line}: {finding.code}"
        err.write(f"{printable(place)} is left: with its repair, the checker finds something else.\n")
    left = len(outcome.source.findings) - len(fixed.repaired)
    how = "Repaired" if is_written else "With --write, it would repair"
    err.write(f"{how} {len(fixed.repaired)} in {len(fixed.after)} file{'s' * (len(fixed.after) != 1)}; {left} left.\n")
    return 1 if left or (fixed.repaired and not is_written) else 0


def _logged(logs: list[str], project: Project, site: Site | None, err: TextIO) -> Logged | None:
    """Read the logs, or the site's own when none is named; return None when there is none to read."""
    if not logs and not (site and site.log):
        if site:
            err.write("settings.LOG_FILE names no log, so only the source is looked at; a log needs --log FILE.\n")
        return None
    if os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE"):
        err.write(
            f"DJANGO_ALLOW_ASYNC_UNSAFE is set. A server that has it raises no {ERROR}, so its log proves nothing. "
            "Unset it (unset DJANGO_ALLOW_ASYNC_UNSAFE) and start the server again.\n"
        )
    files = logs or ([project.path(site.log)] if site and site.log else [])
    names = names_of(files, project)
    if not logs and not os.path.lexists(files[0]):
        return Logged(names, exists=False)
    found = read_logs(files, project)
    return Logged(names, found.findings(), found.count(), siblings=found.siblings)


def _chosen(logged: Logged | None, wishes: Wishes) -> Logged | None:
    """Leave out the codes that nobody wants to hear of."""
    if not logged or not (wishes.select or wishes.ignore):
        return logged
    findings = [finding for finding in logged.findings if wishes.reports(finding.code)]
    return replace(logged, findings=findings, errors=sum(finding.times for finding in findings))
