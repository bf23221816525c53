"""What keeps other sites, and other users, out of a session."""

import re

import pytest
from django.test import Client

from messaging.models import Message, UserStatus

pytestmark = pytest.mark.django_db


def test_no_script_but_the_sites_own_files(client, ana):
    policy = client.get("/login/").headers["Content-Security-Policy"]
    directives = dict(directive.strip().split(" ", 1) for directive in policy.split(";"))
    assert directives["default-src"] == directives["frame-ancestors"] == directives["base-uri"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == directives["connect-src"] == "'self'"
    assert "unsafe" not in policy


def test_cookies_are_not_for_scripts_nor_for_other_sites(client, ana):
    client.get("/login/")
    client.post("/login/", {"username": "ana", "password": "correct horse"})
    for name in ("sessionid", "csrftoken"):
        assert client.cookies[name]["httponly"] is True
        assert client.cookies[name]["samesite"] == "Lax"


@pytest.mark.parametrize("path", ["/login/", "/logout/", "/admin/login/"])
def test_no_form_is_taken_from_another_site(ana, path):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana)
    assert client.post(path, {"username": "ana", "password": "correct horse"}).status_code == 403


@pytest.mark.parametrize("path", ["/", "/chat/ben/"])
def test_every_form_of_a_page_carries_its_token(client, ana, ben, path):
    client.force_login(ana)
    html = client.get(path).content.decode()
    forms = re.findall(r'<form[^>]*method="post".*?</form>', html, re.S)
    assert forms
    assert all("csrfmiddlewaretoken" in form for form in forms)


def test_nobody_reads_the_conversation_of_others(client, ana, ben, django_user_model):
    chloe = django_user_model.objects.create_user("chloe")
    Message.objects.create(sender=ana, recipient=ben, content="for Ben alone")
    client.force_login(chloe)
    for path in ("/", "/chat/ana/", "/chat/ben/"):
        assert "for Ben alone" not in client.get(path).content.decode()


def test_a_visitor_may_log_out_too(client):
    assert client.post("/logout/").url == "/login/"


def test_the_admin_is_for_staff(client, ana):
    client.force_login(ana)
    assert client.get("/admin/messaging/message/").url.startswith("/admin/login/")


def test_the_admin_shows_each_model_and_writes_no_messages(admin_client, ana, ben, django_assert_max_num_queries):
    for _ in range(20):
        Message.objects.create(sender=ana, recipient=ben, content="Hello")
    UserStatus.objects.create(user=ana).connections.create(
        pk="6a1f5c1e-0f5d-4b0a-9f0e-2f4f3c1d7b55", seen_at="2026-01-01T00:00Z"
    )
    for model in ("message", "userstatus", "connection"):
        with django_assert_max_num_queries(8):
            assert admin_client.get(f"/admin/messaging/{model}/").status_code == 200
    row = Message.objects.first()
    assert admin_client.get(f"/admin/messaging/message/{row.pk}/change/").status_code == 200
    for model in ("message", "userstatus", "connection"):
        assert admin_client.get(f"/admin/messaging/{model}/add/").status_code == 403
