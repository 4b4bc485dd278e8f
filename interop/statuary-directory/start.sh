#!/bin/sh
# "sh start.sh PORT WORK": the site as Statuary serves any directory, writable, without a statuary.toml.
set -eu
port=$1 work=$2
sh ../site/lay.sh "$work"
exec python -m statuary serve "$work/site" --writable --port "$port" --head-timeout 3 --content-timeout 3 --log none
