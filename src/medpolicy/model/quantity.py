"""Numbers with units: converted within a dimension, never compared across dimensions.

The unit codes are those of UCUM where it has a short one (mm, kg/m2, mm[Hg] is written mmHg as policies print it).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from medpolicy.errors import InvalidModel

# unit: (dimension, how many of the dimension's first unit it is)
UNITS: dict[str, tuple[str, Fraction]] = {
    "1": ("count", Fraction(1)),
    "%": ("percent", Fraction(1)),
    "mm": ("length", Fraction(1)),
    "um": ("length", Fraction(1, 1000)),
    "cm": ("length", Fraction(10)),
    "m": ("length", Fraction(1000)),
    "nm": ("length", Fraction(1, 1_000_000)),
    "in": ("length", Fraction("25.4")),
    "ft": ("length", Fraction("304.8")),
    "km": ("length", Fraction(1_000_000)),
    "mi": ("length", Fraction(1_609_344)),
    "mm2": ("area", Fraction(1)),
    "cm2": ("area", Fraction(100)),
    "m2": ("area", Fraction(1_000_000)),
    "mL": ("volume", Fraction(1)),
    "L": ("volume", Fraction(1000)),
    "cm3": ("volume", Fraction(1)),
    "mm3": ("volume", Fraction(1, 1000)),
    "mg": ("mass", Fraction(1)),
    "ug": ("mass", Fraction(1, 1000)),
    "g": ("mass", Fraction(1000)),
    "kg": ("mass", Fraction(1_000_000)),
    "lb": ("mass", Fraction("453592.37")),
    "oz": ("mass", Fraction("28349.523125")),
    "kg/m2": ("mass per area", Fraction(1)),
    "g/m2": ("mass per area", Fraction(1, 1000)),
    "mg/m2": ("mass per area", Fraction(1, 1_000_000)),
    "mL/m2": ("volume per area", Fraction(1)),
    "cm2/m2": ("area per area", Fraction(1)),
    "mg/dL": ("mass concentration", Fraction(1)),
    "g/dL": ("mass concentration", Fraction(1000)),
    "g/L": ("mass concentration", Fraction(100)),
    "mg/mL": ("mass concentration", Fraction(100)),
    "mg/L": ("mass concentration", Fraction(1, 10)),
    "ug/mL": ("mass concentration", Fraction(1, 10)),
    "ug/L": ("mass concentration", Fraction(1, 10_000)),
    "ng/mL": ("mass concentration", Fraction(1, 10_000)),
    "ng/dL": ("mass concentration", Fraction(1, 1_000_000)),
    "ng/L": ("mass concentration", Fraction(1, 10_000_000)),
    "pg/mL": ("mass concentration", Fraction(1, 10_000_000)),
    "ug/dL": ("mass concentration", Fraction(1, 1000)),
    "ug/g": ("mass fraction", Fraction(1)),
    "mg/g": ("mass fraction", Fraction(1000)),
    "mg/kg": ("mass fraction", Fraction(1)),
    "ug/kg": ("mass fraction", Fraction(1, 1000)),
    "mg/kg/d": ("mass fraction per time", Fraction(1)),
    "mg/mmol": ("mass per substance", Fraction(1)),
    "mmol/L": ("substance concentration", Fraction(1)),
    "umol/L": ("substance concentration", Fraction(1, 1000)),
    "nmol/L": ("substance concentration", Fraction(1, 1_000_000)),
    "pmol/L": ("substance concentration", Fraction(1, 1_000_000_000)),
    "mmol/mol": ("substance fraction", Fraction(1)),
    "mEq/L": ("equivalent concentration", Fraction(1)),
    "mOsm/kg": ("osmolality", Fraction(1)),
    "U": ("catalytic activity", Fraction(1)),
    "U/L": ("catalytic concentration", Fraction(1)),
    "U/mL": ("catalytic concentration", Fraction(1000)),
    "kU/L": ("catalytic concentration", Fraction(1000)),
    "U/kg": ("catalytic activity per mass", Fraction(1)),
    "IU": ("biological activity", Fraction(1)),
    "IU/L": ("biological concentration", Fraction(1)),
    "IU/dL": ("biological concentration", Fraction(10)),
    "IU/mL": ("biological concentration", Fraction(1000)),
    "mIU/mL": ("biological concentration", Fraction(1)),
    "mIU/L": ("biological concentration", Fraction(1, 1000)),
    "uIU/mL": ("biological concentration", Fraction(1, 1000)),
    "IU/kg": ("biological activity per mass", Fraction(1)),
    "ULN": ("times the upper limit of normal", Fraction(1)),
    "/uL": ("number concentration", Fraction(1)),
    "/mm3": ("number concentration", Fraction(1)),
    "/mL": ("number concentration", Fraction(1, 1000)),
    "10*9/L": ("number concentration", Fraction(1000)),
    "mL/min": ("flow", Fraction(1)),
    "L/min": ("flow", Fraction(1000)),
    "mL/h": ("flow", Fraction(1, 60)),
    "mL/min/1.73m2": ("flow per body surface", Fraction(1)),
    "L/min/m2": ("flow per area", Fraction(1)),
    "mL/kg": ("volume per mass", Fraction(1)),
    "mL/kg/min": ("flow per mass", Fraction(1)),
    "mg/d": ("mass per time", Fraction(1)),
    "g/d": ("mass per time", Fraction(1000)),
    "dB": ("level", Fraction(1)),
    "Hz": ("frequency", Fraction(1)),
    "kHz": ("frequency", Fraction(1000)),
    "MHz": ("frequency", Fraction(1_000_000)),
    "D": ("refraction", Fraction(1)),
    "cm/s": ("velocity", Fraction(1)),
    "m/s": ("velocity", Fraction(100)),
    "mm/h": ("velocity", Fraction(1, 36_000)),
    "mmHg": ("pressure", Fraction(1)),
    "cmH2O": ("pressure", Fraction("0.735559")),
    "kPa": ("pressure", Fraction(760_000, 101_325)),
    "Gy": ("absorbed dose", Fraction(1)),
    "cGy": ("absorbed dose", Fraction(1, 100)),
    "mGy": ("absorbed dose", Fraction(1, 1000)),
    "mSv": ("equivalent dose", Fraction(1)),
    "MBq": ("radioactivity", Fraction(1)),
    "GBq": ("radioactivity", Fraction(1000)),
    "mCi": ("radioactivity", Fraction(37)),
    "uCi": ("radioactivity", Fraction(37, 1000)),
    "J": ("energy", Fraction(1)),
    "J/cm2": ("energy per area", Fraction(1)),
    "mJ/cm2": ("energy per area", Fraction(1, 1000)),
    "V": ("voltage", Fraction(1)),
    "mV": ("voltage", Fraction(1, 1000)),
    "uV": ("voltage", Fraction(1, 1_000_000)),
    "mA": ("current", Fraction(1)),
    "degC": ("temperature in Celsius", Fraction(1)),
    "degF": ("temperature in Fahrenheit", Fraction(1)),
    "/min": ("rate", Fraction(60)),
    "/h": ("rate", Fraction(1)),
    "/d": ("rate", Fraction(1, 24)),
    "/wk": ("rate", Fraction(1, 168)),
    "/mo": ("rate by the calendar", Fraction(1)),
    "/a": ("rate by the calendar", Fraction(1, 12)),
    "h/d": ("share of time", Fraction(7)),
    "h/wk": ("share of time", Fraction(1)),
    "deg": ("angle", Fraction(1)),
    "s": ("time", Fraction(1)),
    "ms": ("time", Fraction(1, 1000)),
    "min": ("time", Fraction(60)),
    "h": ("time", Fraction(3600)),
}


@dataclass(frozen=True, slots=True)
class Quantity:
    """An exact number and its unit; "1" is the unit of a plain count or score."""

    amount: Fraction
    unit: str = "1"

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise InvalidModel(f"unknown unit {self.unit!r}; known are {', '.join(UNITS)}")

    @property
    def dimension(self) -> str:
        return UNITS[self.unit][0]

    @property
    def magnitude(self) -> Fraction:
        """The amount in the dimension's first unit; comparable within one dimension only."""
        return self.amount * UNITS[self.unit][1]

    def __str__(self) -> str:
        number = str(self.amount.numerator) if self.amount.denominator == 1 else f"{float(self.amount):g}"
        return number if self.unit == "1" else f"{number} {self.unit}"


def parse_quantity(text: str) -> Quantity:
    """Read "3 mm", "35 kg/m2", "2"; `InvalidModel` otherwise."""
    match = re.fullmatch(r"(-?\d+(?:\.\d+)?)\s*(\S+)?", text.strip(), re.ASCII)
    if match is None:
        raise InvalidModel(f"{text!r} is no number with a unit; write such as '3 mm'")
    return Quantity(Fraction(match[1]), match[2] or "1")
