#!/usr/bin/env bash
# Prepares the data directory at the first start, then becomes the server.
#
#   entrypoint.sh grizzlyd [OPTION...]    options go to grizzlyd: -p 5433 -c work_mem=64MB
#   entrypoint.sh COMMAND...              anything else is run as it is
set -euo pipefail

# value_of NAME DEFAULT: $NAME, or what the file named by $NAME_FILE holds.
value_of() {
  local name=$1 file="${1}_FILE"
  if [ -n "${!file:-}" ]; then
    if [ -n "${!name:-}" ]; then
      echo "Set $name or $file, not both." >&2
      exit 1
    fi
    cat "${!file}"
  else
    printf '%s' "${!name:-$2}"
  fi
}

check_password() {
  if [ -n "$password" ] || [ "$auth_method" = trust ]; then return; fi
  echo "The data directory is empty and no password is set for the superuser." >&2
  echo "Set POSTGRES_PASSWORD (docker run -e POSTGRES_PASSWORD=secret ...)," >&2
  echo "or POSTGRES_HOST_AUTH_METHOD=trust to let everyone in who can reach the port." >&2
  exit 1
}

# Makes the data directory with a server that only this container can reach, and fills it.
initialize() {
  local socket_folder
  socket_folder=$(mktemp -d)
  grizzlyd -D "$PGDATA" -h 127.0.0.1 -p "$port" -c "unix_socket_directories=$socket_folder" &
  local server=$!
  run_sql=(psql -X -q -v ON_ERROR_STOP=1 -h "$socket_folder" -p "$port" -U postgres)
  until pg_isready -q -h "$socket_folder" -p "$port"; do
    kill -0 "$server" || exit 1
    sleep 0.1
  done
  make_superuser
  run_init_files
  kill -INT "$server"
  wait "$server"
  rm -rf "$socket_folder"
  allow_remote_logins
}

make_superuser() {
  if [ "$user" != postgres ]; then
    "${run_sql[@]}" -d postgres -v user="$user" <<<'CREATE ROLE :"user" SUPERUSER LOGIN'
  fi
  if [ -n "$password" ]; then
    "${run_sql[@]}" -d postgres -v user="$user" -v password="$password" \
      <<<"ALTER ROLE :\"user\" PASSWORD :'password'"
  fi
  if [ "$database" != postgres ]; then
    "${run_sql[@]}" -d postgres -v database="$database" <<<'CREATE DATABASE :"database"'
  fi
}

# As the official image: *.sh is run, *.sql and *.sql.gz go through psql, in the order of their names.
run_init_files() {
  local file
  for file in /docker-entrypoint-initdb.d/*; do
    case "$file" in
      *.sh) echo "running $file"; bash "$file" ;;
      *.sql) echo "running $file"; "${run_sql[@]}" -d "$database" -f "$file" ;;
      *.sql.gz) echo "running $file"; gunzip -c "$file" | "${run_sql[@]}" -d "$database" ;;
    esac
  done
}

allow_remote_logins() {
  printf '\n# added at the first start of the container\nhost all all all %s\n' "$auth_method" \
    >>"$PGDATA/pg_hba.conf"
}

if [ "${1:-}" != grizzlyd ]; then exec "$@"; fi
shift

port=${PGPORT:-5432}
user=$(value_of POSTGRES_USER postgres)
password=$(value_of POSTGRES_PASSWORD '')
database=$(value_of POSTGRES_DB "$user")
auth_method=$(value_of POSTGRES_HOST_AUTH_METHOD scram-sha-256)
unset POSTGRES_PASSWORD

if [ -n "${POSTGRES_INITDB_ARGS:-}" ]; then
  echo "POSTGRES_INITDB_ARGS is not supported: there is no initdb. Unset it." >&2
  exit 1
fi
if [ -z "$(ls -A "$PGDATA" 2>/dev/null)" ]; then
  check_password
  initialize
fi
if [ "$auth_method" = trust ]; then set -- -c trust_beyond_loopback=on "$@"; fi
exec grizzlyd -D "$PGDATA" -h 0.0.0.0 -p "$port" "$@"
