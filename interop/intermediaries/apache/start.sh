#!/bin/sh
# "sh start.sh gateway|proxy PORT UPSTREAM WORK": Apache httpd in the foreground, with all its files in WORK.
set -eu
mode=$1 port=$2 upstream=$3 work=$4
# Debian calls it apache2 and keeps its modules in /usr/lib/apache2; elsewhere it is httpd
httpd=$(command -v apache2 || command -v httpd || echo /usr/sbin/apache2)
export PORT="$port" UPSTREAM="$upstream" WORK="$work" MODULES="${APACHE_ROOT:-/usr/lib/apache2}" USER=www-data GROUP=www-data
if [ "$mode" = proxy ]; then set -- -D Proxy; else set --; fi
if [ "$(id -u)" = 0 ]; then
    # Its processes give up being root, and have to write here
    chown -R "$USER:$GROUP" "$work"
    set -- "$@" -D AsRoot
fi
exec "$httpd" -f "$PWD/httpd.conf" -D FOREGROUND "$@"
