"""Names in addresses; to import this is to register them."""

from django.urls import register_converter


class UsernameConverter:
    """`<username:name>`: NUL is in no name, and PostgreSQL refuses to look for it."""

    regex = r"[^/\0]+"

    def to_python(self, value: str) -> str:
        """Return the name."""
        return value

    def to_url(self, value: str) -> str:
        """Return the part of the address."""
        return value


register_converter(UsernameConverter, "username")
