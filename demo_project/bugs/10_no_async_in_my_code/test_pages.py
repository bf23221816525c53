"""Tests of the chat page, as many projects have them."""

import pytest
from django.contrib.auth import get_user_model


@pytest.fixture
def ana(db):
    """Ana; Ben is there as well, and nobody else."""
    users = get_user_model().objects
    users.create(username="ben")
    return users.create(username="ana")


def test_chat(client, ana):
    client.force_login(ana)
    assert client.get("/chat/ben/").status_code == 200


def test_chat_with_nobody(client, ana):
    client.force_login(ana)
    assert client.get("/chat/nobody/").status_code == 404
