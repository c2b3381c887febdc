# shellcheck shell=bash
# Runs suites, each with a bound, and reports a line for each from the JUnit files that they write.
: "${root:?} ${dev:?} ${results:?} ${step_logs:?}"

suite_seconds=1500
failed_suites=()
# What `swift test` is told besides: with which sanitizer, and where what it built lies.
swift_options=()

# bounded COMMAND…: runs it for suite_seconds at most. `timeout` makes a process group of its own, which Ctrl-C does not reach, and a shell hears a
# signal only between commands or in `wait`: so the shell waits, and passes on what it is told.
bounded() {
    local status=0
    timeout --kill-after=20 "$suite_seconds" "$@" &
    wait $! || status=$?
    return $status
}

# interrupted: ends the suite that runs, then the script. An interrupt first, so that pytest takes down what it set up; then what is left of its group.
# The shell is asked what runs, since it knows that from the moment it began it. A `timeout` that has not begun its command would not hear an interrupt.
interrupted() {
    trap '' INT TERM HUP
    local suite signal
    for suite in $(jobs -pr); do
        signal=INT
        [ -n "$(cat "/proc/$suite/task/$suite/children" 2> /dev/null)" ] || signal=KILL
        kill "-$signal" "$suite" 2> /dev/null || true
        wait "$suite" || true
        kill -TERM -- "-$suite" 2> /dev/null || true
    done
    exit 130
}

# run_suite NAME COMMAND…: shows what the suite prints; the last argument is the JUnit file that it writes.
run_suite() {
    local name=$1 begin=$SECONDS status=0
    shift
    echo
    echo "== $name"
    "$@" || status=$?
    echo "$((SECONDS - begin))" > "$results/$name.seconds"
    if [ $status != 0 ]; then failed_suites+=("$name"); fi
}

fail_suite() {
    echo "== $1: $2" >&2
    failed_suites+=("$1")
}

# run_step NAME COMMAND…: like step, but tells by its status.
run_step() {
    (step "$@")
}

# run_pytest FOLDER… FILE
run_pytest() {
    bounded "$dev/venv/bin/python" -m pytest -p no:cacheprovider -q --junitxml "${*: -1}" "${@:1:$#-1}"
}

# run_swift FILTER FILE: the tests that the filter names; the lines of tests that passed are not shown.
run_swift() {
    local status=0
    bounded swift test --skip-build "${swift_options[@]}" --filter "$1" --xunit-output "$2" > "$step_logs/$(basename "$2" .xml).log" 2>&1 || status=$?
    # swift-testing writes its own file beside the one that was asked for, which has XCTest's results (none).
    if [ -f "${2%.xml}-swift-testing.xml" ]; then mv "${2%.xml}-swift-testing.xml" "$2"; fi
    if [ $status != 0 ]; then
        grep -E '^✘|^↳|error:|Fatal|signal' "$step_logs/$(basename "$2" .xml).log" | head -n 100 || true
        echo "the whole log: $step_logs/$(basename "$2" .xml).log"
    fi
    return $status
}

# run_targets with_stack|without_stack: each Swift test target by itself, so that the busy ones of one do not starve the clocks of another.
run_targets() {
    local name
    for name in $(test_targets "$1"); do run_suite "$name" run_swift "^$name\." "$results/$name.xml"; done
}

# test_targets with_stack|without_stack: the Swift test targets that use the stores, or the others; of those in LYCEUM_TESTS, where it is set.
test_targets() {
    local folder name
    for folder in "$root"/Tests/*Tests; do
        name=$(basename "$folder")
        if [ "$name" = ArchitectureTests ] || ! compgen -G "$folder/*" > /dev/null; then continue; fi
        if [ -n "${LYCEUM_TESTS:-}" ] && [[ ",$LYCEUM_TESTS," != *",$name,"* ]]; then continue; fi
        if grep -rqE 'TestStack|TestStores' --include='*.swift' "$folder"; then
            if [ "$1" = with_stack ]; then echo "$name"; fi
        elif [ "$1" = without_stack ]; then
            echo "$name"
        fi
    done
}

# report: a line per suite and one for all; fails when anything did.
report() {
    echo
    "$dev/venv/bin/python" "$root/infra/test/report.py" "$results" "${failed_suites[@]}"
}
