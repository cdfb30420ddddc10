#!/bin/bash
# Does nginx serve? Exit status 0 if it does; else 1, and the reason on standard error, from where
# it goes into the log and the status.
#
# check_nginx.sh [PORT [ADDRESS]]      the defaults: 80 127.0.0.1

port=${1:-80}
address=${2:-127.0.0.1}

if ! pgrep -x nginx >/dev/null; then
    echo "no process nginx" >&2
    exit 1
fi

# A process that lives may still serve nobody: connect to it. Bash opens /dev/tcp itself.
# shellcheck disable=SC2016  # the inner bash expands its arguments
timeout --foreground 0.5 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$address" "$port" 2>/dev/null
case $? in
    0) exit 0 ;;
    124) echo "nginx does not answer on $address:$port within 500 ms" >&2 ;;
    *) echo "nginx refuses connections to $address:$port" >&2 ;;
esac
exit 1
