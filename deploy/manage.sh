#!/bin/sh
# manage.py of an installation without containers (docs/operations.md), as its services run: the same
# user, settings and secrets.
#   sh deploy/manage.sh backup
# ETC, PYTHON and USER_NAME: other places than those of the guide.
set -eu
etc=${ETC:-/etc/investtrack}
house=$(cd "$(dirname "$0")/.." && pwd)
user=${USER_NAME:-investtrack}

# Also here where a value has blanks, as `NAME="a b"`: read by systemd and by a shell alike.
set -a
. "$etc/investtrack.env"
for file in "$etc"/secrets/*; do
    name=$(basename "$file" | tr a-z A-Z)
    case $name in *[!A-Z0-9_]*) continue ;; esac # what an editor left
    eval "${name}_FILE=\$file"
done
set +a
# Where runuser is; cron and `su` without a dash do not name it.
PATH=$PATH:/usr/sbin:/sbin
cd "$house"
set -- "${PYTHON:-$house/.venv/bin/python}" manage.py "$@"
[ "$(id -un)" = "$user" ] && exec "$@"
exec runuser -u "$user" -- "$@"
