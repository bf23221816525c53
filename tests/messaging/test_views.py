"""The pages, and who may see them."""

import json
import re

import pytest

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


def test_the_inbox_lists_the_others_with_their_presence(client, ana, ben, django_user_model):
    django_user_model.objects.create(username="gone", is_active=False)
    UserStatus.objects.create(user=ben, is_online=True)
    client.force_login(ana)
    page = client.get("/").content.decode()
    people = re.findall(r'<a href="/chat/(\w+)/">', page)
    assert people == ["ben"]
    assert '<span class="presence online">online</span>' in page


def test_the_chat_page_carries_the_conversation(client, ana, ben):
    Message.objects.create(sender=ben, recipient=ana, content="</script><b>Hello</b>")
    client.force_login(ana)
    html = client.get("/chat/ben/").content.decode()
    assert "<b>Hello" not in html
    page = json.loads(re.search(r'<script id="page" type="application/json">(.*?)</script>', html).group(1))
    assert page["user_id"] == ana.pk
    assert [message["content"] for message in page["messages"]] == ["</script><b>Hello</b>"]


@pytest.mark.parametrize("peer", ["ana", "nobody"])
def test_there_is_no_chat_with_oneself_or_nobody(client, ana, peer):
    client.force_login(ana)
    assert client.get(f"/chat/{peer}/").status_code == 404
