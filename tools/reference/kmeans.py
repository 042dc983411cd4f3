"""Fixtures of the k-means tests: scikit-learn's Lloyd and plain NumPy loops (float64) from the same initial centroids.

Run with Debian's python3-sklearn:  python3 tools/reference/kmeans.py tests/Autodidact.Tests/Fixtures/kmeans
"""
import json
import sys

import numpy as np
from sklearn.cluster import KMeans

out = sys.argv[1]
rng = np.random.default_rng(11)
n, d, k, iterations = 900, 21, 40, 12  # 21 columns: no multiple of a vector; 40 clusters: no multiple of a panel
centres = rng.standard_normal((60, d)) * 1.5
x = (centres[rng.integers(0, 60, n)] + rng.standard_normal((n, d)) + 5).astype(np.float32)
init = x[rng.permutation(n)[:k]].copy()

plain = KMeans(k, init=init, n_init=1, max_iter=iterations, tol=0, algorithm="lloyd").fit(x.astype(np.float64))


def spherical():
    """Lloyd on the unit sphere: the nearest by cosine, centroids the normalised sums."""
    y = x.astype(np.float64) - 5
    y /= np.linalg.norm(y, axis=1, keepdims=True)
    c = init.astype(np.float64) - 5
    c /= np.linalg.norm(c, axis=1, keepdims=True)
    for _ in range(iterations):
        labels = (y @ c.T).argmax(1)
        for j in range(k):
            if (labels == j).any():
                s = y[labels == j].sum(0)
                c[j] = s / np.linalg.norm(s)
    similarity = y @ c.T
    return float((1 - similarity.max(1)).sum()), similarity.argmax(1)


inertia, labels = spherical()
squared = ((x.astype(np.float64)[:, None] - plain.cluster_centers_[None]) ** 2).sum(2)
two = np.sort(squared, 1)[:, :2]
np.save(f"{out}/rows.npy", x)
np.save(f"{out}/initial.npy", init)
json.dump(
    {
        "iterations": iterations,
        "plain": {"inertia": float(plain.inertia_), "assignments": plain.labels_.tolist(), "distances": two[:, 0].tolist(), "margins": (two[:, 1] - two[:, 0]).tolist()},
        "spherical": {"shift": 5, "inertia": inertia, "assignments": labels.tolist()},
    },
    open(f"{out}/expected.json", "w"),
)
