# shellcheck shell=bash
# One clear line per step: its name, then how it went. The output of a step goes to its log; the end of that log is shown when the step fails.

: "${step_logs:?the folder for logs, set before this file is read}"

# say NAME WORDS…: one line of the report.
say() {
    printf '%-34s %s\n' "$1" "${*:2}"
}

# step NAME COMMAND…: runs the command and says how long it took, or why it failed (then the script ends).
step() {
    local name=$1 log begin=$SECONDS
    shift
    mkdir -p "$step_logs"
    log=$step_logs/${name//[^a-zA-Z0-9]/-}.log
    if [ -t 1 ]; then printf '%-34s …\r' "$name"; fi
    if "$@" > "$log" 2>&1; then
        say "$name" "done in $((SECONDS - begin)) s"
        return
    fi
    say "$name" "FAILED after $((SECONDS - begin)) s" >&2
    tail -n 12 "$log" | sed 's/^/    | /' >&2
    echo "    the whole log: $log" >&2
    exit 1
}

# refuse REASON…: ends the script with one reason.
refuse() {
    echo "setup: $*" >&2
    exit 1
}
