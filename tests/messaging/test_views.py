"""The pages, and who may see them."""

import json
import re
from datetime import timedelta
from html import unescape
from unittest.mock import Mock

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from messaging.models import Message, UserStatus

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/", "/chat/ben/"])
def test_pages_are_for_users(client, path):
    response = client.get(path)
    assert response.status_code == 302
    assert response.url == f"/login/?next={path}"


def test_logging_in_and_out(client, ana, ben):
    response = client.post("/login/", {"username": "ana", "password": "correct horse", "next": "/chat/ben/"})
    assert response.url == "/chat/ben/"
    assert client.get("/").status_code == 200
    assert client.post("/logout/").url == "/login/"
    assert client.get("/").status_code == 302


def test_a_wrong_password_is_told(client, ana):
    response = client.post("/login/", {"username": "ana", "password": "wrong"})
    assert "correct username and password" in response.content.decode()


def test_a_password_is_not_tried_for_ever(client, ana, ben, monkeypatch):
    # The five minutes are those of the clock, and may end between two attempts.
    monkeypatch.setattr("django_ratelimit.core.time", Mock(time=lambda: 1_800_000_000))
    for _ in range(10):
        assert client.post("/login/", {"username": "ana", "password": "wrong"}).status_code == 200
    response = client.post("/login/", {"username": "ana", "password": "correct horse"})
    assert (response.status_code, "Too many attempts" in response.content.decode()) == (429, True)
    assert client.post("/login/", {"username": "ben", "password": "correct horse"}).status_code == 302


def test_the_inbox_comes_in_pages(client, ana, django_user_model):
    django_user_model.objects.bulk_create([django_user_model(username=f"user{n:03}") for n in range(120)])
    client.force_login(ana)
    first, last = client.get("/").content.decode(), client.get("/?page=3").content.decode()
    assert [page.count("<li>") for page in (first, last)] == [50, 20]
    assert ('href="?page=2"' in first, 'href="?page=2"' in last) == (True, True)
    assert client.get("/?page=nonsense").content.decode().count("<li>") == 50


@pytest.mark.parametrize("path", ["/chat/be%00n/", "/?page=%00"])
def test_nul_in_an_address_is_no_mistake_of_linkup(client, ana, path):
    client.force_login(ana)
    assert client.get(path).status_code in (200, 404)


def row(client, username):
    """Return one person's row of the inbox, as text."""
    page = client.get("/").content.decode()
    item = next(item for item in re.findall(r"<li>(.*?)</li>", page, re.DOTALL) if f'href="/chat/{username}/"' in item)
    return " ".join(unescape(strip_tags(item)).split())


def test_the_inbox_lists_the_others_the_latest_conversation_first(client, ana, ben, django_user_model):
    django_user_model.objects.create(username="gone", is_active=False)
    chloe, dora = [django_user_model.objects.create_user(name) for name in ("chloe", "dora")]
    for sender, recipient in ((ana, dora), (ben, ana), (ben, chloe)):
        Message.objects.create(sender=sender, recipient=recipient, content="Hello")
    client.force_login(ana)
    assert re.findall(r'<a href="/chat/(\w+)/">', client.get("/").content.decode()) == ["ben", "dora", "chloe"]


def test_an_inbox_without_others_says_so(client, ana):
    client.force_login(ana)
    assert "Nobody else is here yet." in client.get("/").content.decode()


@pytest.mark.parametrize(
    ("is_online", "hours", "shown"),
    [(True, 0, "ben online"), (True, 3, "ben last seen 3 hours ago"), (False, 0, "ben last seen just now")],
)
def test_the_inbox_tells_who_is_there(client, ana, ben, is_online, hours, shown):
    """A status that says online, and was last heard of hours ago, is that of a process that crashed."""
    last_seen = timezone.now() - timedelta(hours=hours)
    UserStatus.objects.create(user=ben, is_online=is_online, last_seen=last_seen)
    client.force_login(ana)
    assert row(client, "ben") == shown


def test_the_inbox_says_nothing_of_whom_nobody_has_seen(client, ana, ben, django_user_model):
    UserStatus.objects.create(user=django_user_model.objects.create_user("chloe"))
    client.force_login(ana)
    assert (row(client, "ben"), row(client, "chloe")) == ("ben", "chloe")


def test_the_inbox_shows_the_last_message_and_counts_the_unread(client, ana, ben):
    for content in ("One", "Two <b>"):
        Message.objects.create(sender=ben, recipient=ana, content=content)
    client.force_login(ana)
    assert row(client, "ben") == "ben Two <b> 2 unread"
    Message.objects.update(status=Message.Status.READ)
    Message.objects.create(sender=ana, recipient=ben, content="Three")
    assert row(client, "ben") == "ben You: Three"


def test_the_chat_page_carries_the_conversation(client, ana, ben):
    Message.objects.create(sender=ben, recipient=ana, content="</script><b>Hello</b>")
    client.force_login(ana)
    html = client.get("/chat/ben/").content.decode()
    assert "<b>Hello" not in html
    page = json.loads(re.search(r'<script id="page" type="application/json">(.*?)</script>', html).group(1))
    assert (page["user_id"], page["peer_id"], page["peer"]) == (ana.pk, ben.pk, "ben")
    assert (page["version"], page["page_size"]) == ("linkup.v1", 50)
    assert [message["content"] for message in page["messages"]] == ["</script><b>Hello</b>"]


@pytest.mark.parametrize("path", ["/", "/chat/ben/", "/login/"])
def test_no_page_needs_inline_code(client, ana, ben, path):
    """The Content-Security-Policy allows none; a script with a type of its own is data."""
    if path != "/login/":
        client.force_login(ana)
    html = client.get(path).content.decode()
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", html)
    for script in re.findall(r"<script[^>]*>", html):
        assert "src=" in script or 'type="application/json"' in script


@pytest.mark.parametrize("peer", ["ana", "nobody"])
def test_there_is_no_chat_with_oneself_or_nobody(client, ana, peer):
    client.force_login(ana)
    assert client.get(f"/chat/{peer}/").status_code == 404
