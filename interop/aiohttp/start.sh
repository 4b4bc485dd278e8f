#!/bin/sh
# "sh start.sh PORT WORK": the aiohttp application, in the foreground, with all its files in WORK.
set -eu
port=$1 work=$2
sh ../site/lay.sh "$work"
export PYTHONDONTWRITEBYTECODE=1
exec python app.py "$port" "$work/site" 2>"$work/errors.log"
