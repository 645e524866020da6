"""`manage.py dbshell` on the embedded server, with the psql that came with it."""

import os
import subprocess
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.backends.postgresql import client

from investtrack.embedded.binaries import find

if TYPE_CHECKING:
    from investtrack.db.base import DatabaseWrapper


class DatabaseClient(client.DatabaseClient):
    connection: "DatabaseWrapper"

    def runshell(self, parameters: Iterable[str]) -> None:
        settings = {**self.connection.settings_dict}
        settings["HOST"] = self.connection.address()["host"]
        arguments, environment = self.settings_to_cmd_args_env(settings, list(parameters))
        arguments[0] = find().program("psql")
        subprocess.run(arguments, env={**os.environ, **(environment or {})}, check=True)
