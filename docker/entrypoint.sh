#!/usr/bin/env bash
# Prepares the data directory at the first start, then becomes the server.
#
#   entrypoint.sh [grizzlyd] [OPTION...]  options go to grizzlyd: -p 5433 -c work_mem=64MB
#   entrypoint.sh COMMAND...              anything else is run as it is
#
# Environment and folders are those of the official postgres image; docs/operations.md lists them.
set -euo pipefail

socket_folder=/var/run/postgresql
unfinished=.first_start_unfinished

fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

# value_of NAME DEFAULT: $NAME, or what the file named by $NAME_FILE holds.
value_of() {
  local name=$1 file="${1}_FILE"
  if [ -n "${!file:-}" ]; then
    [ -z "${!name:-}" ] || fail "Set $name or $file, not both."
    cat "${!file}"
  else
    printf '%s' "${!name:-$2}"
  fi
}

check_password() {
  if [ "$auth_method" = trust ]; then
    echo "WARNING: POSTGRES_HOST_AUTH_METHOD is trust: everybody who can reach the port gets in, as anybody." >&2
  elif [ -z "$password" ]; then
    fail "The data directory is empty and no password is set for the superuser." \
      "Set POSTGRES_PASSWORD (docker run -e POSTGRES_PASSWORD=secret ...)," \
      "or POSTGRES_HOST_AUTH_METHOD=trust to let everyone in who can reach the port."
  fi
}

# There is no initdb. What it would be told that holds anyway is taken, the rest refused.
check_initdb_arguments() {
  local argument
  for argument in $initdb_arguments; do
    case "$argument" in
      -k | --data-checksums | --encoding=UTF8 | --encoding=UTF-8 | --encoding=utf8 | -EUTF8 | --locale=C | --no-locale) ;;
      *) fail "POSTGRES_INITDB_ARGS: $argument is not supported: there is no initdb. Databases are UTF8 with locale C and checksums." ;;
    esac
  done
}

# Makes the data directory with a server that only this container can reach, and fills it.
initialize() {
  touch "$PGDATA/$unfinished"
  grizzlyd -D "$PGDATA" -h '' -p "$port" -k "$socket_folder" &
  local server=$!
  export PGHOST=$socket_folder PGPORT=$port POSTGRES_USER=$user POSTGRES_DB=$database POSTGRES_PASSWORD=$password
  run_sql=(psql -X -q -v ON_ERROR_STOP=1 --no-password)
  until pg_isready -q -U postgres; do
    kill -0 "$server" 2>/dev/null || fail "The server did not start."
    sleep 0.1
  done
  make_superuser
  run_init_files
  kill -INT "$server"
  wait "$server"
  unset PGHOST POSTGRES_USER POSTGRES_DB POSTGRES_PASSWORD
  printf '\n# added at the first start of the container\nhost all all all %s\n' "$auth_method" \
    >>"$PGDATA/pg_hba.conf"
  rm "$PGDATA/$unfinished"
  echo "The data directory is ready."
}

make_superuser() {
  if [ "$user" != postgres ]; then
    "${run_sql[@]}" -U postgres -d postgres -v user="$user" <<<'CREATE ROLE :"user" SUPERUSER LOGIN'
  fi
  if [ -n "$password" ]; then
    "${run_sql[@]}" -U postgres -d postgres -v user="$user" -v password="$password" \
      <<<"ALTER ROLE :\"user\" PASSWORD :'password'"
  fi
  if [ "$database" != postgres ]; then
    "${run_sql[@]}" -U postgres -d postgres -v database="$database" -v user="$user" \
      <<<'CREATE DATABASE :"database" OWNER :"user"'
  fi
}

# In the order of their names. Scripts that are not executable are read into this shell.
run_init_files() {
  local file sql=("${run_sql[@]}" -U "$user" -d "$database")
  for file in /docker-entrypoint-initdb.d/*; do
    case "$file" in
      *.sh)
        echo "running $file"
        if [ -x "$file" ]; then "$file"; else . "$file"; fi
        ;;
      *.sql) echo "running $file"; "${sql[@]}" -f "$file" ;;
      *.sql.gz) echo "running $file"; gunzip -c "$file" | "${sql[@]}" ;;
      *.sql.xz) echo "running $file"; xzcat "$file" | "${sql[@]}" ;;
      *.sql.zst) echo "running $file"; zstd -dc "$file" | "${sql[@]}" ;;
      '/docker-entrypoint-initdb.d/*') ;;
      *) echo "ignoring $file" ;;
    esac
  done
}

case "${1:-grizzlyd}" in
  -* | '') set -- grizzlyd "$@" ;;
  postgres) shift; set -- grizzlyd "$@" ;;
esac
if [ "${1:-grizzlyd}" != grizzlyd ]; then exec "$@"; fi
[ $# -eq 0 ] || shift

mkdir -p "$PGDATA"
chmod 700 "$PGDATA" 2>/dev/null || true  # not ours: the server says so
if [ "$(id -u)" = 0 ]; then  # docker run --user root: for a folder of the host that is root's
  chown grizzly:grizzly "$PGDATA"
  exec setpriv --reuid=grizzly --regid=grizzly --clear-groups "$0" grizzlyd "$@"
fi

port=${PGPORT:-5432}
user=$(value_of POSTGRES_USER postgres)
password=$(value_of POSTGRES_PASSWORD '')
database=$(value_of POSTGRES_DB "$user")
initdb_arguments=$(value_of POSTGRES_INITDB_ARGS '')
auth_method=$(value_of POSTGRES_HOST_AUTH_METHOD scram-sha-256)
unset POSTGRES_PASSWORD

if [ -n "${POSTGRES_INITDB_WALDIR:-}" ]; then
  fail "POSTGRES_INITDB_WALDIR is not supported: the log is in the data directory. Unset it."
fi
if [ -e "$PGDATA/$unfinished" ]; then
  fail "The first start did not come to its end: what is in $PGDATA is half of what was asked for." \
    "Its output says why. Remove the volume (or empty the folder) and start again."
fi
if [ -z "$(ls -A "$PGDATA")" ]; then
  check_password
  check_initdb_arguments
  initialize
fi
if [ "$auth_method" = trust ]; then set -- -c trust_beyond_loopback=on "$@"; fi
exec grizzlyd -D "$PGDATA" -h '*' -p "$port" -k "$socket_folder" "$@"
