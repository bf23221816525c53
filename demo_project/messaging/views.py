"""The pages of LinkUp; what happens on an open chat page goes through `messaging.consumers`."""

from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from messaging.message_persistence_manager import get_conversation_messages


@login_required
def inbox(request: HttpRequest) -> HttpResponse:
    """List everybody one can chat with."""
    people = get_user_model().objects.filter(is_active=True).exclude(pk=request.user.pk)
    return render(request, "messaging/inbox.html", {"people": people.select_related("status").order_by("username")})


@login_required
def chat(request: HttpRequest, username: str) -> HttpResponse:
    """Show the conversation with one user; 404 for an unknown one and for oneself."""
    others = get_user_model().objects.filter(is_active=True).exclude(pk=request.user.pk)
    peer = get_object_or_404(others, username=username)
    page = {
        "peer": peer.get_username(),
        "user_id": request.user.pk,
        "messages": get_conversation_messages(request.user.pk, peer.pk),
    }
    return render(request, "messaging/chat.html", {"peer": peer, "page": page})
