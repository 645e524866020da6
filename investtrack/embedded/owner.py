"""The user that PostgreSQL runs as. It refuses to run as root, so root lends it another user."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from investtrack.embedded import EmbeddedError


@dataclass(frozen=True, slots=True)
class Owner:
    """`ids` is None for our own user, else the user and group to change to."""

    ids: tuple[int, int] | None

    def popen(self) -> dict[str, Any]:
        """Arguments for `subprocess` that start a program as this user."""
        if self.ids is None:
            return {}
        return {"user": self.ids[0], "group": self.ids[1], "extra_groups": []}

    def take(self, path: Path) -> None:
        """Make a file or folder of ours belong to this user, and to nobody else."""
        path.chmod(0o700)
        if self.ids is not None:
            os.chown(path, *self.ids)

    def can_reach(self, folder: Path) -> bool:
        """Whether this user may pass through every folder on the way, and this one."""
        if self.ids is None:
            return True
        command = ["test", "-x", str(folder)]
        return subprocess.run(command, cwd="/", **self.popen()).returncode == 0


def current() -> Owner:
    if os.geteuid() != 0:
        return Owner(None)
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return Owner((user.pw_uid, user.pw_gid))
    raise EmbeddedError(
        "PostgreSQL does not run as root, and this machine has neither a user postgres nor "
        "nobody: run as an ordinary user, or set DATABASE_URL."
    )
