#!/usr/bin/env bash
# A PostgreSQL server for tests and trials: fresh, empty, on a socket that only this user can reach. It prints the address of its first
# database and runs until its standard input is closed; then it is stopped and its folder removed. So it ends with whoever started it,
# also when that one is killed.
#
#   scripts/postgres.sh            durable, as an office would run it
#   scripts/postgres.sh --quick    never waits for the disk: for tests, whose rows nobody needs after a power cut
set -euo pipefail

# The oldest release that motlan supports.
VERSION_MIN=15
# Two tests at once, each with some open doors of eight connections.
CONNECTIONS_MAX=300

main() {
    local settings=(-c listen_addresses= -c "max_connections=$CONNECTIONS_MAX" -c logging_collector=off)
    local stop_with=INT
    if [[ ${1:-} == --quick ]]; then
        settings+=(-c fsync=off -c full_page_writes=off -c autovacuum=off)
        stop_with=QUIT
    fi
    find_programs
    # A database server refuses to run as root, and the user that it runs as may not see this folder.
    cd /
    FOLDER=$("${AS_SERVER[@]}" mktemp -d "${TMPDIR:-/tmp}/motlan-postgres.XXXXXX")
    trap 'clean_up '$stop_with EXIT
    # Sorted as Vietnamese is, so that whatever must be sorted otherwise has to say so.
    "${AS_SERVER[@]}" "$PROGRAMS/initdb" --pgdata="$FOLDER/data" --username=motlan --auth=trust --encoding=UTF8 \
        --locale=C.UTF-8 --locale-provider=icu --icu-locale=vi --no-sync >"$FOLDER/initdb.log" 2>&1 </dev/null || stop "initdb failed: $(tail -n 3 "$FOLDER/initdb.log")"
    "${AS_SERVER[@]}" "$PROGRAMS/postgres" -D "$FOLDER/data" -k "$FOLDER" "${settings[@]}" >"$FOLDER/server.log" 2>&1 </dev/null &
    SERVER=$!
    until "$PROGRAMS/pg_isready" --quiet --host="$FOLDER"; do
        kill -0 "$SERVER" 2>/dev/null || stop "the server did not start: $(tail -n 3 "$FOLDER/server.log")"
        sleep 0.1
    done
    echo "postgres:///postgres?host=$FOLDER&user=motlan"
    cat >/dev/null
}

stop() {
    printf 'postgres: %s\n' "$*" >&2
    exit 1
}

# The newest installation, where Debian puts it or on the path.
find_programs() {
    PROGRAMS=$(find /usr/lib/postgresql/*/bin -name initdb -printf '%h\n' 2>/dev/null | sort -V | tail -n 1 || true)
    [[ -n $PROGRAMS ]] || PROGRAMS=$(dirname "$(command -v initdb || echo /nowhere/initdb)")
    local version=0
    [[ ! -x $PROGRAMS/postgres ]] || version=$("$PROGRAMS/postgres" --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/')
    ((version >= VERSION_MIN)) || stop "PostgreSQL $VERSION_MIN or newer is not installed: run ./setup.sh test"
    AS_SERVER=()
    if ((EUID == 0)); then
        id postgres >/dev/null 2>&1 || stop "there is no user “postgres” to run it as: run ./setup.sh test"
        AS_SERVER=(setpriv --reuid=postgres --regid=postgres --clear-groups)
    fi
}

clean_up() {
    if [[ -n ${SERVER:-} ]]; then
        kill -"$1" "$SERVER" 2>/dev/null || true
        wait "$SERVER" 2>/dev/null || true
    fi
    rm -rf "$FOLDER"
}

main "$@"
