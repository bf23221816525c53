"""The ASGI application: pages over HTTP, the chat over WebSocket."""

import os

from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linkup.settings")
if not settings.configured:  # else this is a test, or runserver, whose settings have been read
    os.environ["LINKUP_SERVES"] = "1"
# Loads the apps, so it must stand before everything that imports a model.
django_application = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path, re_path  # noqa: E402

from linkup.draining import Draining  # noqa: E402
from linkup.sockets import SameOrigin, TurnAway, Turnstile  # noqa: E402
from linkup.this_machine_only import this_machine_only  # noqa: E402
from linkup.threads import closed_after_each_request, several_database_threads  # noqa: E402
from messaging import addresses  # noqa: E402, F401 - routes may have usernames then
from messaging.consumers import ChatConsumer  # noqa: E402
from messaging.protocol import CloseCode  # noqa: E402

chats = [
    path("ws/chat/<username:username>/", ChatConsumer.as_asgi()),
    # Without this one, a wrong address would be an exception in the log.
    re_path("", TurnAway.as_asgi(code=CloseCode.UNKNOWN_USER)),
]
sockets = Draining(several_database_threads(Turnstile(AuthMiddlewareStack(URLRouter(chats)))))
routes = ProtocolTypeRouter(
    {
        "http": closed_after_each_request(django_application),
        "websocket": SameOrigin(sockets, settings.ALLOWED_HOSTS),
    }
)
application = this_machine_only(routes) if settings.DEBUG else routes
