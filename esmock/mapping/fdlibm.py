"""Sine, cosine and arc sine of one number as the freely distributable library of Sun computes them.

Java's strict functions are this library's, and differ from those of the platform in the last bit. Source: the constants and
the order of operations are those of fdlibm 5.3 (k_sin, k_cos, e_rem_pio2, e_asin); recordings of 7.10.2.
"""

from __future__ import annotations

import math
import struct

_S = (
    -1.66666666666666324348e-01, 8.33333333332248946124e-03, -1.98412698298579493134e-04, 2.75573137070700676789e-06,
    -2.50507602534068634195e-08, 1.58969099521155010221e-10,
)
_C = (
    4.16666666666666019037e-02, -1.38888888888741095749e-03, 2.48015872894767294178e-05, -2.75573143513906633035e-07,
    2.08757232129817482790e-09, -1.13596475577881948265e-11,
)
_INVERSE = 6.36619772367581382433e-01
_HALF_PI_1, _HALF_PI_1T = 1.57079632673412561417e00, 6.07710050650619224932e-11
_HALF_PI_2, _HALF_PI_2T = 6.07710050630396597660e-11, 2.02226624879595063154e-21
_HALF_PI_HIGH, _HALF_PI_LOW = 1.57079632679489655800e00, 6.12323399573676603587e-17
_QUARTER_PI_HIGH = 7.85398163397448278999e-01
_P = (
    1.66666666666666657415e-01, -3.25565818622400915405e-01, 2.01212532134862925881e-01, -4.00555345006794114027e-02,
    7.91534994289814532176e-04, 3.47933107596021167570e-05,
)
_Q = (-2.40339491173441421878e00, 2.02094576023350569471e00, -6.88283971605453293030e-01, 7.70381505559019352791e-02)


def _high(x: float) -> int:
    """The upper 32 bits without the sign."""
    word: int = struct.unpack(">I", struct.pack(">d", x)[:4])[0]
    return word & 0x7FFFFFFF


def _from_high(word: int) -> float:
    value: float = struct.unpack(">d", struct.pack(">II", word & 0xFFFFFFFF, 0))[0]
    return value


def _kernel_sin(x: float, y: float, *, has_tail: bool) -> float:
    z = x * x
    v = z * x
    r = _S[1] + z * (_S[2] + z * (_S[3] + z * (_S[4] + z * _S[5])))
    if not has_tail:
        return x + v * (_S[0] + z * r)
    return x - ((z * (0.5 * y - v * r) - y) - v * _S[0])


def _kernel_cos(x: float, y: float) -> float:
    top = _high(x)
    z = x * x
    r = z * (_C[0] + z * (_C[1] + z * (_C[2] + z * (_C[3] + z * (_C[4] + z * _C[5])))))
    if top < 0x3FD33333:
        return 1.0 - (0.5 * z - (z * r - x * y))
    qx = 0.28125 if top > 0x3FE90000 else _from_high(top - 0x00200000)
    hz = 0.5 * z - qx
    return (1.0 - qx) - (hz - (z * r - x * y))


def _reduced(x: float) -> tuple[int, float, float]:
    """How many quarter turns a number from 0 to some turns holds, and the rest in two parts."""
    n = int(x * _INVERSE + 0.5)
    r, w = x - n * _HALF_PI_1, n * _HALF_PI_1T
    first = r - w
    if (_high(x) >> 20) - (_high(first) >> 20) > 16:
        t, w = r, n * _HALF_PI_2
        r = t - w
        w = n * _HALF_PI_2T - ((t - r) - w)
        first = r - w
    return n, first, (r - first) - w


def sine(x: float) -> float:
    """The sine of a number from 0 to some turns."""
    if _high(x) <= 0x3FE921FB:
        return _kernel_sin(x, 0.0, has_tail=False)
    n, first, rest = _reduced(x)
    found = _kernel_cos(first, rest) if n & 1 else _kernel_sin(first, rest, has_tail=True)
    return -found if n & 2 else found


def cosine(x: float) -> float:
    """The cosine of a number from 0 to some turns."""
    if _high(x) <= 0x3FE921FB:
        return _kernel_cos(x, 0.0)
    n, first, rest = _reduced(x)
    found = _kernel_sin(first, rest, has_tail=True) if n & 1 else _kernel_cos(first, rest)
    return -found if (n + 1) & 2 else found


def arc_sine(x: float) -> float:
    """The arc sine of a number from 0 to 1."""
    if x < 0.5:
        if x < 2.0**-27:
            return x
        return x + x * _quotient(x * x)
    t = (1.0 - x) * 0.5
    quotient = _quotient(t)
    s = math.sqrt(t)
    if _high(x) >= 0x3FEF3333:
        return _HALF_PI_HIGH - (2.0 * (s + s * quotient) - _HALF_PI_LOW)
    w = struct.unpack(">d", struct.pack(">d", s)[:4] + b"\0\0\0\0")[0]
    c = (t - w * w) / (s + w)
    p = 2.0 * s * quotient - (_HALF_PI_LOW - 2.0 * c)
    q = _QUARTER_PI_HIGH - 2.0 * w
    return float(_QUARTER_PI_HIGH - (p - q))


def _quotient(t: float) -> float:
    p = t * (_P[0] + t * (_P[1] + t * (_P[2] + t * (_P[3] + t * (_P[4] + t * _P[5])))))
    return p / (1.0 + t * (_Q[0] + t * (_Q[1] + t * (_Q[2] + t * _Q[3]))))
