"""Settings of LinkUp; what differs between installations comes from LINKUP_* environment variables."""

import os
from hashlib import sha256
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
try:
    SECRET_KEY = os.environ.get("LINKUP_SECRET_KEY") or read_or_create_secret_key(BASE_DIR / ".secret_key")
except OSError as error:
    raise ImproperlyConfigured(
        f"the secret key cannot be stored beside manage.py ({error.strerror}). "
        "Set LINKUP_SECRET_KEY, or make that folder writable."
    ) from error

INSTALLED_APPS = [
    # Its runserver is Daphne's. "daphne" here would have each command load Twisted: half of the time it takes to start.
    "linkup",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "messaging",
    "linkup_checks",
    "async_audit",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
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
    try:
        DATABASES = {"default": dj_database_url.parse(_database_url)}
    except ValueError as error:
        raise ImproperlyConfigured(
            "LINKUP_DATABASE_URL is no address of a database. "
            "Examples: postgres://user@127.0.0.1/linkup, sqlite:////folder/linkup.sqlite3"
        ) from error
else:
    DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(BASE_DIR / "db.sqlite3")}}
SERVES = os.environ.get("LINKUP_SERVES") == "1"  # linkup.asgi and runserver say so; a script takes its time
if SERVES and DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True  # PostgreSQL may have been restarted since
    DATABASES["default"]["OPTIONS"] = {
        # Each hop takes a connection and gives it back; to open one takes longer than the query it is for. As many as
        # the database threads and some pages use at once; who finds none free for 5 seconds is told so.
        "pool": {"min_size": 1, "max_size": 20, "timeout": 5},
        # In milliseconds. Whoever meets a locked row keeps others of the same database thread waiting for no longer.
        "options": "-c lock_timeout=400 -c statement_timeout=8000",
    }
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # The thread of all sockets keeps its connection; linkup.threads closes that of a page.
    DATABASES["default"]["CONN_MAX_AGE"] = None
    DATABASES["default"]["OPTIONS"] = {
        # Readers do not wait for the writer, and a message that was acknowledged survives a power cut.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        # A transaction that will write takes its lock at the start, where it can wait for it.
        "transaction_mode": "IMMEDIATE",
        "timeout": 8,  # seconds; Daphne gives a closed socket 10 to finish its work
    }
    # An in-memory test database would be shared between threads in a way that no deployment is.
    DATABASES["default"]["TEST"] = {"NAME": str(BASE_DIR / "test.sqlite3")}

# Events that may wait: in Redis those for all sockets of a process together, so the default of 100 is a small burst.
CAPACITY = 2_000
CHANNEL_LAYERS: dict[str, dict] = {
    "default": {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": CAPACITY}}
}
if _redis_url := os.environ.get("LINKUP_CHANNEL_LAYER_URL"):
    from redis.asyncio.retry import Retry
    from redis.backoff import ExponentialWithJitterBackoff

    CHANNEL_LAYERS["default"] = {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {
            "capacity": CAPACITY,
            # Two sites on one Redis would hear each other, as both have a user 1. One site has one key.
            "prefix": f"linkup-{sha256(SECRET_KEY.encode()).hexdigest()[:16]}",
            "hosts": [
                {
                    "address": _redis_url,
                    # redis-py stops at 100, and refuses whoever sends an event at the same moment as 100 others. Redis
                    # itself lets 10,000 in.
                    "max_connections": 5_000,
                    # The layer waits 5 seconds for a message, and redis-py 8 gives every answer just as long: a quiet
                    # socket would end with a TimeoutError (redis/redis-py#4091).
                    "socket_timeout": 15,
                    # Connections in the pool do not notice that Redis was restarted until they are used.
                    "retry": Retry(ExponentialWithJitterBackoff(base=0.1, cap=1), retries=3),
                }
            ],
        },
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

# Scripts and styles come from files of this site, and the page talks to nobody else.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],  # data: is the admin's
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
if not DEBUG:  # behind a proxy that speaks HTTPS and says so in X-Forwarded-Proto: daphne --proxy-headers
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = True
    # Browsers keep to it for so long, whatever becomes of the site. A day can be waited out. Once all of the site works
    # over HTTPS, name a year; subdomains and browsers' own lists are decisions about more than LinkUp.
    SECURE_HSTS_SECONDS = int(os.environ.get("LINKUP_HSTS_SECONDS", 24 * 3600))
    SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # which recommend those two

LOG_FILE = os.environ.get("LINKUP_LOG_FILE") or str(BASE_DIR / "linkup.log")  # what check_async_errors reads
LOG_FORMAT = os.environ.get("LINKUP_LOG_FORMAT", "line")
if LOG_FORMAT not in ("line", "json"):
    raise ImproperlyConfigured(f"LINKUP_LOG_FORMAT is line or json, not {LOG_FORMAT}.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": "{asctime}{levelname}{name}{message}",
            "style": "{",
            "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
        },
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT},
        # Opened at the first record, so that a clean run leaves no file behind.
        "file": {"class": "logging.FileHandler", "filename": LOG_FILE, "delay": True, "formatter": LOG_FORMAT},
    },
    "root": {"handlers": ["console", "file"], "level": "WARNING"},
}
