# shellcheck shell=bash
# The Swift tests built with a sanitizer, and a stack of stores to run them on: what `make sanitize` and `make leaks` have in common.
: "${root:?}"
dev=${LYCEUM_DEV:-$root/.dev}
# shellcheck source-path=SCRIPTDIR source=../test/environment.sh
. "$root/infra/test/environment.sh"
# An instrumented program is several times slower; the limits of tests are for those that are not.
export LYCEUM_PATIENCE=${LYCEUM_PATIENCE:-5} PYTHONDONTWRITEBYTECODE=1
"$root/infra/setup/setup" test

# in_folder SANITIZER: its stack, and what the run with it leaves, which the run with another does not clear away.
in_folder() {
    stack_dir=$dev/sanitizers/$1
    results=$stack_dir/results
    step_logs=$stack_dir/logs
    export LYCEUM_TEST_STACK=$stack_dir/stack.json
}

in_folder address
# shellcheck source-path=SCRIPTDIR source=../setup/steps.sh
. "$root/infra/setup/steps.sh"
# shellcheck source-path=SCRIPTDIR source=../test/suites.sh
. "$root/infra/test/suites.sh"
# Read by bounded, in suites.sh.
# shellcheck disable=SC2034
suite_seconds=2400

stop_stack() {
    "$root/infra/dev/stack" --dir "$stack_dir" down > /dev/null 2>&1 || true
}

start_stores() {
    if ! "$root/infra/dev/stack" --dir "$stack_dir" up --port-base auto --detach --build debug --only-stores; then
        fail_suite stores "the stack did not start"
        return 1
    fi
}

# prepare SANITIZER: builds the tests with it and clears what the last run left.
prepare() {
    in_folder "$1"
    "$root/infra/dev/stack" --dir "$stack_dir" erase > /dev/null
    rm -rf "$stack_dir"
    mkdir -p "$results" "$step_logs" "$stack_dir/reports"
    # run_swift, in suites.sh, runs what is built with these.
    swift_options=(--sanitize "$1" --scratch-path "$root/.build/$1")
    export TSAN_OPTIONS="log_path=$stack_dir/reports/thread suppressions=$root/infra/sanitizers/thread.txt history_size=4"
    export ASAN_OPTIONS="log_path=$stack_dir/reports/address detect_leaks=0 abort_on_error=0"
    run_step "Build tests ($1 sanitizer)" swift build --build-tests "${swift_options[@]}" || exit 1
    run_step "Build stores' tools (debug)" env -u LYCEUM_TESTS swift build || exit 1
}

# show_reports: what the sanitizer wrote, which is nothing when all is well.
show_reports() {
    local files count
    mapfile -t files < <(find "$stack_dir/reports" -type f -size +0)
    count=$(cat /dev/null "${files[@]}" | grep -cE '^WARNING: ThreadSanitizer|^==[0-9]+==ERROR: AddressSanitizer' || true)
    echo
    echo "$count reports of the sanitizer"
    [ ${#files[@]} != 0 ] || return 0
    head -qn 60 "${files[@]:0:5}"
    echo "all of them: $stack_dir/reports"
    return 1
}
