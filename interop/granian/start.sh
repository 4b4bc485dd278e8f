#!/bin/sh
# "sh start.sh PORT WORK": the Starlette application under granian, in the foreground, with all its files in WORK.
set -eu
port=$1 work=$2
sh ../site/lay.sh "$work"
export SITE="$work/site" PYTHONDONTWRITEBYTECODE=1
exec python -m granian --interface asgi --working-dir ../starlette app:app --host 127.0.0.1 --port "$port" --no-log --http1-header-read-timeout 3000
