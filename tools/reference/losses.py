"""Values and gradients of the losses, by plain loops over the published formulas in float64: no tensor library, no autograd.

Gradients are central differences of the loops, so they share nothing with the code under test.
Writes tests/Autodidact.Tests/Fixtures/losses/losses.json. Run with: python3 tools/reference/losses.py
"""
import json
import math
import pathlib

import numpy as np

from loss_common import formula, gradient

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests/Autodidact.Tests/Fixtures/losses/losses.json"


def nt_xent(z, temperature, views=2, decoupled=False):
    """Rows i and j are views of one image where i - j is a multiple of the number of images; decoupled, the denominator is without them."""
    n = len(z)
    unit = [row / math.sqrt(sum(v * v for v in row)) for row in z]
    total = 0.0
    for i in range(n):
        denominator = sum(math.exp(float(np.dot(unit[i], unit[k])) / temperature) for k in range(n) if k != i and not (decoupled and (i - k) % (n // views) == 0))
        for positive in range(n):
            if positive != i and (i - positive) % (n // views) == 0:
                total -= math.log(math.exp(float(np.dot(unit[i], unit[positive])) / temperature) / denominator)
    return total / (n * (views - 1))


def softmax(row, temperature=1.0):
    weights = [math.exp(v / temperature) for v in row]
    return [w / sum(weights) for w in weights]


def cross_entropy(logits, targets, weights, smoothing):
    """Targets are distributions; of one-hot rows this is the usual cross entropy."""
    classes = logits.shape[1]
    total = 0.0
    for row, target, weight in zip(logits, targets, weights):
        p = softmax(row)
        for c in range(classes):
            y = (1 - smoothing) * target[c] + smoothing / classes
            total -= weight * y * math.log(p[c])
    return total / len(targets)


def divergence(teacher, student, temperature):
    total = 0.0
    for t, s in zip(teacher, student):
        p, q = softmax(t, temperature), softmax(s, temperature)
        total += sum(a * math.log(a / b) for a, b in zip(p, q))
    return total / len(teacher)


def hint(feature, deepest, form):
    squares = sum((a - b) ** 2 for fa, fb in zip(feature, deepest) for a, b in zip(fa, fb))
    return {"SumOfSquares": squares, "MeanOfSquares": squares / feature.size, "Norm": math.sqrt(squares)}[form]


def self_distillation(features, logits, targets, weights, o, teacher_feature, teacher_logits, adapters=None):
    """The teacher's side comes separately: it is a constant in the gradient. Adapters are a matrix and a vector for each exit that has a hint."""
    n = len(logits)
    loss = o["DeepestHard"] * cross_entropy(logits[-1], targets, weights, o["LabelSmoothing"])
    scale = o["Temperature"] ** 2 if o["TemperatureSquared"] else 1
    for i in range(n - 1):
        loss += o["Hard"] * cross_entropy(logits[i], targets, weights, o["LabelSmoothing"])
        loss += o["Soft"] * scale * divergence(teacher_logits, logits[i], o["Temperature"])
        if i < n - 1 - o["HintSkipsDeep"]:
            feature = features[i]
            if adapters:
                matrix, shift = adapters[i]
                feature = np.array([[sum(m * v for m, v in zip(line, row)) + s for line, s in zip(matrix, shift)] for row in feature])
            loss += o["Hint"] * hint(feature, teacher_feature, o["HintForm"])
    if o["Teacher"] == "Ensemble":
        loss += o["Soft"] * scale * divergence(teacher_logits, logits[-1], o["Temperature"])
    return loss


def distillation_case(name, distributions=False, weights=None, adapted=False, **changes):
    o = dict(
        Hard=0.7, DeepestHard=1.0, Soft=0.3, Temperature=3.0, TemperatureSquared=True, Hint=0.03, HintForm="MeanOfSquares", HintSkipsDeep=0, LabelSmoothing=0.0,
        Teacher="Deepest")
    o.update(changes)
    batch, dimensions, classes, exits = 4, 5, 6, 4
    features = [formula(batch, dimensions, 0.3 * i) for i in range(exits)]
    logits = [formula(batch, classes, 1 + 0.5 * i, 2.0) for i in range(exits)]
    if distributions:
        targets = [softmax(row) for row in formula(batch, classes, 0.4)]
    else:
        targets = [[float(c == i * 5 % classes) for c in range(classes)] for i in range(batch)]
    tf, tl = features[-1].copy(), logits[-1].copy()
    if o["Teacher"] == "Ensemble":
        tl = np.array([[sum(l[r, c] for l in logits) / exits for c in range(classes)] for r in range(batch)])

    adapters = [(formula(dimensions, dimensions, 0.7 + i), formula(1, dimensions, 0.2 * i)[0]) for i in range(exits - 1)] if adapted else None

    def loss(_=None):
        return self_distillation(features, logits, targets, weights or [1.0] * batch, o, tf, tl, adapters)

    gradients = dict(
        feature=[gradient(loss, features[i]).ravel().tolist() for i in range(exits)],
        logits=[gradient(loss, logits[i]).ravel().tolist() for i in range(exits)],
    )
    if adapted:
        gradients["matrix"] = [gradient(loss, matrix).ravel().tolist() for matrix, _ in adapters]
        gradients["shift"] = [gradient(loss, shift).ravel().tolist() for _, shift in adapters]
    return dict(
        name=name, options=o, value=loss(), gradients=gradients, distributions=[v for row in targets for v in row] if distributions else None, weights=weights,
        adapted=adapted)


z = formula(8, 5, 0.1)
wider = formula(9, 5, 0.1)
cases = dict(
    nt_xent=[
        dict(temperature=t, views=v, decoupled=d, value=nt_xent(x, t, v, d), gradient=gradient(lambda y: nt_xent(y, t, v, d), x).ravel().tolist())
        for t, v, x, d in ((0.1, 2, z, False), (0.5, 2, z, False), (1.0, 2, z, False), (0.2, 4, z, False), (0.3, 3, wider, False), (0.1, 2, z, True), (0.5, 4, z, True), (0.3, 3, wider, True))
    ],
    self_distillation=[
        distillation_case("default"),
        distillation_case("no soft term", Soft=0.0),
        distillation_case("no hint", Hint=0.0),
        distillation_case("temperature 1", Temperature=1.0),
        distillation_case("temperature 5 without its square", Temperature=5.0, TemperatureSquared=False),
        distillation_case("sum of squares", HintForm="SumOfSquares", Hint=1e-2),
        distillation_case("norm, deep exit skipped", HintForm="Norm", HintSkipsDeep=1),
        distillation_case("weighted deepest, smoothing", DeepestHard=0.9, Hard=0.9, Soft=0.1, LabelSmoothing=0.1),
        distillation_case("learned layers before the hint", adapted=True, HintForm="Norm", Hint=0.5),
        distillation_case("ensemble teaches", Teacher="Ensemble", Soft=0.8),
        distillation_case("distributions", distributions=True),
        distillation_case("weighted images, smoothing", weights=[0.5, 1.5, 1.25, 0.75], LabelSmoothing=0.2),
        distillation_case("weighted images, distributions, ensemble", weights=[0.0, 2.5, 1.0, 0.5], distributions=True, Teacher="Ensemble"),
    ],
)
OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(json.dumps(cases, indent=None) + "\n")
print(OUT, OUT.stat().st_size)
