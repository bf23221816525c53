"""Addresses of LinkUp's pages; the socket's stands in `linkup.asgi`."""

from django.contrib import admin
from django.contrib.auth.views import LoginView
from django.urls import path

from messaging import views

urlpatterns = [
    path("admin/", admin.site.urls),
    path("login/", LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("logout/", views.LogoutView.as_view(), name="logout"),
    path("", views.inbox, name="inbox"),
    path("chat/<str:username>/", views.chat, name="chat"),
]
