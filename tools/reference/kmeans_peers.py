"""Times one k-means of a peer; the benchmark `kmeans` calls it.

    kmeans_peers.py ENGINE ROWS.npy INITIAL.npy ITERATIONS THREADS     ENGINE: faiss | lloyd | elkan (scikit-learn's)

Prints seconds, processor seconds and the final inertia (float64, nearest centroid of every row) of exactly so many iterations.
"""
import os
import sys

engine, rows, initial, iterations, threads = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = str(threads)

import time  # noqa: E402

import numpy as np  # noqa: E402

x = np.load(rows)
init = np.load(initial)
k = len(init)


def fit(data, start, rounds):
    if engine == "faiss":
        import faiss

        faiss.omp_set_num_threads(threads)
        kmeans = faiss.Kmeans(data.shape[1], len(start), niter=rounds, max_points_per_centroid=len(data), min_points_per_centroid=1)
        kmeans.train(data, init_centroids=start)
        return kmeans.centroids
    from sklearn.cluster import KMeans

    return KMeans(len(start), init=start, n_init=1, max_iter=rounds, tol=0, algorithm=engine).fit(data).cluster_centers_


import warnings  # noqa: E402

warnings.filterwarnings("ignore")
fit(x[:2000], x[:8], 1)  # loading libraries is not k-means
wall, processor = time.perf_counter(), time.process_time()
centroids = fit(x, init, iterations)
wall, processor = time.perf_counter() - wall, time.process_time() - processor

inertia = 0.0
c = centroids.astype(np.float64)
for block in np.array_split(x.astype(np.float64), 50):
    nearest = ((c * c).sum(1) - 2 * block @ c.T).argmin(1)
    inertia += ((block - c[nearest]) ** 2).sum()
print(wall, processor, inertia)
