#!/usr/bin/env bash
# Build with colcon, source the result, test with colcon; the last line is a plain count.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/env.sh
# Without it a message takes a value of any type without a word.
export ROS_PYTHON_CHECK_FIELDS=1

package=ros2_nl_commander
colcon=(.venv/bin/python -m colcon)
results=build/$package
rm -f "$results"/*.xml

printf '==> colcon build\n'
"${colcon[@]}" build --paths . --packages-select "$package"
set +u  # the generated file reads variables that may be unset
. install/setup.bash
set -u

status=0
# run_tests NAME ARGUMENT...: one run of pytest, whose results are kept as NAME.xml
run_tests() {
    local name=$1
    shift
    printf '==> colcon test: %s\n' "$name"
    "${colcon[@]}" test --paths . --packages-select "$package" --return-code-on-test-failure \
        --event-handlers console_direct+ --pytest-args "$@" || status=$?
    mv "$results/pytest.xml" "$results/$name.xml" || status=1
}

# The model comes while the tests run that do without it; if it does not come, the others say so.
.venv/bin/fetch_model > "$results/fetch_model.log" 2>&1 &
# Two at a time where nothing is measured in seconds: a robot, and real weights, want all cores.
OMP_NUM_THREADS=1 run_tests two_at_a_time -m 'not real_model and not ros' -n 2 --dist worksteal
wait
run_tests one_at_a_time -m 'real_model or ros'
"${colcon[@]}" test-result --test-result-base "$results" --verbose || status=1
.venv/bin/python scripts/test_counts.py "$results"/*.xml || status=1
exit "$status"
