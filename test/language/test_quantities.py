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

"""Units: what they convert to, and where a field's unit is found."""

from __future__ import annotations

from fractions import Fraction

import pytest
from ros2_nl_commander.language.errors import FieldError
from ros2_nl_commander.language.quantities import basic_unit, convert, published, UNITS, units_like
from ros2_nl_commander.language.unit_names import unit_of_name
from ros2_nl_commander.language.unit_texts import unit_of_text, unit_said


@pytest.mark.parametrize('number, unit, wanted, result', [
    (65, 'cm', 'm', 0.65), (180, 'deg', 'rad', 3.141593), (2, 'turns', 'deg', 720),
    (3, 'min', 's', 180), (36, 'km/h', 'm/s', 10), (60, 'rpm', 'rad/s', 6.283185),
    (12, 'in', 'ft', 1), (250, 'ml', 'l', 0.25), (0, 'C', 'K', 273.15), (212, 'F', 'C', 100),
    (98.6, 'F', 'C', 37), (1, 'ft', 'mm', 304.8)])
def test_conversions(number, unit, wanted, result):
    exact = convert(Fraction(str(number)), UNITS[unit], UNITS[wanted])
    assert published(exact) == pytest.approx(result, abs=1e-6)


def test_lengths_are_no_angles():
    with pytest.raises(FieldError, match='length'):
        convert(Fraction(1), UNITS['m'], UNITS['rad'])


def test_conversions_are_exact_before_they_are_rounded():
    assert convert(Fraction('0.1'), UNITS['m'], UNITS['mm']) == 100


@pytest.mark.parametrize('symbol', UNITS)
def test_every_unit_converts_to_what_ros_uses_and_back(symbol):
    unit = UNITS[symbol]
    basic = basic_unit(unit.dimension)
    there = convert(Fraction(7), unit, basic)
    assert convert(there, basic, unit) == 7


@pytest.mark.parametrize('name, symbol', [
    ('angle_deg', 'deg'), ('height_mm', 'mm'), ('timeout_sec', 's'), ('delay_ms', 'ms'),
    ('levelPercent', '%'), ('speed_mps', 'm/s'), ('speed_m_s', 'm/s'), ('degrees', 'deg'),
    ('/arm/reach_cm', 'cm'), ('mass_kg', 'kg'), ('spindle_rpm', 'rpm'),
    ('pressure_bar', 'bar'), ('ml', 'ml'), ('kg', 'kg'), ('suction_kpa', 'kPa'),
    ('speed_m_per_s', 'm/s'), ('feed_mm_per_min', 'mm/min'), ('wait_min', 'min'),
    ('laser_power_mw', 'mW'), ('coil_current_ka', 'kA')])
def test_names_that_end_in_a_unit(name, symbol):
    assert unit_of_name(name) is UNITS[symbol]


@pytest.mark.parametrize('name', ['data', 'x', 'linear', 'arm_l', 'zone_a', 'check_in', 'value',
                                  'light_bar', 's', 'in', 'range_min'])
def test_names_that_only_look_like_it(name):
    assert unit_of_name(name) is None


def test_nothing_converts_to_a_unit_of_its_own():
    unit = unit_of_name('rate_ml_per_min')
    assert (unit.symbol, units_like(unit)) == ('ml/min', ())


@pytest.mark.parametrize('text, symbol', [
    ('height above the deck, metres', 'm'), ('angle in degrees, 0 is north', 'deg'),
    ('[m/s] forward', 'm/s'), ('infeed, m/min', 'm/min'), ('feed in mm/min', 'mm/min'),
    ('speed, radians per second', 'rad/s'), ('0 to 100 %', '%'),
    ('wanted temperature, degrees Celsius', 'C'), ('exposure, milliseconds', 'ms'),
    ('depth (mm)', 'mm'), ('pressure: bar', 'bar'), ('g of salt', 'g'), ('g each', 'g'),
    ('volume to dispense, \u00b5l', 'ul'), ('[\u03bcm]', 'um'),
    ('angle in degrees, precise to a tenth of a degree', 'deg'),
    ('to the nearest tenth of a degree', 'deg'), ('degrees, ten-thousandths of them', 'deg'),
    ('cm per minute', 'cm/min'), ('hectolitres', 'hl'), ('power of the antenna, mW', 'mW'),
    ('volume, 0 to 100 percent', '%'), ('in 10 cm steps, metres', 'm'),
    ('height of the mast, accurate to 5 mm, in metres', 'm'), ('between 0.1 m and 2 km, cm', 'cm'),
    ('range 0-10 km, given in metres', 'm'), ('angle, +/- 5 degrees accuracy, radians', 'rad'),
    ('not in degrees, radians', 'rad'), ('degrees Fahrenheit', 'F'), ('in \u00ba', 'deg'),
    ('length, in', 'in'), ('turns a minute', 'rpm'), ('miles per hour', 'mph'), ('rad/m', 'rad'),
    ('accurate to 0.1 mm', 'mm'), ('tolerance (0.1 m)', 'm')])
