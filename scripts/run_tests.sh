#!/usr/bin/env bash
# Build with colcon, source the result, test with colcon; the last line is a plain count.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/env.sh
# Without it a message takes a value of any type without a word.
export ROS_PYTHON_CHECK_FIELDS=1

package=ros2_nl_commander
colcon=(.venv/bin/python -m colcon)
results=build/$package/pytest.xml
rm -f "$results"

printf '==> colcon build\n'
"${colcon[@]}" build --paths . --packages-select "$package"
set +u  # the generated file reads variables that may be unset
. install/setup.bash
set -u

printf '==> colcon test\n'
status=0
"${colcon[@]}" test --paths . --packages-select "$package" --return-code-on-test-failure \
    --event-handlers console_direct+ || status=$?
"${colcon[@]}" test-result --test-result-base "build/$package" --verbose || status=1
.venv/bin/python scripts/test_counts.py "$results" || status=1
exit "$status"
