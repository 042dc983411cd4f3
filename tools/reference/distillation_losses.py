"""Values and gradients of the distillation losses, by plain loops over the published formulas in float64: no tensor library, no autograd.

Gradients are central differences of the loops, so they share nothing with the code under test; the teacher's side is not differentiated.
Writes tests/Autodidact.Tests/Fixtures/losses/distillation.json. Run with: python3 tools/reference/distillation_losses.py
"""
import json
import math
import pathlib

import numpy as np

import loss_common
from loss_common import formula

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests/Autodidact.Tests/Fixtures/losses/distillation.json"
BATCH, CLASSES = 6, 5
TARGETS = [i * 3 % CLASSES for i in range(BATCH)]


def gradient(loss, x):
    return loss_common.gradient(loss, x).ravel().tolist()


def dot(a, b):
    return sum(float(x) * float(y) for x, y in zip(a, b))


def length(a):
    return math.sqrt(dot(a, a))


def cosine(a, b):
    return dot(a, b) / (length(a) * length(b))


def softmax(row, temperature=1.0):
    largest = max(row)
    weights = [math.exp((v - largest) / temperature) for v in row]
    return [w / sum(weights) for w in weights]


def divergence(teacher, student, temperature):
    total = 0.0
    for t, s in zip(teacher, student):
        total += sum(p * math.log(p / q) for p, q in zip(softmax(t, temperature), softmax(s, temperature)))
    return total / len(teacher)


def cross_entropy(logits, targets):
    return -sum(math.log(softmax(row)[target]) for row, target in zip(logits, targets)) / len(targets)


def knowledge_distillation(student, teacher, o):
    return o["Hard"] * cross_entropy(student, TARGETS) + o["Soft"] * o["Temperature"] ** 2 * divergence(teacher, student, o["Temperature"])


def regress(feature, weight, bias):
    return [[dot(w, row) + b for w, b in zip(weight, bias)] for row in feature]


def fit_nets(student, teacher, o):
    squares = [sum((a - b) ** 2 for a, b in zip(s, t)) for s, t in zip(student, teacher)]
    if o["Form"] == "HalfSquaredDistance":
        return o["Weight"] * sum(0.5 * s for s in squares) / len(squares)
    return o["Weight"] * sum(squares) / (len(squares) * len(teacher[0]))


def huber(x):
    return 0.5 * x * x if abs(x) < 1 else abs(x) - 0.5


def distances(rows):
    n = len(rows)
    table = [[length(rows[i] - rows[j]) for j in range(n)] for i in range(n)]
    positive = [d for line in table for d in line if d > 0]
    mean = sum(positive) / len(positive)
    return [[d / mean for d in line] for line in table]


def angle(rows, i, j, k):
    a, b = rows[j] - rows[i], rows[k] - rows[i]
    return cosine(a, b) if length(a) > 0 and length(b) > 0 else 0.0


def relational(student, teacher, o):
    n = len(student)
    ds, dt = distances(student), distances(teacher)
    pairs = sum(huber(ds[i][j] - dt[i][j]) for i in range(n) for j in range(n)) / n**2
    triplets = sum(huber(angle(student, i, j, k) - angle(teacher, i, j, k)) for i in range(n) for j in range(n) for k in range(n)) / n**3
    return o["Distance"] * pairs + o["Angle"] * triplets


def similarities(rows):
    table = [[dot(a, b) for b in rows] for a in rows]
    return [[v / length(line) for v in line] for line in table]


def similarity_preserving(student, teacher, o):
    gs, gt = similarities(student), similarities(teacher)
    return o["Weight"] * sum((a - b) ** 2 for x, y in zip(gs, gt) for a, b in zip(x, y)) / len(student) ** 2


def feature_regression(student, teacher, o):
    return sum(2 - 2 * cosine(s, t) for s, t in zip(student, teacher)) / len(student)


def assignments(features, centroids, o):
    def near(f, c):
        return cosine(f, c) if o["Similarity"] == "Cosine" else -dot(f - c, f - c)
    return [softmax([near(f, c) for c in centroids], o["Temperature"]) for f in features]


def soft_assignment(logits, q):
    return -sum(a * math.log(p) for row, target in zip(logits, q) for a, p in zip(target, softmax(row))) / len(logits)


def nearest(features, count):
    """The most similar others of each row, of equals the lower number first."""
    return [sorted((j for j in range(len(features)) if j != i), key=lambda j: (-cosine(features[i], features[j]), j))[:count] for i in range(len(features))]


