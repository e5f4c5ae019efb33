"""lp_mmse's statistics and its Monte Carlo in vectorised numpy: milliseconds of CPU time of each, and of statistics from raw channels.
   lp_mmse.py L K N PILOTS DRAWS CHANNELS      run with OPENBLAS_NUM_THREADS=1

The reference knows what the program knows: users of one pilot have parallel estimates, so that vectors are worked out a
pilot, and what is not known of a channel adds to a variance in closed form. The third number is what the statistics take
without that: channels of all users, a vector a user, all products (ten times a tenth of the draws)."""
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
    norm = statistics(rng, n, draws, 10)[2]
    print("%.2f %.2f %.2f" % (1e3 * least_time(lambda c, b: statistics(rng, n, c, b), draws, (1, 5, 20, 100)),
                              1e3 * least_time(lambda c, b: monte_carlo(rng, n, norm, c, b), count, (1, 5, 20)),
                              1e4 * least_time(lambda c, b: raw_statistics(rng, n, c, b), draws // 10, (1, 5, 20))))


main()
