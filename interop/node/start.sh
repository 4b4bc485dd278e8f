#!/bin/sh
# "sh start.sh PORT WORK": server.js in the foreground, with all its files in WORK.
set -eu
port=$1 work=$2
sh ../site/lay.sh "$work"
exec node server.js "$port" "$work/site" 2>"$work/errors.log"
