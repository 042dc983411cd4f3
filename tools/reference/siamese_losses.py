"""Values and gradients of the losses of BYOL, SimSiam, Barlow Twins, VICReg, EMP-SSL and DINO, by plain loops over the published formulas in float64: no tensor library, no autograd.

Gradients are central differences of the loops, so they share nothing with the code under test; targets are not differentiated.
Writes tests/Autodidact.Tests/Fixtures/losses/siamese.json. Run with: python3 tools/reference/siamese_losses.py
"""
import json
import math
import pathlib

import loss_common
from loss_common import formula

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests/Autodidact.Tests/Fixtures/losses/siamese.json"
BATCH, DIMENSIONS, OUTPUTS = 6, 5, 7


def gradient(loss, x):
    return loss_common.gradient(loss, x).ravel().tolist()


def dot(a, b):
    return sum(float(x) * float(y) for x, y in zip(a, b))


def cosine(a, b):
    return dot(a, b) / math.sqrt(dot(a, a) * dot(b, b))


def softmax(row, temperature):
    largest = max(row)
    weights = [math.exp((v - largest) / temperature) for v in row]
    return [w / sum(weights) for w in weights]


def column(rows, d):
    return [float(row[d]) for row in rows]


def mean(values):
    return sum(values) / len(values)


def byol(p, z):
    images = len(p) // 2
    first = mean([2 - 2 * cosine(p[i], z[i + images]) for i in range(images)])
    second = mean([2 - 2 * cosine(p[i + images], z[i]) for i in range(images)])
    return first + second


def simsiam(p, z):
    images = len(p) // 2
    first = mean([cosine(p[i], z[i + images]) for i in range(images)])
    second = mean([cosine(p[i + images], z[i]) for i in range(images)])
    return -0.5 * first - 0.5 * second


def standardised(values):
    centre = mean(values)
    variance = mean([(v - centre) ** 2 for v in values])
    return [(v - centre) / math.sqrt(variance + 1e-5) for v in values]


def barlow_twins(one, two, weight):
    dimensions = len(one[0])
    a = [standardised(column(one, d)) for d in range(dimensions)]
    b = [standardised(column(two, d)) for d in range(dimensions)]
    total = 0.0
    for i in range(dimensions):
        for j in range(dimensions):
            correlation = mean([x * y for x, y in zip(a[i], b[j])])
            total += (1 - correlation) ** 2 if i == j else weight * correlation**2
    return total


def covariance(a, b):
    ma, mb = mean(a), mean(b)
    return sum((x - ma) * (y - mb) for x, y in zip(a, b)) / (len(a) - 1)


def vicreg(one, two):
    dimensions = len(one[0])
    invariance = mean([(float(x) - float(y)) ** 2 for r, s in zip(one, two) for x, y in zip(r, s)])
    variance = decorrelation = 0.0
    for rows in (one, two):
        columns = [column(rows, d) for d in range(dimensions)]
        variance += mean([max(0.0, 1 - math.sqrt(covariance(c, c) + 1e-4)) for c in columns])
        decorrelation += sum(covariance(columns[i], columns[j]) ** 2 for i in range(dimensions) for j in range(dimensions) if i != j) / dimensions
    return invariance, variance, decorrelation


def log_determinant(matrix):
    """Of a symmetric positive definite one: the logarithms of the pivots of Gaussian elimination."""
    rows = [list(row) for row in matrix]
    total = 0.0
    for k, pivot in enumerate(rows):
        total += math.log(pivot[k])
        for row in rows[k + 1:]:
            factor = row[k] / pivot[k]
            for j in range(k, len(row)):
                row[j] -= factor * pivot[j]
    return total


def emp_ssl(z, o):
    views = int(o["Views"])
    images, dimensions = len(z) // views, len(z[0])
    unit = [[float(x) / math.sqrt(dot(row, row)) for x in row] for row in z]
    similarity = rate = 0.0
    for i in range(images):
        own = [unit[v * images + i] for v in range(views)]
        centre = [mean(column(own, d)) for d in range(dimensions)]
        similarity += mean([cosine(view, centre) for view in own]) / images
    for v in range(views):
        block = unit[v * images:(v + 1) * images]
        columns = [column(block, d) for d in range(dimensions)]
        matrix = [
            [(a == b) + dimensions / (images * o["Distortion"]) * dot(columns[a], columns[b]) for b in range(dimensions)]
            for a in range(dimensions)
        ]
        rate += 0.5 * log_determinant(matrix) / views
    return -o["Similarity"] * similarity - o["Rate"] * rate


