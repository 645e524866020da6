"""`ENGINE = "investtrack.db"`: `manage.py check` needs no server, the first query starts one."""

from pathlib import Path
from typing import Any

import psycopg
from django.db.utils import OperationalError

from investtrack.db import health
from investtrack.db.client import DatabaseClient
from investtrack.db.creation import DatabaseCreation
from investtrack.embedded import EmbeddedError
from investtrack.embedded.client import ensure


class DatabaseWrapper(health.DatabaseWrapper):
    """Settings: EMBEDDED, the folder of the server; TEST["EMBEDDED"], that of the tests."""

    client_class = DatabaseClient
    creation_class = DatabaseCreation

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        try:
            return super().get_new_connection({**conn_params, **self.address()})
        except psycopg.OperationalError:
            # The server may have ended since we last heard of it, with its keeper or without.
            return super().get_new_connection({**conn_params, **self.address(again=True)})

    def address(self, *, again: bool = False) -> dict[str, str]:
        """The parameter of a connection that only the running server knows."""
        home = Path(self.settings_dict["EMBEDDED"])
        try:
            server = ensure(home, throwaway=self.settings_dict.get("THROWAWAY", False), again=again)
        except EmbeddedError as error:
            raise OperationalError(str(error)) from error
        return {"host": server.host}
