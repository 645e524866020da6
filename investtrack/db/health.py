"""Whether a kept connection still stands, without asking the server."""

import select

from django.db.backends.postgresql import base
from psycopg.pq import ConnStatus


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, with `CONN_HEALTH_CHECKS` that cost a request no round trip.

    A server that ends, restarts or closes a connection leaves the news of it on the socket. As long
    as nothing is to be read there, a question to the server would tell no more.
    """

    def is_usable(self) -> bool:
        """As Django asks, but only where there is reason to."""
        if self.connection is None:
            return False
        server = self.connection.pgconn
        if server.status != ConnStatus.OK:
            return False
        socket = select.poll()
        socket.register(server.socket, select.POLLIN | select.POLLPRI)
        return super().is_usable() if socket.poll(0) else True
