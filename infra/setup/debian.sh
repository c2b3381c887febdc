# shellcheck shell=bash
# Debian packages: pinned to upstream versions, installed without a question and without starting a server.

# as_root COMMAND…: as it is for root, by sudo (never asking) for anybody else.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

# package_lines FILE…: "name pattern" a line, without remarks.
package_lines() {
    sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$@"
}

# upstream_version VERSION: without epoch and Debian revision.
upstream_version() {
    local version=${1#*:}
    echo "${version%-*}"
}

# missing_packages FILE…: what is not installed yet.
missing_packages() {
    local installed name
    # shellcheck disable=SC2016  # the ${…} are dpkg-query's own
    installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' 2> /dev/null | sed -n 's/^installed //p')
    while read -r name _; do
        grep -qxF -- "$name" <<< "$installed" || echo "$name"
    done < <(package_lines "$@")
}

# known_versions NAME…: "name version" a line: the version that is installed, or else the one that apt would install.
known_versions() {
    LC_ALL=C apt-cache policy "$@" | awk '
        /^[^ ]/ { name = $1; sub(/:$/, "", name) }
        /^  Installed:/ { installed = $2 }
        /^  Candidate:/ { print name, (installed == "(none)" ? $2 : installed) }'
}

# check_versions FILE…: the upstream part of each version is what the list names.
check_versions() {
    local names versions name pattern version wrong=0
    mapfile -t names < <(package_lines "$@" | awk '{ print $1 }')
    versions=$(known_versions "${names[@]}")
    while read -r name pattern; do
        version=$(awk -v name="$name" '$1 == name { print $2 }' <<< "$versions")
        if [ -z "$version" ] || [ "$version" = "(none)" ]; then
            echo "$name: apt knows no such package (wanted $pattern); is this Debian 12 with its main repository?"
            wrong=1
            continue
        fi
        # shellcheck disable=SC2053  # the right side is a pattern on purpose
        if [[ $(upstream_version "$version") != $pattern ]]; then
            echo "$name: upstream version $(upstream_version "$version") (Debian $version), but infra/setup wants $pattern; try it, then change the list"
            wrong=1
        fi
    done < <(package_lines "$@")
    return $wrong
}

update_lists() {
    as_root apt-get -o DPkg::Lock::Timeout=120 -o Acquire::Retries=3 -q update
}

# The file that says which servers a package may start; ours bears a mark, by which one that a killed run left behind is known.
policy=/usr/sbin/policy-rc.d
policy_mark='# Lyceum setup'

# forbid_starts: until allow_starts, or the end of this shell, however it comes, no package starts a server. A machine with a policy of its own keeps it.
forbid_starts() {
    if [ -e "$policy" ] && ! grep -qxF -- "$policy_mark" "$policy"; then return 0; fi
    trap allow_starts EXIT
    trap 'exit 130' INT TERM HUP
    printf '#!/bin/sh\n%s\nexit 101\n' "$policy_mark" | as_root tee "$policy" > /dev/null
    as_root chmod 0755 "$policy"
}

allow_starts() {
    if [ -e "$policy" ] && grep -qxF -- "$policy_mark" "$policy"; then as_root rm -f "$policy"; fi
    trap - EXIT INT TERM HUP
}

# install_packages NAME…: no server starts by being installed: now (policy-rc.d) or at the next boot (its unit is disabled).
install_packages() {
    local status=0
    forbid_starts || return
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 -o Acquire::Retries=3 \
        -o Dpkg::Options::=--force-confold -y -q --no-install-recommends install "$@" || status=$?
    allow_starts
    if [ $status = 0 ]; then disable_units "$@"; fi
    return $status
}

# disable_units NAME…: a server that this setup brought in is Lyceum's to start, not systemd's.
disable_units() {
    local name
    if [ ! -d /run/systemd/system ]; then return 0; fi
    for name in "$@"; do
        case $name in
            postgresql-15) as_root systemctl disable --quiet postgresql.service ;;
            redis-server) as_root systemctl disable --quiet redis-server.service ;;
            rabbitmq-server) as_root systemctl disable --quiet rabbitmq-server.service epmd.service epmd.socket ;;
            nginx-light) as_root systemctl disable --quiet nginx.service ;;
        esac
    done
    return 0
}
