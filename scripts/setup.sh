#!/usr/bin/env bash
# Builds .venv with everything in requirements.lock, from nothing but Python 3.11–3.13, and says what it did.
#
# uv comes from the lock as well, so every download is pinned by hash. On Debian as root the programs that some
# tests need are installed too; elsewhere they are named, and those tests skip. Run again, it changes nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly venv=.venv
readonly stamp=$venv/setup-stamp
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

say() { printf 'setup: %s\n' "$*"; }
fail() { say "$*" >&2; exit 2; }
is_debian_root() { [ "$(id -u)" = 0 ] && command -v apt-get >"$scratch/apt-get"; }

# Packages from Debian, quietly; a failure is told with the end of what apt-get said, and is no end of the setup.
apt_install() {
    local log=$scratch/apt.log
    if { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; } \
        >"$log" 2>&1 </dev/null; then
        say "installed $* with apt-get"
    else
        say "apt-get could not install $*:" "$(tail -n 1 "$log")"
    fi
}

is_supported_python() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' >"$scratch/python" 2>&1
}

find_python() {
    local candidate
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python; do
        if is_supported_python "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

has_venv() { "$1" -c 'import ensurepip, venv' >"$scratch/venv" 2>&1; }

make_venv() {
    local python
    python=$(find_python) || fail "Python 3.11, 3.12 or 3.13 is needed and was not found: install one, or set PYTHON"
    if ! has_venv "$python" && is_debian_root; then
        apt_install "python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
    fi
    has_venv "$python" || fail "$python has no venv module: install it (Debian: apt-get install python3-venv)"
    say "making $venv with $("$python" --version)"
    "$python" -m venv --clear "$venv"
    awk '/^uv==/ { wanted = 1 } wanted { print } wanted && !/\\$/ { exit }' requirements.lock >"$scratch/uv.txt"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
        --only-binary :all: -r "$scratch/uv.txt"
}

install_packages() {
    local fingerprint
    fingerprint=$(cat requirements.lock pyproject.toml "${BASH_SOURCE[0]}" | cksum)
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$fingerprint" ]; then
        say "$venv is up to date"
        return
    fi
    if ! { [ -x "$venv/bin/uv" ] && is_supported_python "$venv/bin/python"; }; then
        make_venv
    fi
    say "installing what requirements.lock pins"
    export VIRTUAL_ENV=$PWD/$venv
    "$venv/bin/uv" pip sync --quiet --compile-bytecode --require-hashes requirements.lock
    # The build backend is in the lock, so nothing unpinned is fetched to build the checkout itself.
    "$venv/bin/uv" pip install --quiet --no-deps --no-build-isolation --editable .
    printf '%s' "$fingerprint" >"$stamp"
    say "$venv is ready"
}

has_chromium() { command -v chromium chromium-browser google-chrome >"$scratch/chromium"; }

has_postgresql() {
    command -v initdb >"$scratch/initdb" || compgen -G '/usr/lib/postgresql/*/bin/initdb' >"$scratch/initdb"
}

# Debian would make and start a cluster of its own with the package; tests start theirs, so it is told not to.
install_postgresql() {
    local setting=/etc/postgresql-common/createcluster.d/mask-audit.conf
    mkdir -p "${setting%/*}"
    echo "create_main_cluster = false" >"$setting"
    apt_install postgresql
    rm -f "$setting"
}

has_tex() { command -v pdflatex >"$scratch/pdflatex" && command -v pdftotext >"$scratch/pdftotext"; }

has_minisign() { command -v minisign >"$scratch/minisign"; }

install_programs() {
    if is_debian_root; then
        has_chromium || apt_install chromium fonts-dejavu-core
        has_postgresql || install_postgresql
        has_tex || apt_install texlive-latex-base texlive-latex-recommended lmodern poppler-utils
        has_minisign || apt_install minisign openssh-client
    fi
    has_chromium || say "no Chromium here: the tests of the reviewer's page will skip"
    has_postgresql || say "no PostgreSQL here: the tests that run on it will skip"
    has_tex || say "no pdfLaTeX here: the tests that compile reports will skip"
    has_minisign || say "no minisign here: the tests that sign with it will skip"
}

install_packages
install_programs
