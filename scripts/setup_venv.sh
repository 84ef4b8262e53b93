#!/usr/bin/env bash
# Make .venv, or find that it is as it should be; only .venv is written to.
#
# PYTHON           the Python to use (default: python3.11, else a python3 from 3.10 on)
# TORCH_INDEX_URL  where to get torch from, where pip's own configuration would bring another build
#                  (a machine without an NVIDIA GPU wants a CPU build)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '==> %s\n' "$*"; }
fail() { printf 'make setup: %s\n' "$*" >&2; exit 1; }

has_sourced_ros() {
    [ -n "${ROS_DISTRO:-}" ] && [ -n "${AMENT_PREFIX_PATH:-}" ] \
        && python3 -c 'from rclpy.node import Node' 2>/dev/null
}

find_python() {
    local candidate
    for candidate in ${PYTHON:-python3.11 python3 python3.12 python3.13 python3.10}; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

# One set-up at a time, also when two make targets start together.
if command -v flock > /dev/null; then
    exec 9< "${BASH_SOURCE[0]}"
    flock -n 9 || { say 'waiting for another set-up of this checkout to end'; flock 9; }
fi

if has_sourced_ros; then ros="ROS 2 $ROS_DISTRO"; else ros='ROS 2 wheels'; fi
stamp=$(cat constraints.txt requirements*.txt setup.py scripts/*setup_venv.sh scripts/robot_constraints.py \
    | cksum | cut -d ' ' -f 1)
stamp="$ros; $PWD; $stamp"
[ -x .venv/bin/python ] && [ "$(cat .venv/setup_done 2>/dev/null)" = "$stamp" ] && exit 0

if [ "$ros" = 'ROS 2 wheels' ]; then
    [ "$(uname -sm)" = 'Linux x86_64' ] \
        || fail "there are no ROS 2 wheels for $(uname -sm): install ROS 2, source it, and run this again"
    python=$(find_python) || fail "${PYTHON:-python3.11} is missing or older than Python 3.10: install python3.11, or set PYTHON"
else
    python=$(command -v python3)
fi
"$python" -c 'import ensurepip, venv' 2>/dev/null \
    || fail "$python cannot make virtual environments: install its venv package (python3-venv)"

# A set-up that was interrupted, or one for another kind of ROS, is not built upon.
if [ -e .venv/setup_running ] || { [ -e .venv/setup_done ] && [ "$(cut -d ';' -f 1 .venv/setup_done)" != "$ros" ]; }
then
    say 'removing .venv: its last set-up was interrupted, or was for another ROS 2'
    rm -rf .venv
fi
mkdir -p .venv
touch .venv/setup_running
rm -f .venv/setup_done

say "making .venv with $("$python" --version) and $ros (the first time takes some minutes)"
constraints=constraints.txt
if [ "$ros" = 'ROS 2 wheels' ]; then
    "$python" -m venv .venv
else
    "$python" -m venv --system-site-packages .venv
    constraints=.venv/constraints.txt
    "$python" scripts/robot_constraints.py constraints.txt > "$constraints"
fi
install() { .venv/bin/python -m pip install --disable-pip-version-check --constraint "$constraints" "$@"; }

say 'step 1 of 3: build tools'
install setuptools wheel
say 'step 2 of 3: torch (the largest download)'
if ! command -v nvidia-smi > /dev/null && [ -z "${TORCH_INDEX_URL:-}" ]; then
    say 'no NVIDIA GPU here; should pip bring a CUDA build, set TORCH_INDEX_URL to an index of CPU builds'
fi
install ${TORCH_INDEX_URL:+--index-url "$TORCH_INDEX_URL"} torch
say 'step 3 of 3: everything else, and this package'
# --use-pep517: the older way of pip puts the programs where ROS wants them, not into .venv/bin.
everything=(--requirement requirements.txt)
if [ "$ros" = 'ROS 2 wheels' ]; then
    everything+=(--requirement requirements-ros.txt)
elif ! "$python" -c 'import colcon_core, colcon_ros' 2>/dev/null; then
    everything+=(colcon-common-extensions)
fi
install --no-build-isolation --use-pep517 "${everything[@]}"

printf '%s\n' "$stamp" > .venv/setup_done
rm .venv/setup_running
say '.venv is ready'
