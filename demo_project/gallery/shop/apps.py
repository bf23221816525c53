from django.apps import AppConfig


class ShopConfig(AppConfig):
    """A bookshop, the subject of all programs here."""

    name = "shop"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        """Connect the receivers."""
        from shop import signals  # noqa: F401
