#!/usr/bin/env python3
"""Writes the fixture of patch-kmeans: tests/Autodidact.Tests/Fixtures/kmeans/patch_kmeans.json.

Contrast, mean, covariance, whitening, triangle activation and quadrants in float64, written from Coates, Lee & Ng (2011): patches come from given places of given pictures, and the dictionary
is given, so that nothing random is left between both sides.

    /usr/bin/python3 tools/reference/patch_kmeans.py
"""
import json
import math
from pathlib import Path

import numpy as np

OUT = Path(__file__).resolve().parents[2] / "tests/Autodidact.Tests/Fixtures/kmeans/patch_kmeans.json"
PICTURES, SIDE, SIZE, CENTROIDS = 4, 7, 3, 6  # 5 positions a side: of an odd number, the first half has one more
POSITIONS, VALUES = SIDE - SIZE + 1, 3 * SIZE * SIZE
PLACES = [(n, y, x) for n in range(PICTURES) for y in range(POSITIONS) for x in range(POSITIONS) if (3 * n + 7 * y + x) % 5 != 0]
SHOWN = 10  # every tenth patch is written out
rng = np.random.default_rng(17)


def pictures():
    """[N, S, S, RGB] of bytes. Neighbours are alike; the picture gets brighter downwards, so that the mean patch is no flat one; contrasts range from strong to a few grey levels and to none."""
    values = rng.uniform(0, 256, (PICTURES, SIDE, SIDE, 3))
    values[:, :, 1:] = (values[:, :, 1:] + 2 * values[:, :, :-1]) / 3
    for n, contrast in enumerate((1.0, 0.5, 0.1, 0.02)):
        values[n] = 60 + 40 * n + contrast * (values[n] - 128) + np.arange(SIDE)[:, None, None] * 6 * contrast
    values[3, :4, :4] = 200
    return np.clip(values, 0, 255).astype(np.uint8)


def patch(picture, top, left, offset):
    """Values channel by channel, each channel row by row; without their mean, over sqrt(variance + offset), the variance with n - 1."""
    values = [float(picture[top + y][left + x][c]) for c in range(3) for y in range(SIZE) for x in range(SIZE)]
    mean = sum(values) / VALUES
    variance = sum((v - mean) ** 2 for v in values) / (VALUES - 1)
    return [(v - mean) / math.sqrt(variance + offset) for v in values]


def whitening(rows, offset):
    """ZCA: V diag(1 / sqrt(eigenvalue + offset)) V' of the covariance, with n - 1; and the mean."""
    count = len(rows)
    mean = [sum(row[i] for row in rows) / count for i in range(VALUES)]
    covariance = np.array([[sum((row[i] - mean[i]) * (row[j] - mean[j]) for row in rows) / (count - 1) for j in range(VALUES)] for i in range(VALUES)])
    eigenvalues, vectors = np.linalg.eigh(covariance)
    matrix = sum(np.outer(v, v) / math.sqrt(e + offset) for e, v in zip(eigenvalues, vectors.T))
    # The root of the regularised covariance's inverse that is symmetric and positive: there is only one.
    assert np.abs(matrix @ matrix @ (covariance + offset * np.eye(VALUES)) - np.eye(VALUES)).max() < 1e-9
    assert np.abs(matrix - matrix.T).max() < 1e-12 and np.linalg.eigvalsh(matrix).min() > 0
    return matrix, np.array(mean)


def feature(picture, offset, matrix, mean, centroids):
    """Of each quadrant (upper left, upper right, lower left, lower right) the sums of max(0, mean of z - z_j)."""
    half = math.ceil(POSITIONS / 2)
    sums = np.zeros((4, CENTROIDS))
    for y in range(POSITIONS):
        for x in range(POSITIONS):
            white = matrix @ (np.array(patch(picture, y, x, offset)) - mean)
            distances = [math.sqrt(sum((a - b) ** 2 for a, b in zip(white, centroid))) for centroid in centroids]
            for j, distance in enumerate(distances):
                sums[2 * (y >= half) + (x >= half), j] += max(0.0, sum(distances) / CENTROIDS - distance)
    return sums.ravel().tolist()


def case(images, centroids, contrast_offset, whitening_offset):
    rows = [patch(images[n], y, x, contrast_offset) for n, y, x in PLACES]
    matrix, mean = whitening(rows, whitening_offset)
    return dict(
        contrast_offset=contrast_offset, whitening_offset=whitening_offset, normalized=np.array(rows[::SHOWN]).tolist(), whitening=matrix.ravel().tolist(), shift=(-matrix @ mean).tolist(),
        whitened=[(matrix @ (np.array(row) - mean)).tolist() for row in rows[::SHOWN]],
        features=[feature(image, contrast_offset, matrix, mean, centroids) for image in images])


def main():
    images = pictures()
    centroids = (1.5 * rng.standard_normal((CENTROIDS, VALUES))).astype(np.float32).astype(np.float64)
    # The paper's offsets, and others.
    cases = [case(images.tolist(), centroids, 10.0, 0.1), case(images.tolist(), centroids, 0.5, 0.02)]
    OUT.write_text(json.dumps(dict(
        side=SIDE, patch_size=SIZE, shown=SHOWN, pictures=images.reshape(PICTURES, -1).tolist(), places=[list(place) for place in PLACES], centroids=centroids.tolist(), cases=cases)) + "\n")
    print(OUT.name, OUT.stat().st_size, "patches", len(PLACES), "features", [np.round(c["features"][3], 2).tolist() for c in cases])


if __name__ == "__main__":
    main()
