"""lp_mmse's statistics and its Monte Carlo in vectorised numpy: milliseconds of CPU time of each, and of statistics from raw channels.
   lp_mmse.py L K N PILOTS DRAWS CHANNELS [iid|correlated]      run with OPENBLAS_NUM_THREADS=1

The reference knows what the program knows. Over i.i.d. fading users of one pilot have parallel estimates, so that vectors
are worked out a pilot; over correlated fading estimates are made of white numbers of the pilots, by matrices that are
worked out once. What is not known of a channel adds to a variance in closed form. The third number is what the statistics
take without that: channels of all users, a vector a user, all products (ten times a tenth of the draws). Standard errors,
which the program works out besides, are left to it."""
import sys
import time

import numpy as np


class Network:
    def __init__(self, rng, L, K, N, pilots):
        self.L, self.K, self.N, self.pilots = L, K, N, pilots
        self.noise, self.energy, self.power = 1e-6, 1e-3 * pilots, 1e-3 / (L * K)
        self.beta = 0.3 * np.exp(1.6 * rng.standard_normal((L, K)))
        self.pilot = np.arange(K) % pilots
        arrives = np.zeros((L, pilots))
        np.add.at(arrives.T, self.pilot, self.beta.T)
        self.received = self.energy * arrives + self.noise  # L x pilots
        self.scale = np.sqrt(self.energy) * self.beta / self.received[:, self.pilot]  # of the despread pilot
        self.xi = self.scale**2 * self.received[:, self.pilot]
        self.sent = self.power * rng.uniform(0.5, 1.5, (L, K))  # each user's power, any
        self.diagonal = self.noise + self.power * (self.beta - self.xi).sum(axis=1)
        self.weight = np.zeros((L, pilots))
        np.add.at(self.weight.T, self.pilot, self.power * self.xi.T)


def complex_normal(rng, shape):
    """Complex normals of mean square 1, drawn in place."""
    out = np.empty(shape, complex)
    rng.standard_normal(out=out.view(float).reshape(-1))
    out *= np.sqrt(0.5)
    return out


def vectors(n, y):
    """Of estimates y of unit mean square (batch x L x N x pilots), without normalisation."""
    z = y * np.sqrt(n.weight)[:, None, :]
    matrix = z @ z.conj().swapaxes(-1, -2) + n.diagonal[:, None, None] * np.eye(n.N)
    return np.linalg.solve(matrix, y)


def statistics(rng, n, draws, batch):
    """g (L x K), V (L x K x K) and the mean squares of the vectors (L x pilots)."""
    mean, square, norm = (np.zeros((n.L, n.pilots, n.pilots), complex), np.zeros((n.L, n.pilots, n.pilots)),
                          np.zeros((n.L, n.pilots)))
    for _ in range(0, draws, batch):
        y = complex_normal(rng, (batch, n.L, n.N, n.pilots))
        v = vectors(n, y)
        product = y.conj().swapaxes(-1, -2) @ v
        mean += product.sum(axis=0)
        square += (product.real**2 + product.imag**2).sum(axis=0)
        norm += (v.real**2 + v.imag**2).sum(axis=(0, 2))
    norm /= draws
    own = np.einsum("ltt->lt", mean).real / draws / np.sqrt(norm)
    variance = square / draws / norm[:, None, :]
    index = np.arange(n.pilots)
    variance[:, index, index] -= own**2
    of_pair = variance[:, n.pilot][:, :, n.pilot] * n.xi[:, :, None] + (n.beta - n.xi)[:, :, None]
    return np.sqrt(n.xi) * own[:, n.pilot], of_pair, norm


def raw_statistics(rng, n, draws, batch):
    """The same from channels and a vector a user."""
    mean, square, norm = (np.zeros((n.L, n.K, n.K), complex), np.zeros((n.L, n.K, n.K)), np.zeros((n.L, n.K)))
    for _ in range(0, draws, batch):
        h, estimate = channels(rng, n, batch)
        matrix = n.power * estimate @ estimate.conj().swapaxes(-1, -2) + n.diagonal[:, None, None] * np.eye(n.N)
        v = np.linalg.solve(matrix, estimate)
        product = h.conj().swapaxes(-1, -2) @ v
        mean += product.sum(axis=0)
        square += (product.real**2 + product.imag**2).sum(axis=0)
        norm += (v.real**2 + v.imag**2).sum(axis=(0, 2))
    return mean, square, norm


def channels(rng, n, batch):
    h = complex_normal(rng, (batch, n.L, n.N, n.K))
    h *= np.sqrt(n.beta)[:, None, :]
    y = complex_normal(rng, (batch, n.L, n.N, n.pilots))
    y *= np.sqrt(n.noise)
    by_pilot = np.zeros((n.K, n.pilots))
    by_pilot[np.arange(n.K), n.pilot] = np.sqrt(n.energy)
    y += h @ by_pilot
    return h, y[..., n.pilot] * n.scale[:, None, :]


