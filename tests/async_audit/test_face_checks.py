"""manage.py check --tag async_support."""

import io

import pytest
from django.apps import apps
from django.core import checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from face import CALLED, DIRECT, UNPARSED, Engine, make_project

from async_audit.shapes import shapes

ASYNC = checks.Tags.async_support


@pytest.fixture
def project(tmp_path, settings):
    settings.BASE_DIR = make_project(tmp_path / "project")
    return settings.BASE_DIR


def check(**options):
    """Run manage.py check; return what it prints."""
    out = io.StringIO()
    call_command("check", stdout=out, stderr=out, **options)
    return out.getvalue()


def test_a_finding_is_a_warning(project, monkeypatch):
    engine = Engine(monkeypatch, CALLED, unparsed=[UNPARSED])
    warning, unparsed = checks.run_checks(tags=[ASYNC])
    assert (warning.level, warning.id, warning.obj) == (checks.WARNING, "async_audit.DAS003", "shop/views.py:6:35")
    assert warning.msg.split("\n\t") == [
        "self.genre was not loaded",
        "shop/views.py:6 in show",
        "shop/models.py:3 in Book.label",
    ]
    assert warning.hint == f"{shapes()['DAS003'].fix} (lesson: notebooks/06_attributes_that_query.ipynb)"
    assert (unparsed.level, unparsed.id, unparsed.obj) == (checks.WARNING, "async_audit.W001", "shop/later.py")
    assert engine.calls[0]["root"] == project


def test_the_command_shows_it(project, monkeypatch):
    Engine(monkeypatch, DIRECT)
    said = check(tags=[ASYNC])
    assert "shop/views.py:6:17: (async_audit.DAS003) book.author was not loaded\n\tHINT: " in said
    assert "identified 1 issue (0 silenced)" in said
    with pytest.raises(SystemCheckError):
        check(tags=[ASYNC], fail_level="WARNING")


def test_the_lesson_is_in_the_hint(project, monkeypatch):
    Engine(monkeypatch, type(DIRECT)("a.py", 1, 1, "DAS001", "asks", "f", 1, ()))
    (warning,) = checks.run_checks(tags=[ASYNC])
    assert warning.hint.endswith("(lesson: notebooks/02_online_status.ipynb)")


@pytest.mark.parametrize("options", [{}, {"deploy": True}, {"tags": ["models"]}, {"app_labels": ["messaging"]}])
def test_nothing_is_read_until_the_tag_is_asked_for(project, monkeypatch, options):
    engine = Engine(monkeypatch, DIRECT)
    labels = options.pop("app_labels", [])
    out = io.StringIO()
    call_command("check", *labels, stdout=out, stderr=out, **options)
    assert engine.calls == []
    assert "async_audit" not in out.getvalue()
    checks.run_checks()
    assert engine.calls == []


def test_some_apps_alone(project, settings, monkeypatch):
    engine = Engine(monkeypatch, DIRECT)
    out = io.StringIO()
    call_command("check", "messaging", "async_audit", tags=[ASYNC], stdout=out, stderr=out)
    assert sorted(call["root"].name for call in engine.calls) == ["async_audit", "messaging"]
    assert "messaging/shop/views.py:6:17" in out.getvalue()


def test_without_a_folder_in_the_settings_the_projects_own_apps_are_read(settings, monkeypatch):
    del settings.BASE_DIR
    engine = Engine(monkeypatch)
    assert checks.run_checks(tags=[ASYNC]) == []
    assert {call["root"].name for call in engine.calls} == {"linkup", "messaging", "linkup_checks", "async_audit"}


def test_an_installed_app_is_read_when_it_is_named(settings, monkeypatch):
    engine = Engine(monkeypatch)
    call_command("check", "auth", tags=[ASYNC], stdout=io.StringIO())
    assert [call["root"].parts[-3:] for call in engine.calls] == [("django", "contrib", "auth")]


def test_a_project_of_installed_apps_alone(settings, monkeypatch):
    del settings.BASE_DIR
    engine = Engine(monkeypatch)
    installed = [apps.get_app_config("auth")]
    monkeypatch.setattr(apps, "get_app_configs", lambda: installed)
    assert checks.run_checks(tags=[ASYNC]) == []
    assert engine.calls == []


def test_it_can_be_silenced(project, settings, monkeypatch):
    Engine(monkeypatch, DIRECT)
    settings.SILENCED_SYSTEM_CHECKS = ["async_audit.DAS003"]
    assert "(1 silenced)" in check(tags=[ASYNC])


def test_what_keeps_it_from_looking_is_an_error(project, monkeypatch):
    Engine(monkeypatch, DIRECT)
    (project / "pyproject.toml").write_text("[tool.async_audit]\nexcludes = []\n")
    (error,) = checks.run_checks(tags=[ASYNC])
    assert (error.level, error.id) == (checks.ERROR, "async_audit.E001")
    assert "excludes" in error.msg
