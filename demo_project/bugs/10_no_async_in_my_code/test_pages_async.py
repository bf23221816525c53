"""The same test with Django's AsyncClient: the request goes through the ASGI handler, on an event loop."""

import pytest
from django.contrib.auth import get_user_model


@pytest.fixture
def ana(transactional_db):
    """Ana; Ben is there as well. Both are committed: other threads have connections of their own."""
    users = get_user_model().objects
    users.create(username="ben")
    return users.create(username="ana")


async def test_chat_async(async_client, ana):
    await async_client.aforce_login(ana)
    assert (await async_client.get("/chat/ben/")).status_code == 200