def neighbor_targets(neighbors, clusters, classes):
    result = []
    for i, others in enumerate(neighbors):
        group = [clusters[i]] + [clusters[j] for j in others]
        result.append([sum(c == k for c in group) / len(group) for k in range(classes)])
    return result


def neighbor_weights(neighbors, clusters, exponent):
    powers = [(sum(clusters[j] == clusters[i] for j in others) / len(others)) ** exponent for i, others in enumerate(neighbors)]
    return [v * len(powers) / sum(powers) for v in powers]


def data_distortion(z1, z2, f1, f2, o, fixed1, fixed2):
    """The teachers' sides come separately: they are constants in the gradient."""
    loss = o["Hard"] * (cross_entropy(z1, TARGETS) + cross_entropy(z2, TARGETS))
    loss += o["Soft"] * o["Temperature"] ** 2 * (divergence(fixed1, z2, o["Temperature"]) + divergence(fixed2, z1, o["Temperature"]))
    means = [[sum(row[d] for row in f) / len(f) for d in range(len(f[0]))] for f in (f1, f2)]
    return loss + o["Discrepancy"] * sum((a - b) ** 2 for a, b in zip(*means))


def similarity_distillation(student, teacher, o):
    table = [[[cosine(a, b) for b in rows] for a in rows] for rows in (teacher, student)]
    return o["Weight"] * o["Temperature"] ** 2 * divergence(table[0], table[1], o["Temperature"])


def snapshot_distillation(student, teacher, o):
    """T on the teacher's side alone."""
    soft = 0.0
    for t, s in zip(teacher, student):
        soft += sum(p * math.log(p / q) for p, q in zip(softmax(t, o["Temperature"]), softmax(s))) / len(teacher)
    return (1 + 1 / o["Temperature"]) * cross_entropy(student, TARGETS) + soft


def s2sd(x, embeddings, backbone, o):
    """x: feature, logits, and each head's logits. The embeddings come separately: they are constants in the gradient."""
    feature, logits, heads = x[0], x[1], x[2:]
    loss = 0.5 * (cross_entropy(logits, TARGETS) + sum(cross_entropy(z, TARGETS) for z in heads) / len(heads))
    loss += sum(similarity_distillation(feature, g, o) for g in embeddings) / len(embeddings)
    return loss + (similarity_distillation(feature, backbone, o) if backbone is not None else 0.0)


def unit(rows):
    return np.array([row / length(row) for row in rows])


def compress(student, teacher, student_anchors, teacher_anchors, o):
    def near(rows, anchors):
        return [[cosine(row, anchor) for anchor in anchors] for row in rows]
    return divergence(near(teacher, teacher_anchors), near(student, student_anchors), o["Temperature"])


def seed(student, teacher, queue, o):
    total = 0.0
    for s, t in zip(student, teacher):
        anchors = [*queue, t]
        target = softmax([cosine(t, a) for a in anchors], o["TeacherTemperature"])
        answer = softmax([cosine(s, a) for a in anchors], o["Temperature"])
        total -= sum(p * math.log(q) for p, q in zip(target, answer))
    return total / len(student)


def softplus(x):
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def muse_style(logits, features, o, teacher):
    """The deepest feature as teacher comes separately: it is a constant in the gradient."""
    def sized(rows):
        return [[v * math.sqrt(len(row)) / length(row) for v in row] for row in rows]

    def score(exit, a, b):
        return 0.1 + (0.2 + 0.3 * exit) * sum((d + 1) * x * y for d, (x, y) in enumerate(zip(a, b))) / len(a)

    def mutual(exit, rows, partners):
        n = len(rows)
        joint = sum(-softplus(-score(exit, rows[i], partners[i])) for i in range(n)) / n
        marginal = sum(softplus(score(exit, rows[i], partners[i - 1])) for i in range(n)) / n
        return joint - marginal + 2 * math.log(2)

    def own(rows):
        n, total = len(rows), 0.0
        for d in range(len(rows[0])):
            mean = sum(row[d] for row in rows) / n
            total += 0.5 * math.log(1 + sum((row[d] - mean) ** 2 for row in rows) / n)
        return total / len(rows[0])

    loss = sum(cross_entropy(z, TARGETS) for z in logits)
    sizes, fixed = [sized(f) for f in features], sized(teacher)
    shallow = [(mutual(i, f, fixed), own(f)) for i, f in enumerate(sizes[:-1])]
    joined = sum(i + h if o["Form"] == "Additive" else i * h for i, h in shallow)
    return loss - o["Weight"] * (joined + own(sizes[-1]))


