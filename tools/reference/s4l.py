"""Values and gradients of S4L's loss, by plain loops over the published formula in float64: no tensor library, no autograd.

Writes tests/Autodidact.Tests/Fixtures/losses/s4l.json. Run with: python3 tools/reference/s4l.py
"""
import json
import math
import pathlib

from loss_common import formula, gradient

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests/Autodidact.Tests/Fixtures/losses/s4l.json"
IMAGES, CLASSES, TURNS = 5, 3, 4
LABELS = [2, -1, 0, -1, 2]


def cross_entropy(rows, targets):
    total = 0.0
    for row, target in zip(rows, targets):
        total -= math.log(math.exp(row[target]) / sum(math.exp(v) for v in row))
    return total / len(targets)


def loss(classes, rotations, weight):
    turns = cross_entropy(rotations, [turn for turn in range(TURNS) for _ in range(IMAGES)])
    known = [(row, LABELS[i % IMAGES]) for i, row in enumerate(classes) if LABELS[i % IMAGES] >= 0]
    return cross_entropy([row for row, _ in known], [label for _, label in known]) + weight * turns


def main():
    cases = []
    for weight in (0.0, 1.0, 2.5):
        classes, rotations = formula(TURNS * IMAGES, CLASSES, 0.2, 2.0), formula(TURNS * IMAGES, TURNS, 0.9, 2.0)
        cases.append({
            "weight": weight,
            "value": loss(classes, rotations, weight),
            "classes_gradient": gradient(lambda x: loss(x, rotations, weight), classes).ravel().tolist(),
            "rotations_gradient": gradient(lambda x: loss(classes, x, weight), rotations).ravel().tolist(),
        })
    OUT.write_text(json.dumps({"s4l": cases}, indent=1) + "\n")


main()
