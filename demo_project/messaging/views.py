"""The pages of LinkUp; what happens on an open chat page goes through `messaging.consumers`."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.decorators import method_decorator
from django_ratelimit.decorators import ratelimit

from messaging.message_persistence_manager import PAGE_SIZE, conversations, get_conversation_messages
from messaging.protocol import MAX_CONTENT, VERSION
from messaging.sessions import close_sockets


@login_required
def inbox(request: HttpRequest) -> HttpResponse:
    """List everybody one can chat with, the latest conversation first, a page at a time."""
    page = Paginator(conversations(request.user.pk), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "messaging/inbox.html", {"page": page, "people": list(page)})


@login_required
def chat(request: HttpRequest, username: str) -> HttpResponse:
    """Show the conversation with one user; 404 for an unknown one and for oneself."""
    others = get_user_model().objects.filter(is_active=True).exclude(pk=request.user.pk)
    peer = get_object_or_404(others, username=username)
    page = {
        "peer": peer.get_username(),
        "peer_id": peer.pk,
        "user_id": request.user.pk,
        "version": VERSION,
        "page_size": PAGE_SIZE,
        "messages": get_conversation_messages(request.user.pk, peer.pk),
    }
    return render(request, "messaging/chat.html", {"peer": peer, "page": page, "max_content": MAX_CONTENT})


def who_tries(_group: str, request: HttpRequest) -> str:
    """Return what attempts to log in are counted by: an account, as tried from one address."""
    return f"{request.META['REMOTE_ADDR']} {request.POST.get('username', '')}"


class LoginView(auth_views.LoginView):
    """Logs in; who tries too often waits. The cache counts, so by default each process does by itself."""

    redirect_authenticated_user = True

    @method_decorator(ratelimit(key=who_tries, rate="10/5m", block=False))
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Check a password, unless ten have been tried in the last five minutes."""
        if request.limited:
            return self.render_to_response(self.get_context_data(is_limited=True, form=self.form_class()), status=429)
        return super().post(request, *args, **kwargs)


class LogoutView(auth_views.LogoutView):
    """Ends the session, and the sockets that were opened in it."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Log out."""
        session_key = request.session.session_key
        response = super().post(request, *args, **kwargs)
        if session_key:
            close_sockets(session_key)
        return response
