from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0002_userstatus")]
    operations = [
        migrations.AddField("userstatus", "last_seen", models.DateTimeField(null=True)),
    ]
