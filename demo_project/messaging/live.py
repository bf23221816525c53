"""Async views: each query is awaited, and nothing here asks for `request.user`, which would query on the event loop."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.core.exceptions import BadRequest
from django.db import Error, connection
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from redis.exceptions import RedisError

from messaging.message_persistence_manager import PAGE_SIZE, conversations, mark_all_read_async, serialize_message
from messaging.models import Message
from messaging.rooms import conversation_room

logger = logging.getLogger(__name__)
PATIENCE = 2  # seconds for an event to come back from the channel layer


@never_cache
async def people(request: HttpRequest) -> HttpResponse:
    """Return one page of the inbox's list as it is now. Raises BadRequest for no number."""
    user = await request.auser()
    if not user.is_authenticated:
        return redirect("login")
    try:
        start = (max(1, int(request.GET.get("page", "1"))) - 1) * PAGE_SIZE
    except ValueError as error:
        raise BadRequest("page is a number") from error
    rows = [person async for person in conversations(user.pk)[start : start + PAGE_SIZE]]
    # With the request, a context processor would look for its user.
    return HttpResponse(render_to_string("messaging/people.html", {"people": rows, "user": user}))


@require_POST
async def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all that a user has got as read, tell those who wrote it, and show the inbox."""
    user = await request.auser()
    if not user.is_authenticated:
        return redirect("login")
    read = await mark_all_read_async(user.pk)
    try:
        for sender_id, up_to_id in read.items():
            event = {
                "type": "chat.status",
                "recipient_id": user.pk,
                "up_to_id": up_to_id,
                "status": Message.Status.READ,
            }
            await get_channel_layer().group_send(conversation_room(user.pk, sender_id), event)
    except RedisError:
        logger.exception("nobody was told, and all is stored")
    return redirect("inbox")


async def download(request: HttpRequest) -> HttpResponse:
    """Send a user all messages that they wrote or got, oldest first, a JSON object a line, without holding them all."""
    user = await request.auser()
    if not user.is_authenticated:
        return redirect("login")
    headers = {"Content-Disposition": 'attachment; filename="linkup.jsonl"'}
    return StreamingHttpResponse(_lines(user.pk), content_type="application/jsonl", headers=headers)


async def _lines(user_id: int) -> AsyncIterator[str]:
    own = Message.objects.filter(Q(sender_id=user_id) | Q(recipient_id=user_id)).order_by("pk")
    async for message in own.select_related("sender", "recipient").aiterator(chunk_size=500):
        names = {"sender": message.sender.get_username(), "recipient": message.recipient.get_username()}
        yield json.dumps(names | serialize_message(message), ensure_ascii=False) + "\n"


@never_cache
async def health(request: HttpRequest) -> JsonResponse:
    """Tell whether the database and the channel layer answer: 200, or 503."""
    found = {"database": await _database_answers(), "channel_layer": await _layer_answers()}
    return JsonResponse(found, status=200 if all(found.values()) else 503)


@database_sync_to_async
def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


async def _layer_answers() -> bool:
    layer = get_channel_layer()
    try:
        async with asyncio.timeout(PATIENCE):
            channel = await layer.new_channel()
            await layer.send(channel, {"type": "health"})
            await layer.receive(channel)
    except (RedisError, TimeoutError):
        return False
    return True
