"""The admin's view of the chat."""

from django.contrib import admin

from messaging.models import Connection, Message, UserStatus


@admin.register(Message)
class MessageAdmin(admin.ModelAdmin):
    """Messages; who wrote what and when stays as it is."""

    list_display = ["id", "sender", "recipient", "status", "created_at", "updated_at"]
    list_filter = ["status", "created_at"]
    list_select_related = ["sender", "recipient"]
    search_fields = ["sender__username", "recipient__username", "content"]
    readonly_fields = ["sender", "recipient", "client_id", "created_at", "updated_at"]

    def has_add_permission(self, request: object) -> bool:
        """Messages are written in chats."""
        return False


class WrittenBySockets(admin.ModelAdmin):
    """What open chats store is looked at here, and not made."""

    def has_add_permission(self, request: object) -> bool:
        """Sockets add rows."""
        return False


@admin.register(UserStatus)
class UserStatusAdmin(WrittenBySockets):
    """Who is online."""

    list_display = ["user", "is_online", "last_seen"]
    list_select_related = ["user"]
    search_fields = ["user__username"]
    readonly_fields = ["user", "is_online", "last_seen"]


@admin.register(Connection)
class ConnectionAdmin(WrittenBySockets):
    """Open chat sockets."""

    list_display = ["id", "status", "seen_at"]
    readonly_fields = ["id", "status", "seen_at"]
