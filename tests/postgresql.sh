#!/usr/bin/env bash
# Finds PostgreSQL's programs for the store's tests, or installs Debian's (signed) when root with apt. No service is
# started and none has to run: the tests start a private server of their own and end it. On Debian they fail without
# it; elsewhere (macOS) they say that the PostgreSQL half was skipped, so this script only tells what to do.
set -eu
found() {
  for program in $(ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null | sort -V -r) "$(command -v initdb || true)"; do
    [ -x "$program" ] && { dirname "$program"; return 0; }
  done
  return 1
}
if [ -n "${ROUNDS_TEST_POSTGRES_URL:-}" ]; then
  echo "Using the server of ROUNDS_TEST_POSTGRES_URL"
elif found >/dev/null; then
  echo "Using $(found)"
elif [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing postgresql from Debian's packages; no cluster is made and no service is started"
  # Debian makes a cluster and starts it at installation unless it is told not to.
  mkdir -p /etc/postgresql-common
  [ -e /etc/postgresql-common/createcluster.conf ] ||
    echo "create_main_cluster = false" > /etc/postgresql-common/createcluster.conf
  DEBIAN_FRONTEND=noninteractive apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >/dev/null
  echo "Using $(found)"
elif [ -e /etc/debian_version ]; then
  echo "The store's tests need PostgreSQL: apt install postgresql, or set ROUNDS_TEST_POSTGRES_URL to a superuser's" >&2
  echo "address, then repeat make test." >&2
  exit 1
else
  echo "No PostgreSQL found: the store's tests will run on SQLite only and say so. To run them on both, install it"
  echo "(macOS: brew install postgresql) or set ROUNDS_TEST_POSTGRES_URL to a superuser's address."
fi
