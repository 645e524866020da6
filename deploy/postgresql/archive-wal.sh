#!/bin/sh
# PostgreSQL hands each finished file of its log to this script (postgresql.conf):
#   archive_mode = on
#   archive_timeout = 300
#   archive_command = 'sh /path/to/archive-wal.sh "%p" "%f" /path/of/BACKUP_DIR/wal'
# The file is in the archive completely or not at all, and on disk, before PostgreSQL forgets it. One
# that is there already may come again after a crash; another one of its name is refused.
set -eu
from=$1
goal=$3/$2
if [ -e "$goal" ]; then
    cmp -s "$from" "$goal"
    exit
fi
cp "$from" "$goal.part"
chmod g+r "$goal.part" # for whoever takes the backups, by the folder's group
sync "$goal.part"
mv "$goal.part" "$goal"
sync "$3"
