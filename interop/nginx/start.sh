#!/bin/sh
# "sh start.sh PORT WORK": nginx in the foreground, with all its files in WORK.
set -eu
port=$1 work=$2
sh ../site/lay.sh "$work"
sed -e "s|{port}|$port|g" -e "s|{work}|$work|g" -e "s|{user}|$(id -un) $(id -gn)|" nginx.conf >"$work/nginx.conf"
# -e, because nginx opens an error log before it reads where that should be
exec nginx -e "$work/error.log" -p "$work" -c "$work/nginx.conf"
