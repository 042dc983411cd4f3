#!/usr/bin/env python3
"""Writes the fixtures of the evaluation metrics: tests/Autodidact.Tests/Fixtures/evaluation/*.json.

Clustering figures come from scikit-learn 1.2.1 and scipy's linear_sum_assignment; the weighted k-NN from plain float64 loops written from the formula, its
neighbours cross-checked with scikit-learn's; the linear probe from scikit-learn's LogisticRegression on standardised features.

    /usr/bin/python3 tools/reference/metrics.py
"""
import json
import math
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

OUT = Path(__file__).resolve().parents[2] / "tests/Autodidact.Tests/Fixtures/evaluation"


def features(rows, columns, seed):
    """Pseudo-random numbers in [-1, 1) from an integer hash (MurmurHash3's finaliser) that both sides evaluate exactly."""
    i, j = np.meshgrid(np.arange(rows, dtype=np.uint64), np.arange(columns, dtype=np.uint64), indexing="ij")
    word = np.uint64(0xFFFFFFFF)
    h = (i * np.uint64(0x9E3779B1) + j * np.uint64(0x85EBCA77) + np.uint64(seed) * np.uint64(0xC2B2AE3D)) & word
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        h = ((h ^ (h >> np.uint64(shift))) * np.uint64(factor)) & word
    h ^= h >> np.uint64(16)
    return h.astype(np.float64) / 2.0 ** 31 - 1


def blobs(rows, columns, classes, seed, spread):
    """Class i % classes, its centre a formula row, plus noise. float32, as FeatureMatrix holds it."""
    labels = np.arange(rows) % classes
    centres = features(classes, columns, 99)
    return (centres[labels] + spread * features(rows, columns, seed)).astype(np.float32), labels


def clustering_case(name, train, train_labels, test, test_labels, k, classes):
    train, train_labels = np.asarray(train), np.asarray(train_labels)
    test, test_labels = np.asarray(test), np.asarray(test_labels)
    seen, seen_test = train_labels >= 0, test_labels >= 0
    counts = np.zeros((k, classes), dtype=np.int64)
    np.add.at(counts, (train[seen], train_labels[seen]), 1)
    c, y = test[seen_test], test_labels[seen_test]
    majority = np.where(counts.sum(1) > 0, counts.argmax(1), -1)
    case = dict(
        name=name, k=k, classes=classes, train=train.tolist(), train_labels=train_labels.tolist(), test=test.tolist(), test_labels=test_labels.tolist(),
        nmi=float(normalized_mutual_info_score(y, c, average_method="arithmetic")), ari=float(adjusted_rand_score(y, c)),
        purity=float((majority[c] == y).mean()))
    if k == classes:
        rows, columns = linear_sum_assignment(-counts)
        names = np.empty(k, dtype=np.int64)
        names[rows] = columns
        case["matched_train"] = int(counts[rows, columns].sum())
        case["accuracy"] = float((names[c] == y).mean())
    return case


