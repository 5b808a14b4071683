#!/usr/bin/env bash
# Finds nginx for the tests of the proxy, or installs Debian's (signed) when root with apt. No service is started: the
# tests run the project's own conf on loopback and end it. On Debian they fail without it; elsewhere (macOS) they say
# that it was skipped, so this script only tells what to do.
set -eu
found() { command -v nginx || { [ -x /usr/sbin/nginx ] && echo /usr/sbin/nginx; }; }
if found >/dev/null; then
  echo "Using $(found)"
elif [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing nginx-light from Debian's packages; no service is started"
  # Debian starts it at installation unless it is told not to.
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' > "$policy"
    chmod +x "$policy"
    trap 'rm -f "$policy"' EXIT
  fi
  DEBIAN_FRONTEND=noninteractive apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nginx-light >/dev/null
  echo "Using $(found)"
elif [ -e /etc/debian_version ]; then
  echo "The tests of the proxy need nginx: apt install nginx-light, then repeat make test." >&2
  exit 1
else
  echo "No nginx found: the tests that run the proxy will say that they were skipped. To run them, install it"
  echo "(macOS: brew install nginx)."
fi
