#!/bin/sh
# "sh start.sh PORT WORK": lighttpd in the foreground, with all its files in WORK.
set -eu
port=$1 work=$2
sh ../site/lay.sh "$work"
mkdir "$work/uploads"
echo "alice:wonderland" >"$work/plain-passwords"
cp "$work/site/file.txt" "$work/site/calm"
cp codes.lua "$work/"
echo "exit 1" >"$work/broken.cgi"
sed -e "s|{port}|$port|g" -e "s|{work}|$work|g" lighttpd.conf >"$work/lighttpd.conf"
PATH=$PATH:/usr/sbin
exec lighttpd -D -f "$work/lighttpd.conf"
