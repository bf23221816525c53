from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0003_presence")]
    operations = [
        migrations.AddField(
            "message",
            "status",
            models.CharField(
                choices=[("sent", "Sent"), ("delivered", "Delivered"), ("read", "Read")], default="sent", max_length=9
            ),
        ),
    ]
