"""What the scripts of loss fixtures share: inputs by a formula, and gradients by central differences."""

import math

import numpy as np


def formula(rows, columns, phase, scale=1.0):
    """A matrix both sides can make: sin of an irrational stride."""
    return np.array([[scale * math.sin(0.7548776662 * (r * columns + c) + phase) for c in range(columns)] for r in range(rows)])


def gradient(loss, x, step=1e-6):
    result = np.zeros_like(x)
    for index in np.ndindex(*x.shape):
        kept = x[index]
        x[index] = kept + step
        high = loss(x)
        x[index] = kept - step
        low = loss(x)
        x[index] = kept
        result[index] = (high - low) / (2 * step)
    return result
