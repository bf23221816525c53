"""Addresses of LinkUp's pages; the socket's stands in `linkup.asgi`."""

from django.contrib import admin
from django.urls import path

from messaging import addresses, live, views  # noqa: F401 - addresses may have usernames then

urlpatterns = [
    path("admin/", admin.site.urls),
    path("login/", views.LoginView.as_view(), name="login"),
    path("logout/", views.LogoutView.as_view(), name="logout"),
    path("", views.inbox, name="inbox"),
    path("people/", live.people, name="people"),
    path("read/", live.read_all, name="read-all"),
    path("download/", live.download, name="download"),
    path("health/", live.health, name="health"),
    path("chat/<username:username>/", views.chat, name="chat"),
]
