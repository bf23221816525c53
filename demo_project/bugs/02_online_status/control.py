"""The work of set_user_online_status, as a script: no event loop is running here."""

from uuid import uuid4

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from messaging.models import UserStatus

ana = get_user_model().objects.get(username="ana")
with transaction.atomic():
    status, _created = UserStatus.objects.select_for_update().get_or_create(user_id=ana.pk)
    status.connections.create(pk=uuid4(), seen_at=timezone.now())
    status.is_online = status.connections.exists()
    status.last_seen = timezone.now()
    status.save()
print("stored, online:", UserStatus.objects.get(user=ana).is_online)
