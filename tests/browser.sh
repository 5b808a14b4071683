#!/usr/bin/env bash
# Finds a Chromium for the browser tests, or installs Debian's (signed) when root with apt; otherwise says what to do.
set -eu
found() {
  for name in "${ROUNDS_CHROMIUM:-}" chromium chromium-browser google-chrome; do
    [ -n "$name" ] && command -v "$name" >/dev/null 2>&1 && { command -v "$name"; return 0; }
  done
  return 1
}
has_chinese() { command -v fc-list >/dev/null 2>&1 && [ -n "$(fc-list :lang=zh family | head -n 1)" ]; }
if found >/dev/null && has_chinese; then
  echo "Using $(found)"
  exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing chromium and fonts-noto-cjk from Debian's packages"
  DEBIAN_FRONTEND=noninteractive apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk fontconfig >/dev/null
  echo "Using $(found)"
  exit 0
fi
if found >/dev/null; then
  echo "Using $(found). Without a Chinese font the screenshots show boxes: install fonts-noto-cjk."
  exit 0
fi
echo "The browser tests need Chromium or Chrome. Install one (Debian: apt install chromium; macOS: brew install chromium)," >&2
echo "or set ROUNDS_CHROMIUM to its path, then repeat make test." >&2
exit 1