def clustering():
    rng = np.random.default_rng(1)
    cases = []
    for name, n, k, classes, noise in [
        ("random 4 of 4", 200, 4, 4, 1.0), ("noisy 10 of 10", 400, 10, 10, 0.4), ("overclustered 30 of 5", 400, 30, 5, 0.3),
        ("fewer clusters 3 of 7", 200, 3, 7, 0.2), ("nearly perfect 6 of 6", 300, 6, 6, 0.05)]:
        def draw(size):
            labels = rng.integers(0, classes, size)
            own = labels * k // classes + (rng.integers(0, max(1, k // classes), size))
            return np.where(rng.random(size) < noise, rng.integers(0, k, size), own), labels
        train, train_labels = draw(n)
        test, test_labels = draw(n // 2)
        if name.startswith("noisy"):
            train_labels[rng.random(n) < 0.3] = -1
            test_labels[rng.random(n // 2) < 0.3] = -1
        cases.append(clustering_case(name, train, train_labels, test, test_labels, k, classes))
    cases.append(clustering_case("perfect, numbers exchanged", [1, 2, 0] * 5, [0, 1, 2] * 5, [1, 2, 0] * 3, [0, 1, 2] * 3, 3, 3))
    cases.append(clustering_case("one cluster", [0] * 12, [0, 1, 2] * 4, [0] * 6, [0, 1, 2] * 2, 1, 3))
    cases.append(clustering_case("one class", [0, 1, 2] * 4, [0] * 12, [0, 1, 2] * 2, [0] * 6, 3, 1))
    cases.append(clustering_case("one cluster, one class", [0] * 5, [0] * 5, [0] * 4, [0] * 4, 1, 1))
    cases.append(clustering_case("every image its own cluster", range(8), [0, 1] * 4, range(8), [0, 1] * 4, 8, 2))
    cases.append(clustering_case("independent", [0, 0, 1, 1] * 4, [0, 1] * 8, [0, 0, 1, 1] * 4, [0, 1] * 8, 2, 2))
    cases.append(clustering_case("worse than chance", [0, 1, 0, 1], [0, 0, 1, 1], [0, 1, 0, 1], [0, 0, 1, 1], 2, 2))
    cases.append(clustering_case("a cluster empty in training", [0, 0, 2, 2], [0, 0, 1, 1], [0, 1, 2, 1], [0, 0, 1, 1], 3, 2))
    return cases


def assignments():
    rng = np.random.default_rng(2)
    cases = []
    for rows, columns in [(1, 1), (5, 5), (12, 12), (4, 9), (9, 4), (40, 40)]:
        cost = rng.integers(-50, 50, (rows, columns)) if rows != 12 else rng.standard_normal((rows, columns)).round(6)
        r, c = linear_sum_assignment(cost)
        cases.append(dict(cost=cost.tolist(), total=float(cost[r, c].sum())))
    return cases


def knn_case(name, rows, queries, columns, classes, k, temperature, spread, unlabelled=0):
    bank, labels = blobs(rows, columns, classes, 1, spread)
    query, query_labels = blobs(queries, columns, classes, 2, spread)
    labels = labels.copy()
    if unlabelled:
        labels[::unlabelled] = -1
    keep = labels >= 0
    x = bank[keep].astype(np.float64)
    y = labels[keep]
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    q = query.astype(np.float64)
    q /= np.linalg.norm(q, axis=1, keepdims=True)
    used = min(k, len(x))
    scores = np.zeros((queries, classes))
    gap = math.inf
    for i in range(queries):
        similarities = [sum(q[i, d] * x[j, d] for d in range(columns)) for j in range(len(x))]
        order = sorted(range(len(x)), key=lambda j: (-similarities[j], j))
        if used < len(x):
            gap = min(gap, similarities[order[used - 1]] - similarities[order[used]])
        for j in order[:used]:
            scores[i, y[j]] += math.exp(similarities[j] / temperature)
        found = NearestNeighbors(n_neighbors=used, metric="cosine", algorithm="brute").fit(x).kneighbors(q[i:i + 1])[1][0]
        assert set(found) == set(order[:used]), name
    # Neighbours that float32 could order otherwise would make the fixture a coin toss.
    assert gap > 1e-6, (name, gap)
    scores /= scores.sum(1, keepdims=True)
    predictions = scores.argmax(1)
    return dict(name=name, rows=rows, queries=queries, columns=columns, classes=classes, k=k, temperature=temperature, spread=spread,
                unlabelled=unlabelled, scores=scores.round(12).tolist(), predictions=predictions.tolist(),
                accuracy=float((predictions == query_labels).mean()))


def probe_case(name, rows, tests, columns, classes, l2, spread):
    train, labels = blobs(rows, columns, classes, 3, spread)
    test, test_labels = blobs(tests, columns, classes, 4, spread)
    scaler = StandardScaler().fit(train.astype(np.float64))
    model = LogisticRegression(C=1 / (l2 * rows), tol=1e-10, max_iter=20000)
    x = scaler.transform(train.astype(np.float64))
    model.fit(x, labels)
    loss = float(-model.predict_log_proba(x)[np.arange(rows), labels].mean() + 0.5 * l2 * (model.coef_ ** 2).sum())
    z = scaler.transform(test.astype(np.float64))
    return dict(name=name, rows=rows, tests=tests, columns=columns, classes=classes, l2=l2, spread=spread, loss=loss,
                predictions=model.predict(z).tolist(), accuracy=float(model.score(z, test_labels)))


def representation():
    a = features(60, 16, 7).astype(np.float32).astype(np.float64)
    b = (a + 0.3 * features(60, 16, 8)).astype(np.float32).astype(np.float64)
    x = a / np.linalg.norm(a, axis=1, keepdims=True)
    y = b / np.linalg.norm(b, axis=1, keepdims=True)
    s = np.linalg.svd(x, compute_uv=False)
    p = s / s.sum()

    def uniformity(v):
        total = [math.exp(-2 * float(((v[i] - v[j]) ** 2).sum())) for i in range(60) for j in range(i)]
        return math.log(sum(total) / len(total))

    return dict(rows=60, columns=16, std=float(x.std(0).mean()), smallest=float(x.std(0).min()), rank=float(np.exp(-(p * np.log(p)).sum())),
                alignment=float(((x - y) ** 2).sum(1).mean()), uniformity_one=uniformity(x), uniformity_two=0.5 * (uniformity(x) + uniformity(y)))


def write(name, value):
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / name).write_text(json.dumps(value, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    write("clustering.json", clustering())
    write("assignments.json", assignments())
    write("knn.json", [
        knn_case("defaults", 600, 40, 32, 10, 200, 0.1, 2.0), knn_case("few neighbours", 300, 30, 16, 4, 5, 0.07, 2.5),
        knn_case("k above the bank", 50, 20, 8, 3, 200, 0.1, 2.0), knn_case("unlabelled rows", 300, 30, 16, 5, 20, 0.1, 2.0, unlabelled=3)])
    write("probe.json", [
        probe_case("overlapping", 1000, 400, 24, 5, 1e-3, 4.0), probe_case("wide", 300, 200, 64, 4, 1e-2, 3.0),
        probe_case("many classes", 1200, 400, 32, 60, 1e-3, 1.5)])
    write("representation.json", representation())
