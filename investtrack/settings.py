"""One settings module for every machine. `.env.sample` names and explains each variable."""

from pathlib import Path

from csp.constants import NONE, SELF
from dj_email_url import parse as email_settings
from django.core.exceptions import ImproperlyConfigured
from environs import validate

from investtrack.account_settings import *  # noqa: F403
from investtrack.api_settings import *  # noqa: F403
from investtrack.backup_settings import *  # noqa: F403
from investtrack.contact import addresses
from investtrack.environment import BASE_DIR, VAR_DIR, env, folder
from investtrack.https import https_settings
from investtrack.secret import stored_secret
from investtrack.stack_settings import *  # noqa: F403
from investtrack.static_headers import add_policy
from investtrack.watch_settings import *  # noqa: F403


def secret_key() -> str:
    """As given, else made once for this VAR_DIR."""
    if given := env.str("SECRET_KEY", ""):
        return given
    try:
        return stored_secret(folder(VAR_DIR) / "secret-key")
    except OSError as error:
        raise ImproperlyConfigured(
            f"SECRET_KEY is not set and none can be kept in VAR_DIR ({error}). Set SECRET_KEY to "
            "50 random characters, or VAR_DIR to a folder that this user may write."
        ) from error


# Error pages with source code; for developers only.
DEBUG = env.bool("DEBUG", False)
# Signs sessions and links. Without it, one is generated into VAR_DIR.
SECRET_KEY = secret_key()
# Earlier ones: what they signed stays good until they are taken away here.
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
# The names under which browsers reach this server.
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])

# --- the web server of `make run` -----------------------------------------------------------
# Address and port to listen on.
HOST = env.str("HOST", "127.0.0.1")
PORT = env.int("PORT", 8000, validate=validate.Range(1, 65535))
# Processes, and threads in each.
WEB_WORKERS = env.int("WEB_WORKERS", 2)
WEB_THREADS = env.int("WEB_THREADS", 4)

# --- people and their browsers ----------------------------------------------------------------
# Browsers reach this server by HTTPS only: a proxy in front speaks it.
HTTPS = env.bool("HTTPS", False)
# That proxy says how it was reached (X-Forwarded-Proto), and nobody else reaches this server.
TRUST_PROXY = env.bool("TRUST_PROXY", HTTPS)
# Whoever publishes, schedules feeds or gives accounts has to have a second factor.
REQUIRE_MFA = env.bool("REQUIRE_MFA", HTTPS)
# Anybody may make an account, as a reader.
SIGN_UP = env.bool("SIGN_UP", False)
# Minutes after which a session that is not used ends for who has powers at the desk; 0 is never.
IDLE_MINUTES = env.int("IDLE_MINUTES", 120, validate=validate.Range(0, 20_160))
# How mail leaves, such as submission://user:password@mail.example.org:587; else it is printed.
vars().update(email_settings(env.str("EMAIL_URL", "") or "console:"), EMAIL_TIMEOUT=10)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("MAIL_FROM", "InvestTrack <investtrack@localhost>")
# How readers reach this server; links in mails begin with it.
SITE_URL = env.str("SITE_URL", f"http://{HOST}:{PORT}").rstrip("/")
# Whom to tell of a weakness, for /.well-known/security.txt, and where the rules for that stand.
SECURITY_CONTACT = addresses(env.list("SECURITY_CONTACT", []), "SECURITY_CONTACT")
SECURITY_POLICY = addresses(env.list("SECURITY_POLICY", []), "SECURITY_POLICY")
if HTTPS:
    vars().update(https_settings(ALLOWED_HOSTS))
if TRUST_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
# Browsers make passkeys for HTTPS, and for this machine.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS

# --- the register ---------------------------------------------------------------------------
# Published data is readable without a key.
PUBLIC_READ = env.bool("PUBLIC_READ", True)
# One person may approve what they wrote themselves (a one-person desk); pages then say so.
SELF_APPROVAL = env.bool("SELF_APPROVAL", False)
# How many deals of an import, drawn by chance, people look at before it is published; 0 asks none.
REVIEW_SAMPLE = env.int("REVIEW_SAMPLE", 20, validate=validate.Range(0, 1000))
# How many numbers one address may store for ever in an hour. Storing one again is free.
FREEZE_PER_HOUR = env.int("FREEZE_PER_HOUR", 30, validate=validate.Range(0))
# How many reports of an error one address may send in an hour, and in a day; 0 allows none.
REPORTS_PER_HOUR = env.int("REPORTS_PER_HOUR", 5, validate=validate.Range(0))
REPORTS_PER_DAY = env.int("REPORTS_PER_DAY", 10, validate=validate.Range(0))
# Seconds after which the database gives up a statement of a reader's question.
QUESTION_MAX_SECONDS = env.int("QUESTION_MAX_SECONDS", 20, validate=validate.Range(1))

# --- partners -------------------------------------------------------------------------------
# Requests to the API in an hour (UTC): with a key, and by one address without; 0 is no limit.
API_PER_HOUR = env.int("API_PER_HOUR", 20_000, validate=validate.Range(0))
API_PER_HOUR_OPEN = env.int("API_PER_HOUR_OPEN", 2_000, validate=validate.Range(0))
# Where the files of releases are kept; web and worker need the same folder.
RELEASES_DIR = Path(env.str("RELEASES_DIR", "") or VAR_DIR / "releases").resolve()
# Hosts (host or host:port) that webhooks may go to although they are inside ones.
WEBHOOK_ALLOW_INSIDE: list[str] = env.list("WEBHOOK_ALLOW_INSIDE", [])

