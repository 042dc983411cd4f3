#!/usr/bin/env python3
"""Writes the fixture of the squared-hinge classifier: tests/Autodidact.Tests/Fixtures/evaluation/squared_hinge.json.

Value and gradient come from plain float64 loops written from the formula; the optimum from scikit-learn's LinearSVC (LIBLINEAR) on standardised features.

    /usr/bin/python3 tools/reference/squared_hinge.py
"""
import numpy as np
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from metrics import blobs, features, write

# LIBLINEAR penalises the bias as the weight of one more feature, of this value: so large that the penalty is nothing.
INTERCEPT_SCALING = 1e3


def value_and_gradient(x, labels, weights, bias, l2):
    """mean over rows of the sum over classes of max(0, 1 - y s)^2, y = 1 for the row's class and -1 else, plus l2 / 2 |weights|^2; last row of the gradient: bias."""
    rows, d = x.shape
    classes = len(bias)
    loss = 0.0
    gradient = np.zeros((d + 1, classes))
    for i in range(rows):
        for c in range(classes):
            y = 1.0 if labels[i] == c else -1.0
            score = bias[c]
            for j in range(d):
                score += x[i, j] * weights[j, c]
            slack = 1.0 - y * score
            if slack <= 0:
                continue
            loss += slack * slack / rows
            for j in range(d):
                gradient[j, c] -= 2 * slack * y * x[i, j] / rows
            gradient[d, c] -= 2 * slack * y / rows
    for j in range(d):
        for c in range(classes):
            loss += 0.5 * l2 * weights[j, c] ** 2
            gradient[j, c] += l2 * weights[j, c]
    return loss, gradient


def gradient_case(name, rows, columns, classes, l2, spread):
    x, labels = blobs(rows, columns, classes, 3, spread)
    weights = features(columns + 1, classes, 5)
    loss, gradient = value_and_gradient(x.astype(np.float64), labels, weights[:-1], weights[-1], l2)
    return dict(name=name, rows=rows, columns=columns, classes=classes, l2=l2, spread=spread, loss=loss, gradient=gradient.ravel().tolist())


def probe_case(name, rows, tests, columns, classes, l2, spread):
    train, labels = blobs(rows, columns, classes, 3, spread)
    test, test_labels = blobs(tests, columns, classes, 4, spread)
    scaler = StandardScaler().fit(train.astype(np.float64))
    x = scaler.transform(train.astype(np.float64))
    z = scaler.transform(test.astype(np.float64))
    model = LinearSVC(loss="squared_hinge", dual=False, C=1 / (l2 * rows), tol=1e-10, max_iter=100000, intercept_scaling=INTERCEPT_SCALING).fit(x, labels)
    loss, gradient = value_and_gradient(x, labels, model.coef_.T, model.intercept_, l2)
    # An optimum that is not one would be a wrong judge.
    assert np.abs(gradient).max() < 1e-6, (name, np.abs(gradient).max())
    scores = np.sort(model.decision_function(z), axis=1)
    print(name, "gradient", np.abs(gradient).max(), "least lead", (scores[:, -1] - scores[:, -2]).min(), "accuracy", model.score(z, test_labels), "loss", loss)
    return dict(name=name, rows=rows, tests=tests, columns=columns, classes=classes, l2=l2, spread=spread, loss=float(loss),
                predictions=model.predict(z).tolist(), accuracy=float(model.score(z, test_labels)))


if __name__ == "__main__":
    write("squared_hinge.json", dict(
        gradients=[gradient_case("one block", 300, 5, 4, 0.1, 2.0), gradient_case("several blocks", 17000, 3, 2, 0.01, 2.0), gradient_case("one feature", 40, 1, 3, 0, 1.0)],
        probes=[probe_case("overlapping", 1000, 400, 24, 5, 1e-3, 4.0), probe_case("wide", 300, 200, 64, 4, 1e-2, 3.0), probe_case("many classes", 1200, 400, 32, 60, 1e-3, 1.5)]))
