#!/bin/sh
# "sh start.sh PORT WORK": Caddy in the foreground, with all its files in WORK.
set -eu
port=$1 work=$2
sh ../site/lay.sh "$work"
cp "$work/site/file.txt" "$work/site/settings"
cp "$work/site/file.txt" "$work/site/calm"
PORT=$port WORK=$work HOME=$work XDG_CONFIG_HOME=$work XDG_DATA_HOME=$work exec caddy run --config Caddyfile --adapter caddyfile
