#!/usr/bin/env bash
# Installs the Label Studio server that tests run, once for every checkout with the same lock file and Python.
#
# It has an environment of its own in the user's cache folder, beside the data of a server that has migrated already.
# The folder appears under its name only when it is complete. Where it cannot be made this says why and is no
# failure: the tests that need it skip with that reason.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly python=.venv/bin/python lock=tests/label_studio/requirements.lock
folder=$("$python" -m tests.label_studio.installation)
readonly folder new=$folder.new log=$folder.log failure=$folder.failure

say() { printf 'setup-label-studio: %s\n' "$*"; }

# A lock on a file that this shell holds open stays with the shell; macOS has no command `flock`.
wait_for_others() {
    exec 9>"$folder.lock"
    "$python" -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX)'
}

is_complete() { [ -x "$folder/venv/bin/python" ]; }

install_packages() {
    # The lock also pins what builds the few packages that come without a wheel.
    .venv/bin/uv venv --quiet --relocatable --python "$python" "$new/venv" &&
        VIRTUAL_ENV=$new/venv .venv/bin/uv pip sync --quiet --compile-bytecode --require-hashes \
            --build-constraints "$lock" "$lock"
}

make_folder() {
    rm -rf "$folder" "$new" "$failure" &&
        install_packages &&
        "$python" -m tests.label_studio.seeding "$new" &&
        mv "$new" "$folder"
}

give_up() {
    sed -E '/^(hint:|$)/d; s/^ +cause: //' "$log" | tail -n 1 >"$failure"
    say "Label Studio could not be installed, its tests will skip:" "$(cat "$failure")" "(all of it: $log)"
    rm -rf "$new"
}

if ! mkdir -p "${folder%/*}" 2>/dev/null; then
    say "Label Studio could not be installed, its tests will skip: ${folder%/*} cannot be made"
    exit
fi
wait_for_others
if is_complete; then
    say "$folder is up to date"
else
    say "installing what $lock pins in $folder: about 1 GB, a minute or more"
    if make_folder >"$log" 2>&1; then say "$folder is ready"; else give_up; fi
fi
