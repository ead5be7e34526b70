#!/usr/bin/env python3
"""Writes dynamics.json beside this file: what NumPy finds of a random tanh network with gain 3, and
of a cloud of points.

1. s(t+1) = tanh(W s(t)), W normal with deviation 3/sqrt(n): its first four Lyapunov exponents by
   QR, over 200,000 steps, and over the first 80 from the first four unit vectors (so early that
   rounding has not yet parted two programs).
2. Principal components of a cloud: variance shares, the first direction and the participation
   ratio, by numpy.linalg.svd.

Needs numpy. Usage: make_dynamics_reference.py
"""
import json
import pathlib

import numpy as np

HIDDEN, STEPS, EARLY, EXPONENTS = 24, 200_000, 80, 4

random = np.random.default_rng(7)
weights = np.round(random.normal(0, 3 / np.sqrt(HIDDEN), (HIDDEN, HIDDEN)), 6)
start = np.round(random.uniform(-0.5, 0.5, HIDDEN), 6)
state, frame, sums = start.copy(), np.eye(HIDDEN, EXPONENTS), np.zeros(EXPONENTS)
early = np.zeros(EXPONENTS)
for step in range(STEPS):
    state = np.tanh(weights @ state)
    frame, r = np.linalg.qr((1 - state**2)[:, None] * (weights @ frame))
    stretch = np.log(np.abs(np.diag(r)))
    if step < EARLY:
        early += stretch / EARLY
    if step >= 200:
        sums += stretch

cloud = np.round(random.normal(size=(40, 6)) @ random.normal(size=(6, 6)) + 3, 6)
centred = cloud - cloud.mean(axis=0)
_, singular, directions = np.linalg.svd(centred, full_matrices=False)
variances = singular**2
wide = np.round(random.normal(size=(7, 12)) * np.arange(1, 13), 6)
wide_singular = np.linalg.svd(wide - wide.mean(axis=0), compute_uv=False) ** 2


def pointed(vector):
    return vector * np.sign(vector[np.argmax(np.abs(vector))])


result = {
    "weights": weights.tolist(),
    "start": start.tolist(),
    "early": early.tolist(),
    "lyapunov": (sums / (STEPS - 200)).tolist(),
    "cloud": cloud.tolist(),
    "mean": cloud.mean(axis=0).tolist(),
    "shares": (variances / variances.sum()).tolist(),
    "directions": [pointed(vector).tolist() for vector in directions],
    "participationRatio": float(variances.sum() ** 2 / (variances**2).sum()),
    "wide": wide.tolist(),
    "wideShares": (wide_singular / wide_singular.sum()).tolist(),
    "wideParticipationRatio": float(wide_singular.sum() ** 2 / (wide_singular**2).sum()),
}
pathlib.Path(__file__).with_name("dynamics.json").write_text(json.dumps(result) + "\n")
print(result["lyapunov"])
