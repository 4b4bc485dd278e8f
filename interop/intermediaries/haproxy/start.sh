#!/bin/sh
# "sh start.sh gateway PORT UPSTREAM WORK": HAProxy in the foreground; it needs no files.
set -eu
export PORT="$2" UPSTREAM="$3"
exec haproxy -db -f haproxy.cfg
