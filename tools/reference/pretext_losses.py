"""Values and gradients of the losses of pretext tasks, by plain loops over the published formulas in float64: no tensor library, no autograd.

Gradients are central differences of the loops, so they share nothing with the code under test; memories and detached means are not differentiated.
Writes tests/Autodidact.Tests/Fixtures/losses/pretext.json. Run with: python3 tools/reference/pretext_losses.py
"""
import itertools
import json
import math
import pathlib

import numpy as np

import loss_common
from loss_common import formula

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests/Autodidact.Tests/Fixtures/losses/pretext.json"


def gradient(loss, x):
    return loss_common.gradient(loss, x).ravel().tolist()


def dot(a, b):
    return sum(float(x) * float(y) for x, y in zip(a, b))


def unit(row):
    length = math.sqrt(dot(row, row))
    return [float(v) / length for v in row]


def cross_entropy(row, answer):
    largest = max(row)
    return math.log(sum(math.exp(v - largest) for v in row)) + largest - row[answer]


def rotation(logits):
    """Rows r B + i: image i turned r times."""
    images = len(logits) // 4
    total = 0.0
    for i in range(images):
        total += sum(cross_entropy(logits[r * images + i], r) for r in range(4)) / 4
    return total / images


def pretext(logits, answers):
    return sum(cross_entropy(row, answer) for row, answer in zip(logits, answers)) / len(answers)


def full_softmax(embeddings, memory, rows, temperature):
    total = 0.0
    for f, row in zip(embeddings, rows):
        total += cross_entropy([dot(v, unit(f)) / temperature for v in memory], row)
    return total / len(rows)


def normalizer(embeddings, positives, negatives, images, temperature):
    values = []
    for f, v in zip(embeddings, positives):
        values += [math.exp(dot(w, unit(f)) / temperature) for w in [v, *negatives]]
    return images * sum(values) / len(values)


def noise_contrast(embeddings, positives, negatives, images, z, temperature):
    """As the equations stand: P, then h, then the logarithms."""
    noise = len(negatives) / images
    total = 0.0
    for f, v in zip(embeddings, positives):
        p = math.exp(dot(v, unit(f)) / temperature) / z
        total -= math.log(p / (p + noise))
        for w in negatives:
            p = math.exp(dot(w, unit(f)) / temperature) / z
            total -= math.log(1 - p / (p + noise))
    return total / len(embeddings)


def invariance(features, fixed):
    """The features as they are in the means come separately: they are constants in the gradient."""
    images = len(features) // 4
    total = 0.0
    for i in range(images):
        for d in range(features.shape[1]):
            mean = sum(fixed[r * images + i][d] for r in range(4)) / 4
            total += sum((features[r * images + i][d] - mean) ** 2 for r in range(4))
    return total / features.size


def permutations(items, count, first):
    """Greedy, every distance counted anew; of equals the first in lexicographic order."""
    left = list(itertools.permutations(range(items)))
    chosen = [left.pop(first)]
    while len(chosen) < count:
        means = [sum(sum(a != b for a, b in zip(p, q)) for q in chosen) / len(chosen) for p in left]
        chosen.append(left.pop(means.index(max(means))))
    return [list(p) for p in chosen]


def case(options, loss, x):
    return dict(options=options, value=loss(x), gradient=gradient(loss, x))


memory = np.array([unit(row) for row in formula(9, 4, 0.8)])
rows = [7, 2, 5]
negatives = [0, 3, 3, 8, 2]
answers = [i * 3 % 7 for i in range(5)]
features = formula(12, 3, 0.6)
contrasts = []
for t, z in ((0.07, 2e4), (0.5, 11.0), (1.0, 300.0)):
    contrasts.append(case(dict(Temperature=t, Normalizer=z), lambda x: noise_contrast(x, memory[rows], memory[negatives], 9, z, t), formula(3, 4, 0.3)))
    contrasts[-1]["normalizer"] = normalizer(formula(3, 4, 0.3), memory[rows], memory[negatives], 9, t)
cases = dict(
    rotation=[case({}, rotation, formula(12, 4, 0.2, 2.0))],
    pretext=[case({}, lambda x: pretext(x, answers), formula(5, 7, 1.1, 2.0))],
    full_softmax=[
        case(dict(Temperature=t), lambda x: full_softmax(x, memory, rows, t), formula(3, 4, 0.3)) for t in (0.07, 0.1, 1.0)
    ],
    noise_contrast=contrasts,
    rotation_invariance=[case({}, lambda x: invariance(x, features), features.copy())],
    permutations=[dict(items=items, count=count, first=first, chosen=permutations(items, count, first)) for items, count, first in ((3, 6, 2), (4, 24, 0), (5, 40, 77))],
)
OUT.write_text(json.dumps(cases, indent=None) + "\n")
print(OUT, OUT.stat().st_size)
