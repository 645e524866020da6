"""Where backups go, how they reach the server, how many are kept (investtrack/backup/)."""

from pathlib import Path

from environs import validate

from investtrack.environment import VAR_DIR, env

BACKUP_DIR = Path(env.str("BACKUP_DIR", "") or VAR_DIR / "backups").resolve()
# PostgreSQL itself, not a pool, as a role that may copy it; without it, DATABASE_URL.
BACKUP_URL: str = env.str("BACKUP_URL", "")
BACKUP_KEEP = env.int("BACKUP_KEEP", 7, validate=validate.Range(1, 10_000))
