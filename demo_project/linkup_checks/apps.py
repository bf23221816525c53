from django.apps import AppConfig


class LinkupChecksConfig(AppConfig):
    """The scripts that tell what the incident has broken, and what they share."""

    name = "linkup_checks"