def test_texts_that_name_a_unit(text, symbol):
    assert unit_of_text(text) is UNITS[symbol]


@pytest.mark.parametrize('text, unit, number', [
    ('tenths of a millimetre', 'cm', 50), ('in tenths of mm', 'cm', 50),
    ('temperature in hundredths of degrees Celsius', 'C', 50),
    ('tenths of a second', 's', 5), ('delay, hundredths of seconds', 's', 50),
    ('thousandths of a rad', 'rad', 500), ('in 0.1 mm', 'cm', 50), ('in 0.1 degrees', 'deg', 5),
    ('unit: 0.1 mm', 'cm', 50), ('1/10 deg', 'deg', 5), ('degrees * 10', 'deg', 5),
    ('0.01 m', 'm', 50), ('latitude in degrees * 1E7', 'deg', 5 * 10**6),
    ('1e-7 deg', 'deg', 5 * 10**6), ('[degE7]', 'deg', 5 * 10**6), ('centidegrees', 'deg', 50),
    ('in 10 ms units', 's', 50), ('altitude in meters * 1000 (up)', 'm', 500)])
def test_fields_that_count_parts_of_a_unit(text, unit, number):
    """Half a unit, or half a centimetre, as such a field holds it."""
    assert convert(Fraction('0.5'), UNITS[unit], unit_of_text(text)) == number


@pytest.mark.parametrize('text', ['go to a place', 'a lamp, true is on', 'arm in the second bay',
                                  'a bar of light', 'wait for a minute of silence',
                                  'min 0, max 10',
                                  'in percent of the maximum or in m/s', 'rad/s or m/s',
                                  'in 10 steps', 'clicks per metre', 'go in a second'])
def test_texts_that_name_none(text):
    assert unit_of_text(text) is None


@pytest.mark.parametrize('text, symbol', [
    ('flow in ml/min', 'ml/min'), ('litres per hour', 'l/h'), ('[m/s^2]', 'm/s2'),
    ('deg/s²', 'deg/s2'), ('stiffness, Nm/rad', 'Nm/rad'), ('area in m2', 'm2')])
def test_a_rate_is_not_what_it_counts(text, symbol):
    unit = unit_of_text(text)
    assert (unit.symbol, units_like(unit)) == (symbol, ())


@pytest.mark.parametrize('name, text, symbol', [
    ('timeout_min', 'seconds', 's'), ('duration_min', 'minimum duration in seconds', 's'),
    ('wait_min', 'minimum wait', None), ('wait_min', '', 'min'), ('wait_min', 'minutes', 'min'),
    ('height_mm', 'metres', 'mm'), ('height', 'cm', 'cm')])
def test_a_name_goes_before_what_is_said_but_for_the_least_of_something(name, text, symbol):
    unit = unit_said(name, text)
    assert (unit.symbol if unit else None) == symbol


@pytest.mark.parametrize('number, value', [
    ('0.0000003', 3e-07), ('0.00001234', 1.234e-05), ('0.0872664', 0.087266), ('0', 0.0)])
def test_what_is_published_is_never_rounded_to_nothing(number, value):
    assert published(Fraction(number)) == value


@pytest.mark.parametrize('name, symbol', [
    ('amount_g', 'g'), ('doseG', None), ('weight_t', 't'), ('temp_c', 'C'), ('temperature_f', 'F'),
    ('volume_l', 'l'), ('duration_h', 'h'), ('led_g', None), ('vitamin_c', None), ('set_h', None)])
def test_a_single_letter_is_a_unit_behind_some_words_only(name, symbol):
    unit = unit_of_name(name)
    assert (unit.symbol if unit else None) == symbol