def emp_ssl_cases():
    result = []
    # Fewer images than dimensions, and more.
    for views, images in ((2, 3), (4, 3), (3, 8)):
        for similarity, rate, distortion in ((200.0, 1.0, 0.2), (1.0, 0.0, 0.2), (0.0, 1.0, 0.2), (0.0, 1.0, 2.0)):
            o = dict(Views=float(views), Images=float(images), Similarity=similarity, Rate=rate, Distortion=distortion)
            z = formula(views * images, DIMENSIONS, 0.3, 2.0)
            result.append(dict(options=o, value=emp_ssl(z, o), gradient=gradient(lambda x: emp_ssl(x, o), z)))
    return result


def dino(student, teacher, centre, o):
    images = len(teacher) // 2
    views = len(student) // images
    total, pairs = 0.0, 0
    for g in range(2):
        for v in range(views):
            if v == g:
                continue
            pairs += 1
            for i in range(images):
                target = softmax([float(t) - c for t, c in zip(teacher[g * images + i], centre)], o["TeacherTemperature"])
                answer = softmax(student[v * images + i], o["StudentTemperature"])
                total -= sum(q * math.log(p) for q, p in zip(target, answer)) / images
    return total / pairs


def paired(loss):
    targets = formula(BATCH, DIMENSIONS, 1.3, 0.5)
    p = formula(BATCH, DIMENSIONS, 0.3, 2.0)
    return [dict(options={}, value=loss(p, targets), gradient=gradient(lambda x: loss(x, targets), p))]


def two_sided(loss, scale, options):
    """Gradients of both views, one above the other."""
    one, two = formula(BATCH, DIMENSIONS, 0.3, scale), formula(BATCH, DIMENSIONS, 1.1, scale)
    return [
        dict(
            options=o, value=loss(one, two, o),
            gradient=gradient(lambda x: loss(x, two, o), one) + gradient(lambda x: loss(one, x, o), two))
        for o in options
    ]


def weighted(one, two, o):
    return sum(w * t for w, t in zip((o["Invariance"], o["Variance"], o["Covariance"]), vicreg(one, two)))


def dino_cases():
    result = []
    for views, student, teacher in ((2, 0.1, 0.04), (2, 1.0, 0.5), (5, 0.1, 0.07)):
        o = dict(Views=float(views), StudentTemperature=student, TeacherTemperature=teacher)
        outputs, centre = formula(BATCH, OUTPUTS, 1.7), formula(1, OUTPUTS, 0.9, 0.3)[0]
        answers = formula(views * BATCH // 2, OUTPUTS, 0.2)
        result.append(dict(options=o, value=dino(answers, outputs, centre, o), gradient=gradient(lambda x: dino(x, outputs, centre, o), answers)))
    return result


cases = dict(
    byol=paired(byol),
    simsiam=paired(simsiam),
    barlow_twins=two_sided(lambda a, b, o: barlow_twins(a, b, o["Weight"]), 2.0, [dict(Weight=0.0051), dict(Weight=1.0), dict(Weight=0.0)]),
    vicreg=[
        case
        for scale in (0.5, 2.0)
        for case in two_sided(weighted, scale, [
            dict(Scale=scale, Invariance=25.0, Variance=25.0, Covariance=1.0),
            dict(Scale=scale, Invariance=1.0, Variance=0.0, Covariance=0.0),
            dict(Scale=scale, Invariance=0.0, Variance=1.0, Covariance=0.0),
            dict(Scale=scale, Invariance=0.0, Variance=0.0, Covariance=1.0),
        ])
    ],
    emp_ssl=emp_ssl_cases(),
    dino=dino_cases(),
)
OUT.write_text(json.dumps(cases, indent=None) + "\n")
print(OUT, OUT.stat().st_size)
