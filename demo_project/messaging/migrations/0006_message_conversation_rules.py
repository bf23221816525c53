from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("messaging", "0005_message_client_id")]
    operations = [
        migrations.AddIndex(
            "message", models.Index(fields=["sender", "recipient", "-id"], name="message_conversation")
        ),
        migrations.AddIndex(
            "message",
            models.Index(fields=["recipient", "sender"], condition=~Q(status="read"), name="message_unread"),
        ),
        migrations.AddConstraint(
            "message", models.CheckConstraint(condition=~Q(content=""), name="message_content_not_empty")
        ),
        migrations.AddConstraint(
            "message",
            models.CheckConstraint(condition=~Q(sender=F("recipient")), name="message_to_somebody_else"),
        ),
    ]
