# Copyright 2026 The ros2_nl_commander authors
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.

"""
Recording work on a CUDA device. The only code that runs nowhere but there; knows no model.

Source: PyTorch's notes on CUDA graphs.
"""

from __future__ import annotations

from typing import Any

from ros2_nl_commander.model.fixed_forward import Step
import torch

#: Libraries choose their kernels and take their memory in the first runs.
WARM_UPS = 2


class CudaRecorder:
    """
    Records steps as CUDA graphs.

    They share one pool of memory, which is safe because they run one at a time and leave their
    results in buffers from outside of it.

    :param device: a CUDA device
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._pool = torch.cuda.graph_pool_handle()
        # Libraries keep their handles for each stream: warm up on the one that captures.
        self._stream = torch.cuda.Stream(device)

    def __call__(self, step: Step) -> Step:
        """
        Run a step to warm up, then record it.

        :returns: repeats the step on the caller's stream
        :raises RuntimeError: if it does something that cannot be recorded
        """
        with torch.cuda.device(self._device):
            graph: Any = torch.cuda.CUDAGraph()
            self._stream.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(self._stream):
                for _ in range(WARM_UPS):
                    step()
            torch.cuda.current_stream().wait_stream(self._stream)
            # Other threads may be reading a robot's context, and allocate for it.
            with torch.cuda.graph(graph, pool=self._pool, stream=self._stream,
                                  capture_error_mode='thread_local'):
                step()
        replay: Step = graph.replay
        return replay
