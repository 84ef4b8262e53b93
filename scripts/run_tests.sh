#!/usr/bin/env bash
# Build with colcon, source the result, test with colcon; the last line is a plain count.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/env.sh
# Without it a message takes a value of any type without a word.
export ROS_PYTHON_CHECK_FIELDS=1

package=ros2_nl_commander
colcon=(.venv/bin/python -m colcon)
rm -f build/$package/*.xml

# The tests whose names follow; colcon writes their results to pytest.xml, which is kept as $1.
run_tests() {
    local results=build/$package/$1.xml
    shift
    "${colcon[@]}" test --paths . --packages-select "$package" --return-code-on-test-failure \
        --event-handlers console_direct+ --pytest-args "$@" || status=$?
    mv build/$package/pytest.xml "$results" || status=1
}

printf '==> colcon build\n'
"${colcon[@]}" build --paths . --packages-select "$package"
set +u  # the generated file reads variables that may be unset
. install/setup.bash
set -u

printf '==> colcon test\n'
status=0
# Most tests compute on one core or wait, so two run at a time; a language model takes all cores.
OMP_NUM_THREADS=1 run_tests pytest_in_two -m 'not real_model' --numprocesses 2 --dist loadfile
run_tests pytest_real_model -m real_model
"${colcon[@]}" test-result --test-result-base "build/$package" --verbose || status=1
.venv/bin/python scripts/test_counts.py build/$package/pytest_*.xml || status=1
exit "$status"
