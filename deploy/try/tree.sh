#!/usr/bin/env bash
# Writes the tree of a deployment, starts it folder by folder in the engine of engine.sh, and tries what docs/deploy.md
# promises: each command, the story of README.md through nginx, restarts of the base services, and what tree-faults.sh has.
# Needs the images (base-images.sh; beaver-im, beaver-etcd), `engine.sh run`, and Compose v2. As root.
set -uo pipefail
cd "$(dirname "$0")/../.."
TRY=${BEAVER_TRY:-/var/tmp/beaver-try}
MNT=$TRY/mnt
export DOCKER_HOST=unix://$TRY/docker.sock
source deploy/try/checks.sh
NODE=$(npx --no-install node -p process.execPath)
inside() { deploy/try/engine.sh do "$@"; }
up() { (cd "$MNT/$1" && nice docker compose up -d); }
healthy() { inside curl -fsS -m 5 -o /dev/null "http://localhost:$1/health"; }
all_healthy() { for port in 8001 8003 8002 8004 8000; do healthy $port || return 1; done; }
has() { local text=$1; shift; grep -q -- "$text" <<<"$("$@" 2>&1)"; }
# The blocks of the section "Try it", as a person would paste them.
story() {
  awk '/^## Try it/ {on = 1} /^## / && !/Try it/ {on = 0} on && /^```/ {block = /^```sh/ ; next} on && block' README.md |
    sed 's#http://localhost:8000/graphql#http://10.0.20.7/graphql#' | grep -v '^npm ' >"$TRY/story.sh"
  # A second run needs other names.
  sed -i "s/ada@/ada$1@/; s/bob@/bob$1@/; s/\"userName\": \"ada\"/\"userName\": \"ada$1\"/; s/\"userName\": \"bob\"/\"userName\": \"bob$1\"/" "$TRY/story.sh"
  inside bash "$TRY/story.sh" >"$TRY/story.log" 2>&1
  grep -q 'The dam is done' "$TRY/story.log" && grep -q 'refreshToken' "$TRY/story.log" &&
    grep -q 'http://10.0.20.7/files/' "$TRY/story.log" && ! grep -q '"errors"' "$TRY/story.log"
}

"$NODE" deploy/tree/index.ts --target "$MNT" --host 10.0.20.7 >/dev/null || exit 1
for folder in docker/mysql docker/redis docker/etcd beaver/auth_api beaver/user_api beaver/chat_api beaver/file_api beaver/gateway beaver/nginx; do
  check "docker compose up -d in $folder" up "$folder"
done
for port in 8001 8002 8003 8004 8000; do check "curl http://localhost:$port/health" eventually healthy $port; done
for name in auth_api chat_api user_api file_api gateway; do
  check "docker logs $name" eventually has '"level"' docker logs $name
  check "$name/logs has the log" grep -q '"level"' "$MNT/beaver/$name/logs/"*.log
  check "docker ps -a says $name is healthy" eventually has "$name .*(healthy)" docker ps -a --format '{{.Names}} {{.Status}}'
done
check 'docker logs auth_api | grep -i "login\|register\|auth"' has '"auth"' docker logs auth_api
check 'docker exec auth_api sh, not as root' has 'uid=1000' docker exec auth_api sh -c id
check 'docker exec -it auth_api sh, at a terminal' has 'uid=1000' script -qec 'docker exec -it auth_api sh -c id' /dev/null
check 'docker exec auth_api node doctor/index.ts' docker exec auth_api node doctor/index.ts --gateway http://10.0.20.7:8000
check 'docker exec auth_api ps aux' has 'subgraphs/auth' docker exec auth_api ps aux
check 'docker exec auth_api free -h' has 'Mem:' docker exec auth_api free -h
check 'docker exec auth_api curl etcd' has 'true' docker exec auth_api curl -s http://10.0.20.7:1900/health
check 'docker exec auth_api ping' docker exec auth_api ping -c 1 10.0.20.7
check 'nothing in the container is writable but /tmp, logs' docker exec auth_api sh -c '! touch /app/x && touch /tmp/x /app/logs/x && rm /app/logs/x'
check 'nginx leads to no health' has 404 inside curl -s -o /dev/null -w '%{http_code}' http://10.0.20.7/health
check 'the story of README.md through nginx' story 1
for base in redis etcd mysql; do
  check "docker restart $base" docker restart $base
  check "all are healthy after a restart of $base" eventually all_healthy
  check "the story after a restart of $base" story "_$base"
done
source deploy/try/tree-faults.sh
for name in auth_api gateway; do
  docker stop $name >/dev/null
  check "$name ends by itself, exit code 0" has '^0$' docker inspect --format '{{.State.ExitCode}}' $name
done
for folder in beaver/nginx beaver/gateway beaver/file_api beaver/chat_api beaver/user_api beaver/auth_api docker/etcd docker/redis docker/mysql; do
  (cd "$MNT/$folder" && docker compose down >/dev/null 2>&1)
done
rm -rf "$MNT"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
