#!/bin/sh
# Writes the list of users from the secret, and becomes PgBouncer.
#   CONFIG, USERLIST, PASSWORD_FILE: other places than those of the container
set -eu
umask 077
printf '"investtrack" "%s"\n' "$(cat "${PASSWORD_FILE:-/run/secrets/postgres_password}")" \
    > "${USERLIST:-/tmp/userlist.txt}"
exec pgbouncer "${CONFIG:-/etc/pgbouncer/pgbouncer.ini}"
