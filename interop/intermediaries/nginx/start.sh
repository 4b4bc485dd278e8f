#!/bin/sh
# "sh start.sh gateway|cache PORT UPSTREAM WORK": nginx in the foreground, with all its files in WORK.
set -eu
mode=$1 port=$2 upstream=$3 work=$4
sed -e "s|{port}|$port|g" -e "s|{upstream}|$upstream|g" -e "s|{work}|$work|g" -e "s|{user}|$(id -un) $(id -gn)|" \
    nginx.conf >"$work/nginx.conf"
if [ "$mode" = cache ]; then sed -i 's|#cache ||' "$work/nginx.conf"; fi
# -e, because nginx opens an error log before it reads where that should be
exec nginx -e "$work/error.log" -p "$work" -c "$work/nginx.conf"
