"""check_password() renews a hash that has grown old, and stores it, on the event loop; a fresh one asks nobody."""

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User

CODE = None
CATALOGUE = [14]


async def broken_renewed():
    user = await User.objects.aget(username="ann")
    user.password = make_password("secret", salt="old")  # too short a salt by now
    return user.check_password("secret")


async def fixed_renewed():
    user = await User.objects.aget(username="ann")
    user.password = make_password("secret", salt="old")
    return await user.acheck_password("secret")
