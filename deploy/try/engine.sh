#!/usr/bin/env bash
# A Docker engine of our own, beside any other on this machine: its data, its socket, and for running containers a
# network namespace that leads nowhere. As root; needs Debian's docker.io.
#   engine.sh build   for building images: containers use the network of this host, and no bridge is made
#   engine.sh run     for running: the host of the containers is a namespace with the address 10.0.20.7
#   engine.sh stop    ends the engine and what runs in it
#   engine.sh do …    runs a command where the containers' host is
set -euo pipefail
TRY=${BEAVER_TRY:-/var/tmp/beaver-try}
NAMESPACE=beaver-try
export DOCKER_HOST=unix://$TRY/docker.sock
mkdir -p "$TRY"

stop() {
  [ -s "$TRY/docker.pid" ] || return 0
  local pid
  pid=$(cat "$TRY/docker.pid")
  kill "$pid" 2>/dev/null || true
  for _ in $(seq 300); do kill -0 "$pid" 2>/dev/null || break; sleep 0.2; done
  rm -f "$TRY/docker.pid"
}

start() {
  "$@" dockerd --data-root "$TRY/docker" --exec-root "$TRY/exec" --pidfile "$TRY/docker.pid" -H "$DOCKER_HOST" \
    "${OPTIONS[@]}" >>"$TRY/dockerd.log" 2>&1 &
  for _ in $(seq 300); do docker version >/dev/null 2>&1 && return; sleep 0.2; done
  tail -5 "$TRY/dockerd.log"
  echo "The engine does not answer: $TRY/dockerd.log" >&2
  exit 1
}

case ${1:-} in
  build)
    stop
    OPTIONS=(--bridge=none --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false)
    start nice
    ;;
  run)
    stop
    if [ ! -e "/run/netns/$NAMESPACE" ]; then
      ip netns add "$NAMESPACE"
      ip -n "$NAMESPACE" link set lo up
      ip -n "$NAMESPACE" addr add 10.0.20.7/24 dev lo
      # As systemd sets it on hosts: every group may ping.
      nsenter --net="/run/netns/$NAMESPACE" sysctl -qw net.ipv4.ping_group_range='0 2147483647'
    fi
    OPTIONS=()
    # Not `ip netns exec`, which mounts /sys anew and takes the control groups away.
    start nsenter --net="/run/netns/$NAMESPACE" nice
    ;;
  stop)
    stop
    [ ! -e "/run/netns/$NAMESPACE" ] || ip netns del "$NAMESPACE"
    ;;
  do)
    shift
    exec nsenter --net="/run/netns/$NAMESPACE" "$@"
    ;;
  *)
    sed -n '2,8s/^# //p' "$0"
    exit 1
    ;;
esac