def monte_carlo(rng, n, norm, count, batch):
    amplitude = np.sqrt(n.sent / norm[:, n.pilot])  # L x K
    mean, total = np.zeros(n.K, complex), np.zeros(n.K)
    by_pilot = np.zeros((n.K, n.pilots))
    by_pilot[np.arange(n.K), n.pilot] = np.sqrt(n.energy)
    for _ in range(0, count, batch):
        h = complex_normal(rng, (batch, n.L, n.N, n.K))
        h *= np.sqrt(n.beta)[:, None, :]
        y = complex_normal(rng, (batch, n.L, n.N, n.pilots))
        y *= np.sqrt(n.noise)
        y += h @ by_pilot
        y /= np.sqrt(n.received)[:, None, :]
        f = vectors(n, y)[..., n.pilot]
        f *= amplitude[:, None, :]
        A = h.reshape(batch, n.L * n.N, n.K).conj().swapaxes(1, 2) @ f.reshape(batch, n.L * n.N, n.K)
        mean += np.einsum("ikk->k", A)
        total += (A.real**2 + A.imag**2).sum(axis=(0, 2))
    signal = np.abs(mean / count) ** 2
    return np.log2(1 + signal / (total / count - signal + n.noise))


class Correlated:
    """Over correlated fading: covariances, and what is made of them once."""

    def __init__(self, rng, n, spread=np.radians(15)):
        L, K, N = n.L, n.K, n.N
        angle = rng.uniform(-np.pi, np.pi, (L, K, 1)) + spread * rng.standard_normal((L, K, 64))
        rays = np.exp(-1j * np.pi * np.sin(angle)[..., None] * np.arange(N)) / 8.0
        R = n.beta[..., None, None] * (rays.swapaxes(-1, -2) @ rays.conj())  # L x K x N x N
        self.root = np.linalg.cholesky(R + 1e-12 * n.beta[..., None, None] * np.eye(N))
        Psi = np.zeros((L, n.pilots, N, N), complex)
        for k in range(K):
            Psi[:, n.pilot[k]] += n.energy * R[:, k]
        Psi += n.noise * np.eye(N)
        F = np.linalg.cholesky(Psi)[:, n.pilot]  # L x K x N x N
        Y = np.linalg.solve(F, R)
        self.filter = np.sqrt(n.energy) * Y.conj().swapaxes(-1, -2)  # of white numbers
        self.of_received = np.linalg.solve(F.conj().swapaxes(-1, -2), Y).conj().swapaxes(-1, -2) * np.sqrt(n.energy)
        self.error = R - self.filter @ self.filter.conj().swapaxes(-1, -2)
        self.added = n.power * self.error.sum(axis=1) + n.noise * np.eye(N)
        # users of a pilot one below the other, for products with all realisations at once
        self.users = [np.flatnonzero(n.pilot == t) for t in range(n.pilots)]


def stack_users(c, matrices, columns, n):
    """batch x L x N x K from matrices (L x K x N x N) times each pilot's columns (L x pilots x N x batch)."""
    batch = columns.shape[-1]
    out = np.empty((batch, n.L, n.N, n.K), complex)
    for t, users in enumerate(c.users):
        stacked = matrices[:, users].reshape(n.L, len(users) * n.N, n.N) @ columns[:, t]
        out[..., users] = stacked.reshape(n.L, len(users), n.N, batch).transpose(3, 0, 2, 1)
    return out


def correlated_statistics(rng, n, c, draws, batch):
    """The means, squares and vectors' covariances that g, c and V follow from."""
    mean, square = np.zeros((n.L, n.K, n.K), complex), np.zeros((n.L, n.K, n.K))
    covariance = np.zeros((n.L, n.K, n.N, n.N), complex)
    for _ in range(0, draws, batch):
        estimate = stack_users(c, c.filter, complex_normal(rng, (n.L, n.pilots, n.N, batch)), n)
        adjoint = estimate.conj().swapaxes(-1, -2)
        v = np.linalg.solve(n.power * estimate @ adjoint + c.added, estimate)
        product = adjoint @ v
        mean += product.sum(axis=0)
        square += (product.real**2 + product.imag**2).sum(axis=0)
        columns = np.ascontiguousarray(v.transpose(1, 3, 2, 0))  # L x K x N x batch
        covariance += columns @ columns.conj().swapaxes(-1, -2)
    norm = np.einsum("lknn->lk", covariance).real / draws
    mean /= draws * np.sqrt(norm)[:, None, :]
    rest = np.einsum("lknm,ljmn->lkj", c.error, covariance / draws, optimize=True).real
    variance = (square / draws + rest) / norm[:, None, :] - np.abs(mean) ** 2 * (n.pilot[:, None] == n.pilot)
    return mean, variance, norm


