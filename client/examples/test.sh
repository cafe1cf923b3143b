#!/usr/bin/env bash
# Tests the examples against a registry of this checkout and the brokers that
# are installed. What is not installed is named, and makes this fail.
set -euo pipefail
cd "$(dirname "$0")"

work=$(mktemp -d)
started=()
finish() {
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait
  rm -rf "$work"
}
trap finish EXIT

# start NAME COMMAND...: runs it in the background until the end.
start() {
  local name=$1
  shift
  "$@" >"$work/$name.log" 2>&1 &
  started+=($!)
}

# until_so NAME COMMAND...: waits for the command to succeed, a minute at most.
until_so() {
  local name=$1
  shift
  for _ in $(seq 300); do
    "$@" >/dev/null 2>&1 && return
    sleep 0.2
  done
  echo "$name does not answer:" >&2
  cat "$work/$name.log" >&2
  return 1
}

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

free_port() {
  local port
  while port=$((20000 + RANDOM % 12000)) && answers "$port"; do :; done
  echo "$port"
}

missing=()
failed=()

# example NAME: tests one of them.
example() { (cd "$1" && go vet ./... && go test -count=1 ./...) || failed+=("$1"); }

port=$(free_port)
start registry ../../bin/muster serve --listen "127.0.0.1:$port" --database "sqlite:$work/muster.db"
until_so registry answers "$port"
export MUSTER_REGISTRY="http://127.0.0.1:$port"

example kafka # brings its own cluster

if command -v nats-server >/dev/null; then
  port=$(free_port)
  start nats nats-server --addr 127.0.0.1 --port "$port" --jetstream --store_dir "$work/nats"
  until_so nats answers "$port"
  NATS_URL="nats://127.0.0.1:$port" example nats
else
  missing+=("nats-server (Debian: nats-server)")
fi

if command -v redis-server >/dev/null; then
  port=$(free_port)
  start redis redis-server --bind 127.0.0.1 --port "$port" --dir "$work" --save ''
  until_so redis answers "$port"
  REDIS_ADDR="127.0.0.1:$port" example redis
else
  missing+=("redis-server (Debian: redis-server)")
fi

# Debian's rabbitmq-server gives its rights up when root starts it; what it
# wraps does not.
rabbitmq=$(command -v /usr/lib/rabbitmq/bin/rabbitmq-server rabbitmq-server | head -n 1 || true)
if test -n "$rabbitmq"; then
  port=$(free_port)
  mkdir "$work/rabbitmq"
  # Erlang's port mapper would stay when it is started by the broker.
  ERL_EPMD_PORT=$(free_port)
  export ERL_EPMD_PORT ERL_EPMD_ADDRESS=127.0.0.1
  start epmd epmd
  until_so epmd answers "$ERL_EPMD_PORT"
  start rabbitmq env -C "$work/rabbitmq" HOME="$work/rabbitmq" RABBITMQ_NODENAME="muster$port@localhost" \
    RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_NODE_PORT="$port" RABBITMQ_DIST_PORT="$(free_port)" \
    RABBITMQ_MNESIA_BASE="$work/rabbitmq" RABBITMQ_LOG_BASE="$work/rabbitmq" RABBITMQ_PID_FILE="$work/rabbitmq/pid" \
    RABBITMQ_ENABLED_PLUGINS_FILE="$work/rabbitmq/plugins" ERL_CRASH_DUMP="$work/rabbitmq/crash" "$rabbitmq"
  until_so rabbitmq answers "$port"
  AMQP_URL="amqp://guest:guest@127.0.0.1:$port/" example rabbitmq
else
  missing+=("rabbitmq-server (Debian: rabbitmq-server)")
fi

for what in "${missing[@]}"; do echo "examples: not tested, missing: $what" >&2; done
for what in "${failed[@]}"; do echo "examples: failed: $what" >&2; done
test $((${#missing[@]} + ${#failed[@]})) -eq 0
