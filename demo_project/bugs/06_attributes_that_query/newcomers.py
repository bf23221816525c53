"""Ten people come to LinkUp, and some of them write to Ana; print how her inbox should list everybody then."""

import random
import secrets

from django.contrib.auth import get_user_model
from django.utils import timezone

from messaging.models import Message, UserStatus

STATES = {"online": {"is_online": True}, "was here": {"is_online": False}}
users = get_user_model().objects
ana, ben = users.get(username="ana"), users.get(username="ben")
chance = random.SystemRandom()
wrote, silent = [], [("chloe", "unknown", 0)]
# One of each kind at least: online, away, never here, and without a row of their own.
kinds = [*STATES, "never here", "no row", *chance.choices([*STATES, "never here", "no row"], k=6)]
chance.shuffle(kinds)
for number, kind in enumerate(kinds):
    newcomer = users.create(username=f"n{secrets.token_hex(4)}")
    if kind != "no row":
        seen = {"last_seen": timezone.now(), **STATES[kind]} if kind in STATES else {}
        UserStatus.objects.create(user=newcomer, **seen)
    unread = chance.randint(1, 3) if number % 2 else 0
    for _message in range(unread):
        Message.objects.create(sender=newcomer, recipient=ana, content="Is this seat taken?")
    listed = newcomer.username, kind if kind in STATES else "unknown", unread
    wrote.insert(0, listed) if unread else silent.append(listed)
unread = Message.objects.filter(sender=ben, recipient=ana).exclude(status="read").count()
for name, presence, waiting in [*wrote, ("ben", "unknown", unread), *sorted(silent)]:
    print(f"{name}: {presence}, {waiting} unread")
