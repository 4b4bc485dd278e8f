#!/bin/sh
# "sh start.sh gateway PORT UPSTREAM WORK": Caddy in the foreground, with all its files in WORK.
set -eu
export PORT="$2" UPSTREAM="$3" WORK="$4" HOME="$4" XDG_CONFIG_HOME="$4" XDG_DATA_HOME="$4"
exec caddy run --config Caddyfile --adapter caddyfile