def case(name, loss, student, options, **more):
    return dict(name=name, options=options, value=loss(student), gradient=gradient(loss, student), **more)


def two_sided(loss, student, teacher, named_options):
    return [case(name, lambda x, o=o: loss(x, teacher, o), student.copy(), o) for name, o in named_options.items()]


def fit_nets_cases():
    weight, bias = formula(4, 3, 0.9), formula(1, 4, 1.7)[0]
    teacher, result = formula(BATCH, 4, 0.4), []
    for form, scale in (("MeanOfSquares", 100.0), ("HalfSquaredDistance", 1.0), ("HalfSquaredDistance", 0.0)):
        o = dict(Form=form, Weight=scale)
        result.append(case(
            f"{form} {scale:g}", lambda x: fit_nets(regress(x, weight, bias), teacher, o), formula(BATCH, 3, 0.2), o,
            weight=gradient(lambda w: fit_nets(regress(formula(BATCH, 3, 0.2), w, bias), teacher, o), weight),
            bias=gradient(lambda b: fit_nets(regress(formula(BATCH, 3, 0.2), weight, b), teacher, o), bias)))
    return result


def equal_rows():
    """Rows 1 and 4 are equal in the teacher: distances and angles of zero length. (In the student, differences would step across the kink.)"""
    teacher = formula(BATCH, 4, 1.3)
    teacher[4] = teacher[1]
    return teacher


def assignment_cases():
    features, centroids, result = formula(BATCH, 4, 0.6), formula(CLASSES, 4, 2.1), []
    for name, o in {
        "cosine": dict(Similarity="Cosine", Temperature=0.1),
        "cosine, soft": dict(Similarity="Cosine", Temperature=1.0),
        "squared distance": dict(Similarity="SquaredDistance", Temperature=0.7),
    }.items():
        q = assignments(features, centroids, o)
        result.append(case(name, lambda x: soft_assignment(x, q), formula(BATCH, CLASSES, 1, 2.0), o, assignments=[v for row in q for v in row]))
    return result


def neighbor_cases():
    features, result = formula(12, 4, 0.7), []
    clusters = [i * i % 7 % 3 for i in range(12)]
    for count, exponent in ((1, 1.0), (4, 0.5), (5, 2.0)):
        neighbors = nearest(features, count)
        result.append(dict(
            name=f"{count} neighbours, exponent {exponent:g}", options=dict(Neighbors=count, Exponent=exponent), clusters=clusters,
            neighbors=[j for row in neighbors for j in row],
            targets=[v for row in neighbor_targets(neighbors, clusters, 3) for v in row],
            weights=neighbor_weights(neighbors, clusters, exponent)))
    return result


def distortion_cases():
    result = []
    for name, o in {
        "default": dict(Hard=1.0, Soft=1.0, Discrepancy=5e-4, Temperature=3.0),
        "divergence alone": dict(Hard=0.0, Soft=0.5, Discrepancy=0.0, Temperature=1.0),
        "discrepancy": dict(Hard=1.0, Soft=0.0, Discrepancy=0.8, Temperature=3.0),
    }.items():
        x = [formula(BATCH, CLASSES, 0.5, 2.0), formula(BATCH, CLASSES, 1.1, 2.0), formula(BATCH, 4, 0.2), formula(BATCH, 4, 0.9)]
        fixed = [x[0].copy(), x[1].copy()]
        value = data_distortion(*x, o, *fixed)
        result.append(dict(name=name, options=o, value=value, gradients=[gradient(lambda _: data_distortion(*x, o, *fixed), part) for part in x]))
    return result


def s2sd_cases():
    result = []
    for name, backbone, o in (
        ("two heads", None, dict(Weight=50.0, Temperature=1.0)),
        ("two heads and the backbone", formula(BATCH, 4, 1.9), dict(Weight=20.0, Temperature=0.5)),
    ):
        x = [formula(BATCH, 3, 0.3), formula(BATCH, CLASSES, 0.5, 2.0), formula(BATCH, CLASSES, 1.1, 2.0), formula(BATCH, CLASSES, 1.6, 3.0)]
        embeddings = [formula(BATCH, 4, 0.7), formula(BATCH, 6, 1.3)]
        result.append(dict(
            name=name, options=o, backbone=backbone is not None, value=s2sd(x, embeddings, backbone, o),
            gradients=[gradient(lambda _: s2sd(x, embeddings, backbone, o), part) for part in x]))
    return result


