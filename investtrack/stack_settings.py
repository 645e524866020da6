"""The servers behind this one: PostgreSQL and its replica, the cache, the broker and its queues.

`settings` takes every name from here.
"""

from typing import Any

from environs import validate
from kombu import Exchange, Queue

from investtrack.environment import VAR_DIR, env, folder

# --- database -------------------------------------------------------------------------------
# A running PostgreSQL. Without it an embedded one keeps its data in VAR_DIR/postgres, and the
# tests theirs in VAR_DIR/postgres-test.
if env.str("DATABASE_URL", ""):
    DATABASES: dict[str, dict[str, Any]] = {
        "default": env.dj_db_url("DATABASE_URL") | {"ENGINE": "investtrack.db.server"}
    }
    # A machine that swallows packets instead of refusing costs readers seconds, and not minutes or
    # hours: while one connects, and on connections that are kept, where a question cannot be sent
    # or its answer is waited for. A server that works on a question for long is not given up.
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 4,
        "keepalives_idle": 10,
        "keepalives_interval": 3,
        "keepalives_count": 3,
        "tcp_user_timeout": 15_000,
    } | DATABASES["default"].get("OPTIONS", {})
else:
    DATABASES = {
        "default": {
            "ENGINE": "investtrack.db",
            "NAME": "investtrack",
            "USER": "investtrack",
            "EMBEDDED": str(VAR_DIR / "postgres"),
            "TEST": {"EMBEDDED": str(VAR_DIR / "postgres-test")},
        }
    }
# Keep connections between requests, and notice when the server has dropped one.
DATABASES["default"].update(CONN_MAX_AGE=600, CONN_HEALTH_CHECKS=True)
# A streaming replica of that one, which readers ask (`investtrack.replica`).
if env.str("REPLICA_URL", ""):
    DATABASES["replica"] = env.dj_db_url("REPLICA_URL") | {
        "ENGINE": "investtrack.db.replica",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"MIRROR": "default"},
    }
# Seconds that the replica may be behind before the database itself is asked.
REPLICA_MAX_LAG = env.float("REPLICA_MAX_LAG", 10, validate=validate.Range(0))
# A pool such as PgBouncer stands in front of them and hands out connections for one transaction.
# What lasts longer than one is then refused, and cursors of the server would.
DATABASE_POOLED = env.bool("DATABASE_POOLED", False)
for database in DATABASES.values():
    database["DISABLE_SERVER_SIDE_CURSORS"] = DATABASE_POOLED
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- cache ----------------------------------------------------------------------------------
# Shared by all processes when it is a server, such as redis://127.0.0.1:6379/1; without it each
# process has its own.
CACHES = {"default": env.dj_cache_url("CACHE_URL", "locmem://")}
CACHE_IS_OWN = "LocMem" in CACHES["default"]["BACKEND"]
if CACHES["default"]["BACKEND"].endswith("RedisCache"):
    # A server that is away costs no reader an answer.
    CACHES["default"]["BACKEND"] = "investtrack.shared_cache.SharedCache"

# --- background work ------------------------------------------------------------------------
# The message is only a doorbell: what is to be done stands in the database. So a broker that
# loses, repeats or delays messages costs time, never work.
# redis://… or amqp://…; without it messages are files below VAR_DIR/broker.
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", "") or "filesystem://"
# Long work and short work wait in queues of their own, so that an import of an hour keeps no mail
# back where they have workers of their own (`--queues imports`, `--queues quick`); a worker that
# is told nothing takes from all. "celery" is where versions before had everything.
CELERY_TASK_QUEUES = [
    Queue(name, Exchange(name), routing_key=name) for name in ("imports", "quick", "celery")
]
CELERY_TASK_DEFAULT_QUEUE = "quick"
CELERY_TASK_ROUTES = {
    f"deals.tasks.{task}": {"queue": queue}
    for queue, tasks in {
        "imports": (
            "run_import",
            "suggest_organizations",
            "suggest_deals",
            "make_release",
            "tidy",
            "close_periods",
        ),
        "quick": (
            "sweep_imports",
            "suggest_lately",
            "check_feeds",
            "run_feed_slot",
            "send_mail",
            "weigh_reviews",
            "make_releases",
            "tell_webhooks",
        ),
    }.items()
    for task in tasks
}
# How many tasks run at the same time in one worker.
CELERY_WORKER_CONCURRENCY = env.int("WORKER_CONCURRENCY", 1)
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {}
# Redis gives a task that lasts longer than this to another worker, so none may.
CELERY_VISIBILITY_TIMEOUT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 270
CELERY_TASK_TIME_LIMIT = 290
if CELERY_BROKER_URL.startswith(("redis", "sentinel")):
    CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {"visibility_timeout": CELERY_VISIBILITY_TIMEOUT}
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": CELERY_VISIBILITY_TIMEOUT,
        # How often a living worker looks for what a dead one had taken, in seconds and turns.
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 4,
    }
elif CELERY_BROKER_URL == "filesystem://":
    messages = str(folder(VAR_DIR / "broker" / "messages"))
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": messages,
        "data_folder_out": messages,
        "control_folder": str(folder(VAR_DIR / "broker" / "control")),
    }
    # Remote control by files would be polling more folders for nothing.
    CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
# A task is done when it has ended, not when it was taken; a killed one comes back.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
# A process that grew beyond so many KiB is replaced after its task.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 512_000
# Told to stop at once, a worker still gives its task so many seconds.
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 2.0
CELERY_TASK_IGNORE_RESULT = True
# A broker that is down must not keep an upload waiting: the sweeper rings again.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.2}
CELERY_BROKER_CONNECTION_TIMEOUT = 4
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
