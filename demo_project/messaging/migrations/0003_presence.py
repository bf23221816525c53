import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0002_userstatus")]
    operations = [
        migrations.AddField("userstatus", "last_seen", models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="Connection",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("seen_at", models.DateTimeField()),
                (
                    "status",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="connections",
                        to="messaging.userstatus",
                    ),
                ),
            ],
        ),
    ]