def correlated_channels(rng, n, c, batch):
    """Channels (L x K x N x batch), and a vector a user from what is received of them (batch x L x N x K)."""
    h = c.root @ complex_normal(rng, (n.L, n.K, n.N, batch))
    y = complex_normal(rng, (n.L, n.pilots, n.N, batch)) * np.sqrt(n.noise)
    for t, users in enumerate(c.users):
        y[:, t] += np.sqrt(n.energy) * h[:, users].sum(axis=1)
    estimate = stack_users(c, c.of_received, y, n)
    matrix = n.power * estimate @ estimate.conj().swapaxes(-1, -2) + c.added
    return h, np.linalg.solve(matrix, estimate)


def correlated_monte_carlo(rng, n, c, norm, count, batch):
    amplitude = np.sqrt(n.sent / norm)
    mean, total = np.zeros(n.K, complex), np.zeros(n.K)
    for _ in range(0, count, batch):
        h, v = correlated_channels(rng, n, c, batch)
        f = v * amplitude[:, None, :]
        heard = h.transpose(3, 1, 0, 2).reshape(batch, n.K, n.L * n.N).conj()
        A = heard @ f.reshape(batch, n.L * n.N, n.K)
        mean += np.einsum("ikk->k", A)
        total += (A.real**2 + A.imag**2).sum(axis=(0, 2))
    signal = np.abs(mean / count) ** 2
    return np.log2(1 + signal / (total / count - signal + n.noise))


def raw_correlated_statistics(rng, n, c, draws, batch):
    """From channels, a vector a user."""
    mean, square, norm = (np.zeros((n.L, n.K, n.K), complex), np.zeros((n.L, n.K, n.K)), np.zeros((n.L, n.K)))
    for _ in range(0, draws, batch):
        h, v = correlated_channels(rng, n, c, batch)
        product = h.transpose(3, 0, 1, 2).conj() @ v
        mean += product.sum(axis=0)
        square += (product.real**2 + product.imag**2).sum(axis=0)
        norm += (v.real**2 + v.imag**2).sum(axis=(0, 2))
    return mean, square, norm


def check_correlated(rng, n, c, mean, variance, norm):
    """The reference is no faster for being wrong: its moments are those of raw channels, on the whole."""
    draws = 200
    raw_mean, raw_square, raw_norm = (x / draws for x in raw_correlated_statistics(rng, n, c, draws, 20))
    own = np.arange(n.K)
    assert abs(np.sum(raw_norm) / np.sum(norm) - 1) < 0.05
    assert abs(np.sum(raw_mean[:, own, own].real / np.sqrt(norm)) / np.sum(mean[:, own, own].real) - 1) < 0.05
    shared = n.pilot[:, None] == n.pilot
    assert abs(np.sum(raw_square / norm[:, None, :]) / np.sum(variance + np.abs(mean) ** 2 * shared) - 1) < 0.05


def least_time(function, count, batches):
    """Seconds that `count` realisations take, with the batch that suits best."""
    times = []
    for batch in batches:
        if count % batch == 0:
            function(batch, batch)
            start = time.process_time()
            function(count, batch)
            times.append(time.process_time() - start)
    return min(times)


def main():
    L, K, N, pilots, draws, count = map(int, sys.argv[1:7])
    rng = np.random.default_rng(1)
    n = Network(rng, L, K, N, pilots)
    if sys.argv[7:] == ["correlated"]:
        c = Correlated(rng, n)
        mean, variance, norm = correlated_statistics(rng, n, c, draws, 10)
        check_correlated(rng, n, c, mean, variance, norm)
        runs = (lambda d, b: correlated_statistics(rng, n, c, d, b),
                lambda d, b: correlated_monte_carlo(rng, n, c, norm, d, b),
                lambda d, b: raw_correlated_statistics(rng, n, c, d, b))
    else:
        norm = statistics(rng, n, draws, 10)[2]
        runs = (lambda d, b: statistics(rng, n, d, b), lambda d, b: monte_carlo(rng, n, norm, d, b),
                lambda d, b: raw_statistics(rng, n, d, b))
    print("%.2f %.2f %.2f" % (1e3 * least_time(runs[0], draws, (1, 5, 20, 100)), 1e3 * least_time(runs[1], count, (1, 5, 20)),
                              1e4 * least_time(runs[2], draws // 10, (1, 5, 20))))


main()
