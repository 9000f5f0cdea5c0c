#!/bin/sh
# Runs keysift for the framework pre-commit, and builds it first where this clone has not been built yet.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
program=$root/target/release/keysift
if ! [ -x "$program" ]; then
    echo "keysift: building, once for this version" >&2
    # What Git tells its hooks is not for Cargo.
    (
        cd "$root"
        unset GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE
        cargo build --quiet --release --locked -p keysift-cli --target-dir "$root/target" >&2
    ) || {
        echo "keysift: it could not be built, so nothing was checked" >&2
        exit 3
    }
fi
exec "$program" "$@"
