"""The work of set_user_online_status, as a script: no event loop is running here."""

from django.contrib.auth import get_user_model
from django.utils import timezone

from messaging.models import UserStatus

ana = get_user_model().objects.get(username="ana")
status, _created = UserStatus.objects.get_or_create(user_id=ana.pk)
status.is_online = True
status.last_seen = timezone.now()
status.save()
print("stored, online:", UserStatus.objects.get(user=ana).is_online)
