#!/usr/bin/env bash
# Starts docker-compose.yml in the engine of engine.sh, as two stacks, several of a kind, with base services that run
# elsewhere; tells a story through nginx in each; watches one with Prometheus; backs it up and restores it. Needs what
# tree.sh needs.
set -uo pipefail
cd "$(dirname "$0")/../.."
TRY=${BEAVER_TRY:-/var/tmp/beaver-try}
export DOCKER_HOST=unix://$TRY/docker.sock
source deploy/try/checks.sh
export TRUST_SECRET=a-secret-of-the-trial-of-32-bytes-or-more
for name in ROOT AUTH CHAT USER FILE GATEWAY; do export ETCD_${name}_PASSWORD=of-the-trial; done
trap 'monitored down -v >/dev/null 2>&1; two down -v >/dev/null 2>&1; outside down -v >/dev/null 2>&1; rm -rf "$TRY/backups"' EXIT
inside() { deploy/try/engine.sh do "$@"; }
one() { nice docker compose -p beaver "$@"; }
# The same with the parts that watch it.
monitored() { one -f docker-compose.yml -f deploy/monitoring/docker-compose.yml "$@"; }
two() {
  BEAVER_HTTP_PORT=81 FILE_PUBLIC_URL=http://localhost:81 GATEWAY_PORTS=9000 AUTH_PORTS=9001 CHAT_PORTS=9002 \
    USER_PORTS=9003 FILE_PORTS=9004 nice docker compose -p beaver2 "$@"
}
# A stack whose base services are those of the first one, reached over its network.
outside() {
  BEAVER_HTTP_PORT=82 GATEWAY_PORTS=9100 AUTH_PORTS=9101 CHAT_PORTS=9102 USER_PORTS=9103 FILE_PORTS=9104 \
    nice docker compose -p beaver3 -f docker-compose.yml -f deploy/outside.yml -f "$TRY/network.yml" "$@"
}
healthy() { inside curl -fsS -m 5 -o /dev/null "http://localhost:$1/health"; }
has() { local text=$1; shift; grep -q -- "$text" <<<"$("$@" 2>&1)"; }
# Three friends with a group and messages, through nginx at a port of the host.
story() { GRAPH=http://localhost:$1/graphql inside "$(npx --no-install node -p process.execPath)" examples/demo.mjs; }

check 'docker compose up' one up -d
check 'the gateway is healthy' eventually healthy 8000
check 'a story through nginx' story 80
check 'a second stack beside it' two up -d
check 'its gateway is healthy' eventually healthy 9000
check 'a story through its nginx' story 81
two down -v >/dev/null 2>&1
check '--scale: two gateways, two of chat' env GATEWAY_PORTS=8100-8101 CHAT_PORTS=8110-8111 \
  docker compose -p beaver up -d --scale gateway=2 --scale chat_api=2
check 'both gateways are healthy' eventually eval 'healthy 8100 && healthy 8101'
docker kill beaver-gateway-2 >/dev/null
check 'a story right after one gateway was killed' story 80

prometheus() { inside curl -fsSG -m 5 "http://localhost:9090/api/v1/$1" "${@:2}"; }
scraped() { has "\"$1\"\\]" prometheus query --data-urlencode 'query=count(up == 1)'; }
check 'prometheus beside it' monitored up -d prometheus
check 'it scrapes all six: both of chat, the gateway that is left' eventually scraped 6
check 'it takes our rules' has BeaverServiceDown prometheus rules
check 'no rule fails' eval '! has "\"health\":\"err\"" prometheus rules'
docker kill beaver-user_api-1 >/dev/null
check 'an alert when user is gone' eventually has \
  '"BeaverServiceDown","job":"beaver-user"[^}]*},"annotations":{[^}]*},"state":"firing"' prometheus alerts
docker start beaver-user_api-1 >/dev/null
check 'it ends when user is back' eventually eval '! has BeaverServiceDown prometheus alerts'
monitored rm -sf prometheus >/dev/null 2>&1

mkdir -p "$TRY/backups" && chown 1000 "$TRY/backups"
check 'a backup' one run --rm -v "$TRY/backups:/backups" file_api node deploy/backup/backup.ts /backups/one
one stop gateway nginx >/dev/null 2>&1
check 'restoring over it is refused' has 'With --replace' one run --rm -v "$TRY/backups:/backups" file_api node deploy/backup/restore.ts /backups/one
check 'restoring with --replace' has 'Restored' one run --rm -v "$TRY/backups:/backups" file_api node deploy/backup/restore.ts --replace /backups/one
one restart auth_api chat_api user_api file_api >/dev/null 2>&1
one up -d >/dev/null 2>&1
check 'the gateway is healthy after the restore' eventually healthy 8000
check 'people of before the backup go on' story 80

cat >"$TRY/network.yml" <<'FILE'
networks:
  default: { name: beaver_default, external: true }
FILE
for part in auth_api chat_api user_api file_api gateway nginx; do one stop $part >/dev/null 2>&1; done
check 'a stack with base services that run elsewhere' env ETCD_SERVER=http://beaver-etcd-1:1900 MYSQL_HOST=beaver-mysql-1 \
  REDIS_HOST=beaver-redis-1 bash -c "$(declare -f outside); TRY=$TRY outside up -d"
check 'its gateway is healthy' eventually healthy 9100
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
