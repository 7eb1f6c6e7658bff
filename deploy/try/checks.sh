# What the trials share: `check`, which counts, and `eventually`. For `source`; needs TRY.
passed=0 failed=0

# check <what> <command …>
check() {
  local what=$1
  shift
  if "$@" >"$TRY/check.log" 2>&1; then
    passed=$((passed + 1)) && echo "✓ $what"
  else
    failed=$((failed + 1)) && echo "✗ $what" && tail -5 "$TRY/check.log" | cut -c1-300
  fi
}

# Waits until a command succeeds, for some minutes: a machine of the CI is slow.
eventually() {
  for _ in $(seq 240); do "$@" && return; sleep 1; done
  return 1
}
