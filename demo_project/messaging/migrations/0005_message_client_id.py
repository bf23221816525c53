from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0004_message_status")]
    operations = [
        migrations.AddField("message", "client_id", models.UUIDField(editable=False, null=True)),
        migrations.AddConstraint(
            "message",
            models.UniqueConstraint(fields=("sender", "recipient", "client_id"), name="message_client_id_once"),
        ),
    ]
