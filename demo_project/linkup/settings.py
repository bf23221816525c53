"""Settings of LinkUp; what differs between installations comes from LINKUP_* environment variables."""

import os
from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from linkup.secret import read_or_create_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
LOOPBACK_HOSTS = {"127.0.0.1", "localhost", "[::1]"}

DEBUG = os.environ.get("LINKUP_DEBUG", "0") == "1"
ALLOWED_HOSTS = os.environ.get("LINKUP_ALLOWED_HOSTS", "127.0.0.1,localhost").split(",")
if DEBUG and not LOOPBACK_HOSTS.issuperset(ALLOWED_HOSTS):
    raise ImproperlyConfigured(
        "LINKUP_DEBUG is for this machine alone, but LINKUP_ALLOWED_HOSTS names another. "
        "Set LINKUP_DEBUG=0, or leave LINKUP_ALLOWED_HOSTS unset."
    )
SECRET_KEY = os.environ.get("LINKUP_SECRET_KEY") or read_or_create_secret_key(BASE_DIR / ".secret_key")

INSTALLED_APPS = [
    "linkup",  # before daphne: its runserver refuses DEBUG on a public address
    "daphne",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "messaging",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "linkup.urls"
ASGI_APPLICATION = "linkup.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

if _database_url := os.environ.get("LINKUP_DATABASE_URL"):
    DATABASES = {"default": dj_database_url.parse(_database_url)}
else:
    DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(BASE_DIR / "db.sqlite3")}}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # Readers do not wait for the writer, and a message that was acknowledged survives a power cut.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        # A transaction that will write takes its lock at the start, where it can wait for it.
        "transaction_mode": "IMMEDIATE",
        "timeout": 8,  # seconds; Daphne gives a closed socket 10 to finish its work
    }
    # An in-memory test database would be shared between threads in a way that no deployment is.
    DATABASES["default"]["TEST"] = {"NAME": str(BASE_DIR / "test.sqlite3")}

CHANNEL_LAYERS: dict[str, dict] = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
if _redis_url := os.environ.get("LINKUP_CHANNEL_LAYER_URL"):
    CHANNEL_LAYERS["default"] = {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        # The layer waits 5 seconds for a message, and redis-py 8 gives every answer just as long: a quiet socket would
        # end with a TimeoutError (redis/redis-py#4091).
        "CONFIG": {"hosts": [{"address": _redis_url, "socket_timeout": 15}]},
    }

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "inbox"
LOGOUT_REDIRECT_URL = "login"

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
