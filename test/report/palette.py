# SPDX-License-Identifier: MIT
"""How far colours are apart, also for eyes that lack one kind of cone.

OKLab: Ottosson, "A perceptual color space for image processing" (2020). Colour blindness: Machado, Oliveira,
Fernandes, "A physiologically-based model for simulation of color vision deficiency" (2009), severity 1."""
import itertools
import math

IDENTITY = ((1, 0, 0), (0, 1, 0), (0, 0, 1))
PROTAN = ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998))
DEUTAN = ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881))
TRITAN = ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900))
TO_CONES = ((0.4122214708, 0.5363325363, 0.0514459929), (0.2119034982, 0.6806995451, 0.1073969566),
            (0.0883024619, 0.2817188376, 0.6299787005))
TO_LAB = ((0.2104542553, 0.7936177850, -0.0040720468), (1.9779984951, -2.4285922050, 0.4505937099),
          (0.0259040371, 0.7827717662, -0.8086757660))


def times(matrix, vector):
    """Their product."""
    return [sum(a * b for a, b in zip(row, vector)) for row in matrix]


def linear(colour):
    """#rrggbb as light."""
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def seen(colour, eyes):
    """Where the colour is in OKLab for these eyes."""
    light = [min(1, max(0, part)) for part in times(eyes, linear(colour))]
    return times(TO_LAB, [part ** (1 / 3) for part in times(TO_CONES, light)])


def nearest(colours):
    """The least distance of two of them, for the worst of all eyes."""
    return min(math.dist(seen(a, eyes), seen(b, eyes)) for a, b in itertools.combinations(colours, 2)
               for eyes in (IDENTITY, PROTAN, DEUTAN, TRITAN))
