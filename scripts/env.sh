# Source this (from bash) before anything that talks ROS out of .venv: `. scripts/env.sh`.
_venv=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/.venv
# Where ROS 2 comes from wheels, nothing else says where it is.
if [ -e "$_venv/share/ament_index/resource_index/packages/rclpy" ]; then
    export AMENT_PREFIX_PATH="$_venv" CMAKE_PREFIX_PATH="$_venv"
    # The wheels set up their library path once for each Python; a Python of another .venv does not count.
    unset _ROS_WHEELS_BOOTSTRAP_COMPLETE
fi
# Discovery stays on this machine: by default it multicasts on the real network.
export ROS_AUTOMATIC_DISCOVERY_RANGE=LOCALHOST
export PATH="$_venv/bin:$PATH"
unset _venv
