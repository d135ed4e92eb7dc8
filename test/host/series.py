# SPDX-License-Identifier: MIT
"""Series of what a task holds, made at random and labelled: does it grow without end?"""
import math
import random

LENGTHS = (8, 12, 20, 30, 50, 80, 120, 200, 400)


def noise(rng, values, amplitude):
    """Buffers that come and go: none, even, bell-shaped, or now and then."""
    kind = rng.randrange(4)
    if kind == 0:
        return values
    add = (lambda: rng.uniform(0, amplitude), lambda: max(0, rng.gauss(amplitude / 2, amplitude / 4)),
           lambda: amplitude if rng.random() < .15 else 0)[kind - 1]
    return [value + add() for value in values]


def fast_leak(rng, n):
    """About the same every time."""
    step = rng.uniform(50, 2000)
    values = [0.]
    for _ in range(n - 1):
        values.append(values[-1] + step * rng.choice([1, 1, 1, .5, 1.5]))
    return noise(rng, values, step * rng.uniform(0, 4))


def slow_leak(rng, n):
    """A small block now and then, in a rhythm or by chance."""
    every, size, chance = rng.randint(1, max(1, n // 10)), rng.choice([16, 24, 64, 256]), rng.random()
    held, values = 0, []
    for i in range(n):
        if rng.random() < 1 / every if chance < .5 else i % every == every - 1:
            held += size
        values.append(held)
    return noise(rng, values, held * rng.uniform(0, .4))


def leaking_sawtooth(rng, n):
    """Fills and empties, but never quite."""
    period = rng.randint(3, max(3, n // 8))
    height = rng.uniform(200, 5000)
    step = height / period * rng.uniform(.1, 1)
    return [height * (i % period) / period + step * i for i in range(n)]


def leak_after_start(rng, n):
    """Start-up growth, and a leak behind it."""
    start, height = rng.uniform(.02, .2) * n, rng.uniform(500, 20000)
    step = rng.uniform(.3, 2) * height / n
    return noise(rng, [height * min(1, i / start) + step * max(0, i - start) for i in range(n)],
                 step * n * rng.uniform(0, .2))


def cache(rng, n):
    """Fills at one rate, then stays."""
    full, height = rng.uniform(.05, .65) * n, rng.uniform(500, 50000)
    return noise(rng, [height * min(1, i / full) for i in range(n)], height * rng.uniform(0, .15))


def saturating_cache(rng, n):
    """Fills slower and slower."""
    time, height = n / rng.uniform(5, 30), rng.uniform(500, 50000)
    grain = rng.choice([1, 16, 64, 256])
    return noise(rng, [height * (1 - math.exp(-i / time)) // grain * grain for i in range(n)],
                 height * rng.uniform(0, .15))


def sawtooth(rng, n):
    """Fills and empties."""
    period, height = rng.randint(2, max(3, n // 3)), rng.uniform(100, 10000)
    phase = rng.randrange(period)
    return noise(rng, [height * ((i + phase) % period) / period for i in range(n)],
                 height * rng.uniform(0, .3))


def restless(rng, n):
    """Noise and nothing else."""
    return noise(rng, [0] * n, rng.uniform(10, 5000))


def wandering(rng, n):
    """Drifts, and comes back."""
    spread, at, values = rng.uniform(10, 500), 0, []
    for _ in range(n):
        at = .8 * at + rng.gauss(0, spread)
        values.append(max(0, 4 * spread + at))
    return values


def start_up(rng, n):
    """Rises in steps at first."""
    end, height, steps = rng.uniform(.02, .3) * n, rng.uniform(500, 20000), rng.randint(1, 8)
    return noise(rng, [height * math.floor(min(1, i / end) * steps) / steps for i in range(n)],
                 height * rng.uniform(0, .1))


GROWING = (fast_leak, slow_leak, leaking_sawtooth, leak_after_start)
CALM = (cache, saturating_cache, sawtooth, restless, wandering, start_up)


def make(seed, count):
    """(kind, does it grow, values) each."""
    rng = random.Random(seed)
    out = []
    for _ in range(count):
        grows = rng.random() < .5
        kind = rng.choice(GROWING if grows else CALM)
        base = rng.choice([0, 200, 1000, 4000, 20000])
        values = [round(base + value) for value in kind(rng, rng.choice(LENGTHS))]
        out.append((kind.__name__, grows, values))
    return out
