#!/usr/bin/env python3
"""Writes the fixture of t-SNE: tests/Autodidact.Tests/Fixtures/evaluation/tsne.json.

Similarities and divergence come from plain float64 loops written from van der Maaten & Hinton (2008), the gradient from central differences of the divergence;
the divergence that a descent of the same settings reaches, from the same places, from scikit-learn.

    /usr/bin/python3 tools/reference/tsne.py
"""
import json
import math
import os

import numpy as np
from sklearn.manifold import TSNE

from loss_common import formula, gradient

TARGET = os.path.join(os.path.dirname(__file__), "..", "..", "tests", "Autodidact.Tests", "Fixtures", "evaluation", "tsne.json")


def similarities(rows, perplexity):
    n = len(rows)
    conditional = np.zeros((n, n))
    for i in range(n):
        low, high = 0.0, 1e6
        for _ in range(200):
            precision = (low + high) / 2
            weights = [0.0 if j == i else math.exp(-precision * sum((rows[i, d] - rows[j, d]) ** 2 for d in range(rows.shape[1]))) for j in range(n)]
            total = sum(weights)
            if total > 0:
                shares = [w / total for w in weights]
                entropy = -sum(s * math.log(s) for s in shares if s > 0)
            else:
                entropy = 0.0
            if entropy > math.log(perplexity):
                low = precision
            else:
                high = precision
        conditional[i] = shares
    return np.array([[(conditional[i, j] + conditional[j, i]) / (2 * n) for j in range(n)] for i in range(n)])


def divergence(p, places):
    n = len(places)
    weights = np.array([[0.0 if i == j else 1 / (1 + sum((places[i] - places[j]) ** 2)) for j in range(n)] for i in range(n)])
    q = weights / weights.sum()
    return sum(p[i, j] * math.log(p[i, j] / q[i, j]) for i in range(n) for j in range(n) if p[i, j] > 0)


def main():
    rows, perplexity = formula(19, 5, 0.3), 4.0
    p = similarities(rows, perplexity)
    places = formula(19, 2, 1.1, 2.0)
    start = places / places[:, 0].std() * 1e-4
    peer = TSNE(perplexity=perplexity, init=start, learning_rate=50, method="exact", n_iter=1000, min_grad_norm=0).fit(rows)
    fixture = {
        "perplexity": perplexity,
        "similarities": p.ravel().tolist(),
        "divergence": divergence(p, places),
        "gradient": gradient(lambda y: divergence(p, y), places.copy()).ravel().tolist(),
        "reached": float(peer.kl_divergence_),
    }
    with open(TARGET, "w", encoding="utf-8") as file:
        json.dump(fixture, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
