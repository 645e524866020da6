"""Where settings come from: the environment, then `.env` in the checkout; secrets also files."""

from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from environs import Env

BASE_DIR = Path(__file__).resolve().parent.parent
# What may hold a password. Instead of NAME, NAME_FILE may name a file that holds nothing else, as
# containers and systemd hand secrets over: an environment is read by whoever looks at a process.
SECRETS = frozenset(
    {
        "DATABASE_URL",
        "REPLICA_URL",
        "BACKUP_URL",
        "SECRET_KEY",
        "SECRET_KEY_FALLBACKS",
        "CELERY_BROKER_URL",
        "CACHE_URL",
        "EMAIL_URL",
        "METRICS_TOKEN",
        "SENTRY_DSN",
    }
)


class Environment(Env):
    """Reads variables, those of `SECRETS` also from the files that NAME_FILE names.

    Raises `ImproperlyConfigured` with one sentence for a file that gives nothing, and for both.
    """

    def _get_value(self, env_key: str, default: Any) -> Any:
        given = super()._get_value(env_key, default)
        path = super()._get_value(f"{env_key}_FILE", "") if env_key in SECRETS else ""
        if not path:
            return given
        # Nothing at all counts as not given: compose files pass variables on that are not set.
        if super()._get_value(env_key, ""):
            raise ImproperlyConfigured(
                f"{env_key} and {env_key}_FILE are both set; keep one of them."
            )
        return read_secret(f"{env_key}_FILE", Path(path))


def read_secret(name: str, path: Path) -> str:
    """What the file says, without the line's end. `name` is the variable that named it."""
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text in UTF-8"
        raise ImproperlyConfigured(
            f"{name} names {path}, which cannot be read ({why}): let it name a file that this "
            "user may read, with the secret alone in it."
        ) from None
    if not secret:
        raise ImproperlyConfigured(
            f"{name} names {path}, which is empty: write the secret into it."
        )
    return secret


env = Environment()
env.read_env(str(BASE_DIR / ".env"), recurse=False)

# Everything the running system writes on its own lies below this folder.
VAR_DIR = Path(env.str("VAR_DIR", "") or BASE_DIR / "var").resolve()


def folder(path: Path) -> Path:
    """The folder, made where that is possible; a read-only installation may do without."""
    with suppress(OSError):
        path.mkdir(parents=True, exist_ok=True)
    return path
