"""Values and gradients of the losses of MoCo, SwAV and DeepCluster, by plain loops over the published formulas in float64: no tensor library, no autograd.

Gradients are central differences of the loops, so they share nothing with the code under test; keys and codes are constants in them.
Writes tests/Autodidact.Tests/Fixtures/losses/moco_swav_deepcluster.json. Run with: python3 tools/reference/moco_swav_deepcluster.py
"""
import json
import math
import pathlib

import numpy as np

import loss_common
from loss_common import formula

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests/Autodidact.Tests/Fixtures/losses/moco_swav_deepcluster.json"
BATCH, CLUSTERS = 6, 5


def gradient(loss, x):
    return loss_common.gradient(loss, x).ravel().tolist()


def dot(a, b):
    return sum(float(x) * float(y) for x, y in zip(a, b))


def cosine(a, b):
    return dot(a, b) / math.sqrt(dot(a, a) * dot(b, b))


def softmax(row):
    largest = max(row)
    weights = [math.exp(v - largest) for v in row]
    return [w / sum(weights) for w in weights]


def moco(queries, keys, queue, temperature):
    total = 0.0
    for q, k in zip(queries, keys):
        positive = math.exp(cosine(q, k) / temperature)
        total -= math.log(positive / (positive + sum(math.exp(cosine(q, n) / temperature) for n in queue)))
    return total / len(queries)


def sinkhorn(scores, epsilon, iterations):
    """As published: Q is prototypes x samples."""
    samples, prototypes = len(scores), len(scores[0])
    q = [[math.exp(scores[b][k] / epsilon) for b in range(samples)] for k in range(prototypes)]
    total = sum(sum(row) for row in q)
    q = [[v / total for v in row] for row in q]
    for _ in range(iterations):
        q = [[v / sum(row) / prototypes for v in row] for row in q]
        columns = [sum(q[k][b] for k in range(prototypes)) for b in range(samples)]
        q = [[q[k][b] / columns[b] / samples for b in range(samples)] for k in range(prototypes)]
    return [[q[k][b] * samples for k in range(prototypes)] for b in range(samples)]


def swav(x, views, codes, temperature):
    """x: [views * B, K]; codes of the first views, which are constants in the gradient."""
    batch = len(x) // views
    total = 0.0
    for s, code in enumerate(codes):
        part = 0.0
        for t in range(views):
            if t == s:
                continue
            for b in range(batch):
                p = softmax([v / temperature for v in x[t * batch + b]])
                part -= sum(a * math.log(c) for a, c in zip(code[b], p)) / batch
        total += part / (views - 1)
    return total / len(codes)


def deepcluster_v2(heads, clusters, temperature):
    total = 0.0
    for scores, own in zip(heads, clusters):
        part, count = 0.0, 0
        for row in range(len(scores)):
            cluster = own[row % len(own)]
            if cluster >= 0:
                part -= math.log(softmax([v / temperature for v in scores[row]])[cluster])
                count += 1
        total += part / count
    return total / len(heads)


def deepcluster(logits, clusters, sizes):
    total = 0.0
    for row, cluster in zip(logits, clusters):
        total -= sum(sizes) / (len(sizes) * sizes[cluster]) * math.log(softmax(row)[cluster])
    return total / len(logits)


def swav_case(views, coded, temperature, epsilon):
    x = formula(views * BATCH, CLUSTERS, 0.4)
    codes = [sinkhorn(x[v * BATCH:(v + 1) * BATCH], epsilon, 3) for v in range(coded)]
    return dict(
        views=views, coded=coded, temperature=temperature, epsilon=epsilon, value=swav(x, views, codes, temperature),
        gradient=gradient(lambda y: swav(y, views, codes, temperature), x))


def deepcluster_v2_case(views, clusters, temperature):
    heads = [formula(views * BATCH, CLUSTERS, 0.3 + 0.6 * h) for h in range(len(clusters))]
    return dict(
        views=views, heads=len(clusters), clusters=[c for own in clusters for c in own], temperature=temperature,
        value=deepcluster_v2(heads, clusters, temperature),
        gradients=[gradient(lambda _: deepcluster_v2(heads, clusters, temperature), head) for head in heads])


queue, keys = formula(7, 4, 0.8), formula(BATCH, 4, 1.3)
cases = dict(
    moco=[
        dict(temperature=t, value=moco(formula(BATCH, 4, 0.3), keys, queue, t), gradient=gradient(lambda x: moco(x, keys, queue, t), formula(BATCH, 4, 0.3)))
        for t in (0.07, 0.2, 1.0)
    ],
    sinkhorn=[
        dict(epsilon=e, iterations=i, codes=[v for row in sinkhorn(formula(9, CLUSTERS, 0.6), e, i) for v in row])
        for e, i in ((0.05, 3), (0.5, 1), (1.0, 10))
    ],
    swav=[swav_case(2, 2, 0.1, 0.05), swav_case(4, 2, 0.1, 0.05), swav_case(3, 1, 0.7, 0.5)],
    deepcluster_v2=[
        deepcluster_v2_case(2, [[0, 3, 1, 4, 2, 2]], 0.1),
        deepcluster_v2_case(3, [[0, 3, 1, 4, 2, 2], [1, 1, 0, 4, 3, 0], [4, 4, 4, 0, 0, 1]], 0.5),
        deepcluster_v2_case(2, [[0, -1, 1, 4, -1, 2], [1, 1, -1, 4, 3, -1]], 0.1),
    ],
    deepcluster=[
        dict(clusters=c, sizes=s, value=deepcluster(formula(BATCH, CLUSTERS, 0.5, 2.0), c, s), gradient=gradient(lambda x: deepcluster(x, c, s), formula(BATCH, CLUSTERS, 0.5, 2.0)))
        for c, s in (([0, 3, 1, 4, 2, 2], [10, 1, 4, 7, 3]), ([0, 0, 0, 1, 1, 2], [3, 2, 1, 0, 9]))
    ],
)
OUT.write_text(json.dumps(cases, indent=None) + "\n")
print(OUT.name, OUT.stat().st_size)
