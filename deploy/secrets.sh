#!/bin/sh
# Makes the files that docker-compose.yml hands to its services as secrets:
#   sh deploy/secrets.sh            into secrets/ beside docker-compose.yml
#   sh deploy/secrets.sh FOLDER     into another folder (SECRETS_DIR in .env names it)
# Files that exist stay as they are. The first time, POSTGRES_PASSWORD, SECRET_KEY and EMAIL_URL are
# taken from the environment where an installation has them there already.
set -eu
umask 077
folder=${1:-$(dirname "$0")/../secrets}
mkdir -p "$folder"
cd "$folder"

random() { head -c 32 /dev/urandom | od -An -vtx1 | tr -d ' \n'; }

# The folder is closed to everybody else; the files are open, since services run as other users.
keep() {
    [ -s "$1" ] || { printf '%s' "$2" > "$1"; echo "made $1"; }
    chmod 444 "$1"
}

# A password goes into addresses as it is: letters, digits, and what needs no escape there.
case "${POSTGRES_PASSWORD:-x}" in
    *[!A-Za-z0-9._~-]*)
        echo "POSTGRES_PASSWORD has characters that mean something in an address. Choose letters and" >&2
        echo "digits, and tell the server first: ALTER ROLE investtrack PASSWORD '...'" >&2
        exit 1 ;;
esac
keep postgres_password "${POSTGRES_PASSWORD:-$(random)}"
keep replication_password "$(random)"
keep secret_key "${SECRET_KEY:-$(random)}"
keep email_url "${EMAIL_URL:-console:}"
keep grafana_password "$(random)"
password=$(cat postgres_password)
keep database_url "postgres://investtrack:$password@db:5432/investtrack"
keep pool_url "postgres://investtrack:$password@pool:6432/investtrack"
keep replica_url "postgres://investtrack:$password@replica:5432/investtrack"
