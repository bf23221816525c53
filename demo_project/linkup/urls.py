"""Addresses of LinkUp's pages; the socket's stands in `linkup.asgi`."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from messaging import views

urlpatterns = [
    path("login/", LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("", views.inbox, name="inbox"),
    path("chat/<str:username>/", views.chat, name="chat"),
]
