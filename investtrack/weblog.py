"""What gunicorn says of itself, in the form of all other lines; the lines of requests are ours."""

from typing import Any

from gunicorn.glogging import Logger as GunicornLogger  # type: ignore[import-untyped]

from investtrack.logs import formatter


class Logger(GunicornLogger):
    """`logger_class` of gunicorn.conf.py."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        # Gunicorn starts before Django's settings are there.
        from investtrack.watch_settings import LOG_FORMAT

        for handler in self.error_log.handlers:
            handler.setFormatter(formatter(LOG_FORMAT))

    @property
    def access_log_enabled(self) -> bool:
        """Off, whatever the command line says: `investtrack.watch` has written the line."""
        return False

    def access(self, resp: Any, req: Any, environ: Any, request_time: Any) -> None:
        """Nothing more to say."""
