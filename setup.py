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


from pathlib import Path

from setuptools import find_packages, setup

package_name = 'ros2_nl_commander'
share = 'share/' + package_name

commands = (
    'benchmark',
    'console',
    'convert_prompt',
    'demo',
    'describe_robot',
    'evaluate',
    'fetch_model',
    'generate',
    'nl_commander',
    'synthesize',
    'train',
)


def shared_files():
    """List what is installed under share/: every file of these folders, at the same place."""
    for top in ('config', 'data', 'launch', 'prompts'):
        for folder in sorted(Path(top).glob('**/')):
            files = sorted(str(path) for path in folder.glob('*.*') if path.is_file())
            if files and folder.name != '__pycache__':
                yield f'{share}/{folder}', files


setup(
    name=package_name,
    version='0.1.0',
    packages=find_packages(include=[package_name, package_name + '.*']),
    package_data={package_name: ['py.typed']},
    data_files=[
        ('share/ament_index/resource_index/packages', ['resource/' + package_name]),
        (share, ['package.xml']),
        *shared_files(),
    ],
    python_requires='>=3.10',
    install_requires=[
        'accelerate',
        'gguf',
        'huggingface_hub',
        'llguidance',
        'matplotlib',
        'numpy',
        'prompt_toolkit',
        'PyYAML',
        'safetensors',
        'tensorboard',
        'torch',
        'tqdm',
        'transformers',
    ],
    extras_require={'test': ['hypothesis', 'peft', 'pytest', 'pytest-timeout', 'pytest-xdist']},
    zip_safe=False,
    author='The ros2_nl_commander authors',
    maintainer='The ros2_nl_commander authors',
    maintainer_email='maintainers@ros2-nl-commander.invalid',
    description='A sentence in, the one ROS 2 command that does it out.',
    license='Apache-2.0',
    entry_points={
        'console_scripts': [
            f'{command} = {package_name}.cli.{command}:main' for command in commands
        ],
    },
)
