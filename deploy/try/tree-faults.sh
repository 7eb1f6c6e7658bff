# What tree.sh tries while people write to each other through nginx: update and rollback of every process, and a power
# cut. Then a full disk, and the file service started by hand. For `source`.

# The people of load.ts, until load_ends, which fails where a message was lost, came twice or out of order.
load_begins() {
  local environment
  mapfile -t environment < <(grep '^[A-Z]' "$MNT/beaver/auth_api/configs/env")
  env "${environment[@]}" deploy/try/engine.sh do "$NODE" deploy/try/load.ts http://10.0.20.7 >"$TRY/load.log" 2>&1 &
  load=$!
  eventually eval 'grep -q flowing "$TRY/load.log" || ! kill -0 $load' && kill -0 "$load"
}
load_ends() {
  kill -TERM "$load"
  wait "$load"
  local code=$?
  cat "$TRY/load.log"
  return $code
}
verdict() { grep -E '"(accepted|lost|doubled|outOfOrder|secondsAtMost)"' "$TRY/load.log" | tr -d ' \n'; echo; }
image_is() { [ "$(docker inspect --format '{{.Config.Image}}' "$1")" = "$2" ]; }
set_tag() { sed -i "s/^BEAVER_TAG=.*/BEAVER_TAG=$2/" "$MNT/beaver/$1/.env"; }
upload() { inside "$NODE" deploy/try/upload.ts http://10.0.20.7 "$1"; }

docker tag beaver-im:latest beaver-im:next
check 'people write to each other' load_begins
for tag in next latest; do
  for process in auth_api:8001 user_api:8003 chat_api:8002 file_api:8004 gateway:8000; do
    name=${process%:*}
    set_tag "$name" "$tag"
    check "docker compose up -d of $name with the tag $tag" up "beaver/$name"
    check "it runs $tag" image_is "$name" "beaver-im:$tag"
    check 'it is healthy' eventually healthy "${process#*:}"
  done
done
check 'nothing was lost, doubled or out of order meanwhile' load_ends
verdict
check 'the story after update and rollback' story _rollback

check 'people write to each other' load_begins
check 'a power cut: docker kill of every container' bash -c 'docker kill $(docker ps -q)'
check 'docker start of all, nginx first' docker start nginx gateway file_api chat_api user_api auth_api etcd redis mysql
check 'all are healthy after the power cut' eventually all_healthy
check 'nothing was lost, doubled or out of order meanwhile' load_ends
verdict
check 'the story after the power cut' story _power

# A file store of 3 MB, which uploads fill.
(cd "$MNT/beaver/file_api" && docker compose down >/dev/null 2>&1)
mount -t tmpfs -o size=3m,uid=1000,gid=1000,mode=700 tmpfs "$MNT/beaver/file_api/files"
up beaver/file_api >/dev/null 2>&1
check 'file is healthy on a small disk' eventually healthy 8004
check 'a file that fits is stored' has STORED upload 2000000
check 'one that does not is refused by name' has STORAGE_UNAVAILABLE upload 2000000
check 'file says in its log that the disk is full' has ENOSPC docker logs file_api
check 'and is up' healthy 8004
mount -o remount,size=64m "$MNT/beaver/file_api/files"
check 'with room again the same is stored, without a restart' eventually has STORED upload 2000000

# As README.md has it for one container, without the tree.
(cd "$MNT/beaver/file_api" && docker compose down >/dev/null 2>&1)
umount "$MNT/beaver/file_api/files"
check 'docker run --env-file env beaver-im node subgraphs/file/index.ts' \
  docker run -d --name by_hand --network host --env-file "$MNT/beaver/file_api/configs/env" beaver-im node subgraphs/file/index.ts
check 'it is healthy' eventually healthy 8004
check 'and not root' has '^1000$' docker exec by_hand id -u
check 'it stores a file' has STORED upload 100000
docker rm -f by_hand >/dev/null
check 'the file service of the tree again' up beaver/file_api
check 'it is healthy' eventually healthy 8004