def compress_cases():
    teacher, anchors, own, result = formula(BATCH, 4, 1.3), unit(formula(7, 4, 0.8)), unit(formula(7, 3, 2.2)), []
    for name, temperature in (("default", 0.04), ("soft", 1.0)):
        o = dict(Temperature=temperature)
        result.append(case(f"one, {name}", lambda x: compress(x, teacher, anchors, anchors, o), formula(BATCH, 4, 0.3), {**o, "Own": 0.0}))
        result.append(case(f"two, {name}", lambda x: compress(x, teacher, own, anchors, o), formula(BATCH, 3, 0.3), {**o, "Own": 1.0}))
    return result


def muse_cases():
    result = []
    for form, weight in (("Additive", 1.0), ("Multiplicative", 0.7), ("Additive", 0.0)):
        o = dict(Form=form, Weight=weight)
        logits, features = [formula(BATCH, CLASSES, 0.5 + i, 2.0) for i in range(3)], [formula(BATCH, 4, 0.2 + 0.7 * i) for i in range(3)]
        teacher = features[-1].copy()
        result.append(dict(
            name=f"{form} {weight:g}", options=o, value=muse_style(logits, features, o, teacher),
            gradients=[gradient(lambda _: muse_style(logits, features, o, teacher), part) for part in (*logits, *features)]))
    return result


cases = dict(
    knowledge_distillation=two_sided(knowledge_distillation, formula(BATCH, CLASSES, 0.5, 2.0), formula(BATCH, CLASSES, 1.2, 3.0), {
        "default": dict(Hard=0.1, Soft=0.9, Temperature=4.0),
        "temperature 1": dict(Hard=0.5, Soft=0.5, Temperature=1.0),
        "soft alone": dict(Hard=0.0, Soft=1.0, Temperature=2.5),
        "hard alone": dict(Hard=0.7, Soft=0.0, Temperature=4.0),
    }),
    fit_nets=fit_nets_cases(),
    relational_distillation=two_sided(relational, formula(BATCH, 3, 0.3), equal_rows(), {
        "default": dict(Distance=25.0, Angle=50.0),
        "distance alone": dict(Distance=1.0, Angle=0.0),
        "angle alone": dict(Distance=0.0, Angle=2.0),
    }),
    similarity_preserving=two_sided(similarity_preserving, formula(BATCH, 3, 0.3), formula(BATCH, 4, 1.3), {
        "default": dict(Weight=3000.0),
        "weight 1": dict(Weight=1.0),
        "weight 0": dict(Weight=0.0),
    }),
    feature_regression=two_sided(feature_regression, formula(BATCH, 4, 0.3, 2.0), formula(BATCH, 4, 1.3, 0.5), {"default": {}}),
    soft_assignment=assignment_cases(),
    neighbor_targets=neighbor_cases(),
    data_distortion=distortion_cases(),
    similarity_distillation=two_sided(similarity_distillation, formula(BATCH, 3, 0.3), formula(BATCH, 4, 1.3), {
        "default": dict(Weight=50.0, Temperature=1.0),
        "sharp": dict(Weight=1.0, Temperature=0.2),
        "weight 0": dict(Weight=0.0, Temperature=1.0),
    }),
    snapshot_distillation=two_sided(snapshot_distillation, formula(BATCH, CLASSES, 0.5, 2.0), formula(BATCH, CLASSES, 1.2, 3.0), {
        "default": dict(Temperature=2.0),
        "temperature 1": dict(Temperature=1.0),
        "soft": dict(Temperature=5.0),
    }),
    s2sd=s2sd_cases(),
    compress=compress_cases(),
    seed=[
        case(name, lambda x, o=o: seed(x, formula(BATCH, 4, 1.3), unit(formula(7, 4, 0.8)), o), formula(BATCH, 4, 0.3), o)
        for name, o in {
            "default": dict(Temperature=0.2, TeacherTemperature=0.01),
            "soft": dict(Temperature=0.5, TeacherTemperature=0.3),
            "authors' code": dict(Temperature=0.2, TeacherTemperature=1e-4),
        }.items()
    ],
    muse_style=muse_cases(),
)
OUT.write_text(json.dumps(cases, indent=None) + "\n")
print(OUT, OUT.stat().st_size)
