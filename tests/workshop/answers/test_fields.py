"""Answers to the exercises of lesson 01: a datetime in a frame, and a migration that says all rows were changed."""

from exercises import Answers

LINE = '"updated_at": message.updated_at,'
RIGHT_TIMES = {
    "as created_at": '"updated_at": message.updated_at.isoformat(),',
    "the zone of the reader": '"updated_at": timezone.localtime(message.updated_at).isoformat(),',
    "Django's encoder": (
        '"updated_at": __import__("django.core.serializers.json").core.serializers.json'
        ".DjangoJSONEncoder().default(message.updated_at),"
    ),
    "strftime": '"updated_at": message.updated_at.strftime("%Y-%m-%dT%H:%M:%S.%f+00:00"),',
}
WRONG_TIMES = {
    "the time of writing": ('"updated_at": message.created_at.isoformat(),', "was changed"),
    "the time of now": ('"updated_at": timezone.now().isoformat(),', "was changed"),
    "nothing": ('"updated_at": None,', "Not yet: "),
    "str": ('"updated_at": str(message.updated_at),', "Not yet: "),
    "without an offset": ('"updated_at": message.updated_at.replace(tzinfo=None).isoformat(),', "Not yet: "),
    "the day": ('"updated_at": message.updated_at.date().isoformat(),', "Not yet: "),
    "left out": ("", "Not yet: "),
}

IMPORTS = "from django.db import migrations, models\nfrom django.db.models import F\n"
FILL = """

def fill(apps, schema_editor):
    apps.get_model("messaging", "Message").objects.update(updated_at=F("created_at"))
"""


def migration(*operations: str, before: str = IMPORTS + FILL) -> str:
    """Return the text of migration 0007."""
    lines = "".join(f"        {operation},\n" for operation in operations)
    return f"""{before}

class Migration(migrations.Migration):
    dependencies = [("messaging", "0006_message_conversation_rules")]
    operations = [
{lines}    ]
"""


ADD = 'migrations.AddField("message", "updated_at", models.DateTimeField(null=True))'
ALTER = 'migrations.AlterField("message", "updated_at", models.DateTimeField(auto_now=True))'
RUN = "migrations.RunPython(fill, migrations.RunPython.noop)"
SQL = 'migrations.RunSQL("UPDATE messaging_message SET updated_at = created_at", migrations.RunSQL.noop)'
LOOP = """

def fill(apps, schema_editor):
    for message in apps.get_model("messaging", "Message").objects.all():
        message.updated_at = message.created_at
        message.save(update_fields=["updated_at"])
"""
AGREE = "the model and the migrations do not agree"
RIGHT_MIGRATIONS = {
    "in three steps": migration(ADD, RUN, ALTER),
    "no way back": migration(ADD, "migrations.RunPython(fill)", ALTER),
    "in SQL": migration(ADD, SQL, ALTER),
    "filled afterwards": migration(
        'migrations.AddField("message", "updated_at", models.DateTimeField(auto_now=True))', RUN
    ),
}
WRONG_MIGRATIONS = {
    "left nullable": (migration(ADD, RUN), AGREE),
    "nullable, and set at each change": (
        migration('migrations.AddField("message", "updated_at", models.DateTimeField(null=True, auto_now=True))', RUN),
        AGREE,
    ),
    "not set at each change": (migration(ADD, RUN, ALTER.replace("auto_now=True", "")), AGREE),
    "never filled": (migration(ADD), "Not yet: "),
    "row by row, with auto_now": (
        migration(ADD.replace("null=True", "auto_now=True"), RUN, before=IMPORTS + LOOP),
        "changed after they were written",
    ),
    "one row": (
        migration(ADD, RUN, before=IMPORTS + FILL.replace(".update(", ".filter(pk=1).update(")),
        "Not yet: ",
    ),
    "those of Ana": (
        migration(
            ADD.replace("null=True", "auto_now=True"),
            RUN,
            before=IMPORTS + FILL.replace(".update(", '.filter(sender__username="ana").update('),
        ),
        "changed after they were written",
    ),
    "without the rows": (
        migration(
            "migrations.RunPython(empty, migrations.RunPython.noop)",
            ALTER.replace("AlterField", "AddField"),
            before=IMPORTS
            + FILL.replace("fill", "empty").replace('.update(updated_at=F("created_at"))', ".all().delete()"),
        ),
        "Not yet: ",
    ),
}


class TestTimesInAFrame(Answers):
    bug, number = "01_missing_updated_at", 1
    right, wrong = RIGHT_TIMES, WRONG_TIMES
    put = staticmethod(lambda text, answer: text.replace(LINE, answer))


class TestMigration(Answers):
    bug, number = "01_missing_updated_at", 2
    right, wrong = RIGHT_MIGRATIONS, WRONG_MIGRATIONS
    put = staticmethod(lambda text, answer: answer)
