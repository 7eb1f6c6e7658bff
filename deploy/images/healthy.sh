# The health check of the image: asks the process of this container whether it answers. Others that run in it, such as
# migrations, have no port and count as healthy. It asks /health/live: a base service that is away is no reason to
# restart what would serve again when it is back.
case $(tr '\0' ' ' </proc/1/cmdline) in
  *gateway/index.ts*) port=${GATEWAY_PORT:-8000} ;;
  *subgraphs/auth/index.ts*) port=${AUTH_PORT:-8001} ;;
  *subgraphs/chat/index.ts*) port=${CHAT_PORT:-8002} ;;
  *subgraphs/user/index.ts*) port=${USER_PORT:-8003} ;;
  *subgraphs/file/index.ts*) port=${FILE_PORT:-8004} ;;
  *) exit 0 ;;
esac
host=${LISTEN_HOST:-127.0.0.1}
[ "$host" != 0.0.0.0 ] || host=127.0.0.1
exec curl --fail --silent --show-error --max-time 3 "http://$host:$port/health/live"
