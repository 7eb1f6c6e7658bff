#!/usr/bin/env bash
# Makes stand-ins for the images that the product asks a registry for, under the same names, out of Debian's packages
# and npm's: debian, node, nginx, redis, mysql and prometheus. MySQL is Debian unstable's, and so is Compose v2, where
# there is none. For machines that reach no registry of images. The engine must run for building (engine.sh build). As
# root; needs debootstrap and npm.
set -euo pipefail
cd "$(dirname "$0")"
TRY=${BEAVER_TRY:-/var/tmp/beaver-try}
export DOCKER_HOST=unix://$TRY/docker.sock
sources=/etc/apt/sources.list.d/debian.sources
mirror=$(sed -n 's/^URIs: *//p' "$sources" 2>/dev/null | head -1)
mirror=${mirror:-$(sed -n 's/^deb \(\[.*\] \)\?\(http[^ ]*\) .*/\2/p' /etc/apt/sources.list | head -1)}

has() { docker image inspect "$1" >/dev/null 2>&1; }
# image <name> [folder]: builds from the Dockerfile on standard input.
image() {
  has "$1" && return
  echo "== $1"
  local context=${2:-$(mktemp -d)}
  cat >"$context/Dockerfile"
  DOCKER_BUILDKIT=0 nice docker build --quiet --network host --tag "$1" "$context"
}

# Compose v2, as a plugin of `docker`. Nothing else of the unstable suite comes onto this machine.
if ! docker compose version >/dev/null 2>&1; then
  echo '== docker compose'
  context=$(mktemp -d)
  mkdir -p "$context"/lists/partial "$context"/cache/archives/partial ~/.docker/cli-plugins
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror sid main" >"$context/sid.list"
  unstable=(-o "Dir::Etc::SourceList=$context/sid.list" -o Dir::Etc::SourceParts=- -o "Dir::State::Lists=$context/lists"
    -o "Dir::Cache=$context/cache" -o APT::Sandbox::User=root)
  apt-get -q "${unstable[@]}" update
  (cd "$context" && apt-get -q "${unstable[@]}" download docker-compose)
  dpkg-deb --fsys-tarfile "$context"/docker-compose_*.deb |
    tar --extract --to-stdout ./usr/libexec/docker/cli-plugins/docker-compose >~/.docker/cli-plugins/docker-compose
  chmod +x ~/.docker/cli-plugins/docker-compose
  rm -rf "$context"
  docker compose version
fi

if ! has debian:bookworm-slim; then
  echo '== debian:bookworm-slim'
  root=$TRY/bookworm
  [ -e "$root/etc/debian_version" ] || nice debootstrap --variant=minbase --include=ca-certificates bookworm "$root" "$mirror"
  # Where this machine has its packages and its certificates from, the containers have them from.
  cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
  cp -r /etc/apt/apt.conf.d/. "$root/etc/apt/apt.conf.d/"
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod +x "$root/usr/sbin/policy-rc.d"
  # What the real image leaves out as well.
  rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,info,locale,man}/*
  tar -C "$root" -c . | docker import - debian:bookworm-slim
fi

if ! has node:24-bookworm-slim; then
  context=$(mktemp -d)
  npm install --silent --no-save --prefix "$context" node@24 npm@11
  mkdir "$context/files"
  cp "$context/node_modules/node/bin/node" "$context/files/node"
  cp -r "$context/node_modules/npm" "$context/files/npm"
  rm -rf "$context/node_modules"
  printf 'registry=%s\ncafile=/etc/ssl/certs/ca-certificates.crt\n' "$(npm config get registry)" >"$context/files/npmrc"
  image node:24-bookworm-slim "$context" <<'FILE'
FROM debian:bookworm-slim
RUN groupadd --gid 1000 node && useradd --uid 1000 --gid node --shell /bin/bash --create-home node
COPY files/node /usr/local/bin/node
COPY files/npm /usr/local/lib/node_modules/npm
COPY files/npmrc /usr/local/etc/npmrc
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
CMD ["node"]
FILE
fi

image nginx:1.27 <<'FILE'
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends nginx-light curl && rm -rf /var/lib/apt/lists/* /etc/nginx/sites-enabled/* \
  && rm -rf /var/lib/nginx && ln -s /var/cache/nginx /var/lib/nginx \
  && ln -sf /dev/stdout /var/log/nginx/access.log && ln -sf /dev/stderr /var/log/nginx/error.log
CMD ["nginx", "-g", "daemon off;"]
FILE

image redis:7.4 <<'FILE'
FROM debian:bookworm-slim
RUN groupadd --gid 999 redis && useradd --uid 999 --gid redis redis && apt-get update \
  && apt-get install -y --no-install-recommends redis-server && rm -rf /var/lib/apt/lists/*
WORKDIR /data
RUN chown redis /data
CMD ["redis-server"]
FILE

image prom/prometheus:v2.53.4 <<'FILE'
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends prometheus && rm -rf /var/lib/apt/lists/* \
  && install -d -o nobody -g nogroup /prometheus
USER nobody
WORKDIR /prometheus
ENTRYPOINT ["prometheus"]
FILE

if ! has mysql:8.4; then
  root=$TRY/sid-mysql
  [ -e "$root/usr/bin/mysqladmin" ] ||
    nice debootstrap --variant=minbase --include=mysql-server-core,mysql-client-core sid "$root" "$mirror"
  context=$(mktemp -d)
  cp mysql-entrypoint.sh "$context/"
  tar -C "$root" -c . | docker import - beaver-try-mysql
  image mysql:8.4 "$context" <<'FILE'
FROM beaver-try-mysql
RUN useradd --uid 997 mysql
COPY mysql-entrypoint.sh /usr/local/bin/docker-entrypoint.sh
VOLUME /var/lib/mysql
ENTRYPOINT ["bash", "/usr/local/bin/docker-entrypoint.sh"]
CMD []
FILE
fi
docker images
