"""A program that fails, for tools that print its traceback in forms of their own."""

from django.contrib.auth.models import User


def names():
    return [user.username for user in User.objects.all()]


async def show():
    return names()
