from django.db import migrations, models
from django.db.models import F


def fill_from_created_at(apps, schema_editor):
    """Rows that are older than the field were last changed, as far as anybody knows, when they were made."""
    message = apps.get_model("messaging", "Message")
    message.objects.using(schema_editor.connection.alias).update(updated_at=F("created_at"))


class Migration(migrations.Migration):
    dependencies = [("messaging", "0006_message_conversation_rules")]
    operations = [
        migrations.AddField("message", "updated_at", models.DateTimeField(null=True)),
        migrations.RunPython(fill_from_created_at, migrations.RunPython.noop),
        migrations.AlterField("message", "updated_at", models.DateTimeField(auto_now=True)),
    ]