# --- scheduled feeds ------------------------------------------------------------------------
# Hosts (host, or host:port for another port than 80, 443, 8080 and 8443) that feeds may be
# fetched from although they are inside ones, such as an institute's own file server.
FEED_ALLOW_INSIDE: list[str] = env.list("FEED_ALLOW_INSIDE", [])
# Seconds after which fetching a file is given up; a task, which looks into it, may last longer.
FEED_MAX_SECONDS = env.int("FEED_MAX_SECONDS", 120, validate=validate.Range(1, 180))

# --- files that are imported ------------------------------------------------------------------
# Where they are kept; web and worker need the same folder.
IMPORTS_DIR = Path(env.str("IMPORTS_DIR", "") or VAR_DIR / "imports").resolve()
# Days that a file is kept after its import has ended.
IMPORT_KEEP_DAYS = env.int("IMPORT_KEEP_DAYS", 90, validate=validate.Range(1))
# What one file may have at most: bytes as it comes, and bytes when an archive is unpacked.
IMPORT_MAX_BYTES = env.int("IMPORT_MAX_BYTES", 300 * 1024**2, validate=validate.Range(1))
IMPORT_MAX_UNPACKED = env.int("IMPORT_MAX_UNPACKED", 1024**3, validate=validate.Range(1))
# How many times larger unpacked than packed; judged only above 16 MB, since empty cells pack well.
IMPORT_MAX_RATIO = env.int("IMPORT_MAX_RATIO", 200, validate=validate.Range(1))
IMPORT_MAX_ROWS = env.int("IMPORT_MAX_ROWS", 2_000_000, validate=validate.Range(1))
IMPORT_MAX_COLUMNS = env.int("IMPORT_MAX_COLUMNS", 500, validate=validate.Range(1))
# Characters in one cell, and seconds for reading one file.
IMPORT_MAX_CELL = env.int("IMPORT_MAX_CELL", 100_000, validate=validate.Range(1))
IMPORT_MAX_SECONDS = env.int("IMPORT_MAX_SECONDS", 3600, validate=validate.Range(1))

# --- applications ---------------------------------------------------------------------------
INSTALLED_APPS = [
    "deals.accounts.apps.GuardedAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_celery_beat",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "deals",
]
MIDDLEWARE = [
    # First, so that it sees every request and every answer.
    "investtrack.watch.Watch",
    "django.middleware.security.SecurityMiddleware",
    # Ahead of what may refuse a request, so that refusals have these headers, too.
    "deals.accounts.headers.PrivacyHeaders",
    "investtrack.middleware.Policy",
    "investtrack.static_files.StaticFiles",
    "investtrack.middleware.Compression",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "deals.accounts.idle.IdleSessions",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "deals.api.limits.Limits",
    "deals.api.schema.endings.Endings",
    "investtrack.handlers.DatabaseDownMiddleware",
    "investtrack.replica.Replica",
    # Last, so that it sees every refused sign-in.
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "investtrack.urls"
WSGI_APPLICATION = "investtrack.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "deals.web.context.site",
            ],
        },
    },
]

# --- the desk -------------------------------------------------------------------------------
# Where people who are not signed in are led, and from there.
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"
CSRF_FAILURE_VIEW = "deals.desk.stale_form.failed"
# The first one stops keeping a file once it is larger than IMPORT_MAX_BYTES.
FILE_UPLOAD_HANDLERS = [
    "deals.desk.upload_limit.LimitedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_TEMP_DIR = str(folder(VAR_DIR / "uploads"))
# The wizard asks about each column of a file, and of these there may be hundreds.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
# A form brings a file, and perhaps its profile. Each may be as large as IMPORT_MAX_BYTES, and is
# on disk before anybody knows who sends it.
DATA_UPLOAD_MAX_NUMBER_FILES = 4

# A second language needs its line here, its catalog in locale/ (`make messages` fills it), and
# django.middleware.locale.LocaleMiddleware, which then makes every answer vary by language.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = CELERY_TIMEZONE = "UTC"

STATIC_URL = "static/"
# Where `collectstatic` puts the files that the web server sends.
STATIC_ROOT = folder(Path(env.str("STATIC_ROOT", "") or VAR_DIR / "static").resolve())

# Besides the usual places, plotly.js from the installed Python package.
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "investtrack.finders.PlotlyFinder",
]
# Static files are there even before `collectstatic` has run.
WHITENOISE_USE_FINDERS = True
WHITENOISE_ADD_HEADERS_FUNCTION = add_policy
# `collectstatic` writes each of them by Brotli and gzip, too. Names stay as they are: with hashes
# in them a page would need the list of all files, and a library's missing source map stops it.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}

# --- what a browser may do ------------------------------------------------------------------
# Plotly positions its marks through style attributes (without the permission heatmaps are
# drawn wrongly, in silence) and makes PNG files through data: and blob: images.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
