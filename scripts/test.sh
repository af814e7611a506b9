#!/usr/bin/env bash
# Runs every test of the workspace and ends with one line, alone: N passed, N failed. Before it stand stories that were left out.
# The exit code is 0 only when something ran and nothing failed. Arguments go to `cargo test`.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Two at a time: the stories start servers, browsers and reading children of their own, and wait for them with deadlines.
THREADS=2

log=$(mktemp)
trap 'rm -f "$log"' EXIT

cargo test --workspace --locked --no-fail-fast "$@" -- --test-threads=$THREADS 2>&1 | tee "$log"
code=${PIPESTATUS[0]}

# The measures of bench/, the invented numbers of samples/ and the making of the model, in plain Python: “Ran 13 tests in …”, then OK or FAILED (failures=1, errors=1).
for folder in bench samples/generate ocr/training; do
    python3 -m unittest discover --start-directory "$folder" 2>&1 | tee -a "$log"
    ((PIPESTATUS[0] == 0)) || code=1
done

# Each test program closes with “test result: ok. 12 passed; 0 failed; 1 ignored; …”.
sum() { sed -nE "s/^test result: .* ([0-9]+) $1;.*/\1/p" "$log" | awk '{ n += $1 } END { print n + 0 }'; }
wrong=$(sed -nE 's/^FAILED \((.*)\)$/\1/p' "$log" | grep -oE '[0-9]+' | awk '{ n += $1 } END { print n + 0 }')
ran=$(sed -nE 's/^Ran ([0-9]+) tests? in .*/\1/p' "$log" | awk '{ n += $1 } END { print n + 0 }')
passed=$(($(sum passed) + ran - wrong))
failed=$(($(sum failed) + wrong))

# A program that died, or did not compile, has no such line: it counts as one failure, so that the sum never flatters.
((code != 0 && failed == 0)) && failed=1
if ((code == 0 && passed == 0)); then
    echo "no test ran" >&2
    code=1
fi

# Stories that this machine cannot tell count as passed: nobody shall take them for that.
grep -oE 'LEFT OUT: .*' "$log" | sort -u
grep -E '^test .* \.\.\. FAILED$|^error: ' "$log" | sort -u >&2
echo "$passed passed, $failed failed"
exit "$code"
