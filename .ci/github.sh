#!/usr/bin/env bash
# What the GitHub Action does: finds out what the event brings in, and has keysift scan it.
set -euo pipefail

program=${KEYSIFT_PROGRAM:-}
if [ -z "$program" ]; then
    program=$RUNNER_TEMP/keysift/bin/keysift
fi

# A value of the event, or nothing. Python is on every runner, jq not.
event() {
    python3 - "$GITHUB_EVENT_PATH" "$1" <<'PYTHON'
import json, sys
value = json.load(open(sys.argv[1], encoding="utf-8"))
for key in sys.argv[2].split("."):
    value = value.get(key) if isinstance(value, dict) else None
print(value if isinstance(value, str) else "")
PYTHON
}

is_here() { git cat-file -e "$1^{commit}" 2>/dev/null; }

what=()
if [ -n "${KEYSIFT_RANGE:-}" ]; then
    what=(--range "$KEYSIFT_RANGE")
else
    case "$GITHUB_EVENT_NAME" in
    pull_request_target)
        # It checks out the base, in which nothing of the pull request is, and lends its secrets to strangers.
        echo "::error title=keysift::use the event pull_request: pull_request_target does not show what is proposed"
        exit 2
        ;;
    pull_request)
        base=$(event pull_request.base.sha)
        head=$(event pull_request.head.sha)
        # The default checkout is a merge of both, which is what would come to be.
        what=(--range "$base..$(is_here "$head" && echo "$head" || echo HEAD)")
        ;;
    merge_group)
        what=(--range "$(event merge_group.base_sha)..$(event merge_group.head_sha)")
        ;;
    push)
        before=$(event before)
        after=$(event after)
        default=$(event repository.default_branch)
        if [[ "$after" =~ ^0*$ ]]; then
            echo "keysift: the push deletes a reference and brings in nothing"
            echo "exit-code=0" >>"$GITHUB_OUTPUT"
            exit 0
        elif ! [[ "$before" =~ ^0*$ ]] && is_here "$before"; then
            what=(--range "$before..$after")
        elif is_here "origin/$default" && [ "$(git rev-parse "origin/$default")" != "$(git rev-parse "$after^{commit}")" ]; then
            # A new branch, or a forced push whose earlier commits are gone.
            what=(--range "origin/$default..$after")
        else
            echo "::warning title=keysift::what was there before the push is not known, so that its last commit alone is scanned; check out with fetch-depth: 0, or set the input range"
            what=(--range "$after")
        fi
        ;;
    *)
        # Started by hand or by the clock.
        what=(--range HEAD)
        echo "keysift: the event $GITHUB_EVENT_NAME brings in nothing, so that the last commit is scanned; the input range asks for more"
        ;;
    esac
fi

reports=(--format "${KEYSIFT_FORMAT:-github}")
if [ -n "${KEYSIFT_SARIF:-}" ]; then
    reports+=(--format "sarif=$KEYSIFT_SARIF")
fi
read -r -a more <<<"${KEYSIFT_ARGS:-}"

echo "keysift git ${what[*]} ${reports[*]} ${more[*]-}"
code=0
"$program" git "${what[@]}" "${reports[@]}" ${more[@]+"${more[@]}"} || code=$?
echo "exit-code=$code" >>"$GITHUB_OUTPUT"
if [ "$code" = 1 ] && [ "${KEYSIFT_FAIL:-true}" != true ]; then
    exit 0
fi
exit "$code"
