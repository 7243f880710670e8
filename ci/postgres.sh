#!/usr/bin/env bash
# postgres.sh start DIR: a PostgreSQL server of Debian's package with its data in DIR, which exists; prints its address.
# postgres.sh stop DIR: ends it, and removes DIR.
set -euo pipefail
folder=$2

# The server refuses to be root.
as_owner() { if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
programs() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1; }

case $1 in
  start)
    [ -n "$(programs)" ] || { apt-get update && apt-get install -y --no-install-recommends postgresql; } >&2
    [ "$(id -u)" -ne 0 ] || chown postgres "$folder"
    # Any free port: others may have a server of their own.
    for port in $(shuf -i 20000-50000 -n 5); do
      rm -rf "$folder/data"
      as_owner "$(programs)/initdb" -D "$folder/data" -A trust -U gdn --no-sync > "$folder/initdb.log"
      if as_owner "$(programs)/pg_ctl" -D "$folder/data" -l "$folder/server.log" -w \
        -o "-p $port -k $folder -c listen_addresses=127.0.0.1" start > /dev/null; then
        echo "postgres://gdn@127.0.0.1:$port/postgres"
        exit 0
      fi
    done
    cat "$folder/server.log" >&2
    exit 1
    ;;
  stop)
    [ ! -d "$folder/data" ] || as_owner "$(programs)/pg_ctl" -D "$folder/data" -m immediate stop > /dev/null || true
    rm -rf "$folder"
    ;;
esac
