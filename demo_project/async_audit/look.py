"""Looks at the source in folders and files, and leaves out what nobody asked for."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TextIO

from async_audit.config import Config, read_config
from async_audit.errors import CannotLook
from async_audit.noqa import is_silenced
from async_audit.progress import Progress
from async_audit.report import Report, Step, Unparsed

GUESS = 3  # the tier of findings that are shown on request


@dataclass(frozen=True)
class Wishes:
    """What the command line says about the look; a `select` or `ignore` replaces that of pyproject.toml."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    guesses: bool = False
    tests: bool = False

    def reports(self, code: str) -> bool:
        """Tell whether the command line lets findings of a code through."""
        return code not in self.ignore and (not self.select or code in self.select)


def base_of(paths: Sequence[str]) -> Path:
    """Return the folder that output names files from: the one given, that of a file, or what several have in common."""
    folders = [path if os.path.isdir(path) else os.path.dirname(path) for path in map(os.path.abspath, paths)]
    try:
        return Path(os.path.commonpath(folders))
    except ValueError:  # on two drives of Windows
        raise CannotLook(f"{' and '.join(paths)} have no folder in common: look at one after the other.") from None


def look(
    paths: Sequence[str],
    wishes: Wishes,
    terminal: TextIO,
    *,
    may_be_empty: bool = False,
    edited: Mapping[str, bytes] = MappingProxyType({}),
) -> Report:
    """Return what there is to report in all paths together, named from `base_of` them.

    `edited` has contents by paths that stand for those on disk. Raises CannotLook when there is nothing to look at,
    unless that may be.
    """
    base = base_of(paths)
    reports = [_look(path, wishes, base, terminal, edited) for path in paths]
    if not may_be_empty and not sum(report.files for report in reports):
        raise CannotLook(
            f"No Python file to read in {', '.join(paths)}. Name the folder of a project; "
            "tests are left out without --tests, and what exclude says always is."
        )
    return Report(
        findings=sorted({finding for report in reports for finding in report.findings}),
        unparsed=sorted({file for report in reports for file in report.unparsed}, key=lambda file: file.path),
        files=sum(report.files for report in reports),
    )


def _look(path: str, wishes: Wishes, base: Path, terminal: TextIO, edited: Mapping[str, bytes]) -> Report:
    from async_audit.static import audit  # who only reads logs need not wait for it

    file = Path(os.path.abspath(path))
    is_folder = _is_folder(path)
    root = file if is_folder else project_of(file)
    config = _config(root, wishes)
    with Progress(terminal) as progress:
        report = audit(
            root,
            exclude=config.exclude if is_folder else (),  # who names a file wants it read
            wrappers=config.wrappers,
            tests=wishes.tests or not is_folder,
            progress=progress,
            edited=edited,
        )
    findings = [
        finding
        for finding in report.findings
        if (finding.tier < GUESS or wishes.guesses)
        and config.reports(finding.code)
        and not is_silenced(finding, root, edited)
    ]
    report = Report(findings, report.unparsed, report.files)
    return _renamed(report if is_folder else _of_file(report, file.relative_to(root).as_posix()), root, base)


def _is_folder(path: str) -> bool:
    """Tell whether a path is a folder, or else a file of Python. Raises CannotLook when it is neither."""
    try:
        if os.path.isdir(path):
            os.listdir(path)
            return True
        with open(path, "rb"):
            pass
    except OSError as error:
        raise CannotLook(f"{path} cannot be read: {error.strerror}. Name a folder, or a file of Python.") from None
    if not path.endswith(".py"):
        raise CannotLook(f"{path} is no file of Python. Name a folder, or a file that ends in .py; a log needs --log.")
    return False


def project_of(file: Path) -> Path:
    """Return the folder of the project around a file, for the models and functions that the file uses."""
    marked = (up for up in file.parents if any((up / mark).is_file() for mark in ("manage.py", "pyproject.toml")))
    return next(marked, file.parent)


def _config(root: Path, wishes: Wishes) -> Config:
    config = read_config(root)
    return replace(
        config,
        exclude=(*config.exclude, *wishes.exclude),
        select=wishes.select or config.select,
        ignore=wishes.ignore or config.ignore,
    )


def _of_file(report: Report, path: str) -> Report:
    unparsed = [file for file in report.unparsed if file.path == path]
    return Report([finding for finding in report.findings if finding.path == path], unparsed, 1)


def _renamed(report: Report, root: Path, base: Path) -> Report:
    """Return a report whose paths start at `base` instead of `root`."""
    if root == base:
        return report

    def name(path: str) -> str:
        return Path(os.path.relpath(root / path, base)).as_posix()

    return Report(
        [
            replace(
                finding,
                path=name(finding.path),
                chain=tuple(Step(name(step.path), step.line, step.function) for step in finding.chain),
            )
            for finding in report.findings
        ],
        [Unparsed(name(file.path), file.reason) for file in report.unparsed],
        report.files,
    )
