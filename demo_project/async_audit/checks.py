"""The checker's findings for Django's check framework: manage.py check --tag async_support."""

import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core import checks

from async_audit.errors import CannotLook
from async_audit.formats import shape_of
from async_audit.look import Wishes, look
from async_audit.report import Report, StaticFinding


@checks.register(checks.Tags.async_support)
def check_async_support(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Return a warning for each finding, of all the project or of the apps named.

    Reading a large project takes seconds, and runserver, migrate and test run all checks each time they start. So this
    one waits until somebody asks for its tag.
    """
    if not _is_asked_for(sys._getframe(1)):
        return []
    folders = _folders(app_configs)
    try:
        report = look(folders, Wishes(), sys.stderr) if folders else Report([], [], 0)
    except CannotLook as error:
        return [checks.Error(str(error), id="async_audit.E001")]
    return _messages(report)


def _is_asked_for(caller: FrameType) -> bool:
    """Tell whether the caller is anything but Django's run_checks without tags.

    Django tells a check neither which tags it runs nor whether there are any, so the answer is in the frame.
    """
    return caller.f_locals.get("tags", ()) is not None


def _folders(app_configs: Sequence[AppConfig] | None) -> list[str]:
    """Return the project's folder, or those of its apps where the settings name none or some apps are asked for."""
    if app_configs is None and (base := getattr(settings, "BASE_DIR", None)):
        return [str(base)]
    paths = [config.path for config in app_configs or apps.get_app_configs()]
    return [path for path in paths if app_configs or not {"site-packages", "dist-packages"} & set(Path(path).parts)]


def _messages(report: Report) -> list[checks.CheckMessage]:
    messages: list[checks.CheckMessage] = [_warning(finding) for finding in report.findings]
    messages += [
        checks.Warning(f"not parsed: {file.reason}", obj=file.path, id="async_audit.W001") for file in report.unparsed
    ]
    return messages


def _warning(finding: StaticFinding) -> checks.CheckMessage:
    shape = shape_of(finding.code)
    way = [f"{step.path}:{step.line} in {step.function}" for step in finding.chain]
    return checks.Warning(
        "\n\t".join([finding.message, *(way if len(way) > 1 else [])]),
        hint=f"{shape.fix} (lesson: {shape.lesson_file})" if shape.lesson else shape.fix,
        obj=f"{finding.path}:{finding.line}:{finding.col}",
        id=f"async_audit.{finding.code}",
    )
