#!/usr/bin/env python3
"""Solves what `cfisac run --export-cbf DIR` writes by another solver, and tells the powers in watts.

    scripts/read_cbf.py FILE.cbf... [--solver cvxopt|clarabel] [--powers] [--list] [--json]

Beside FILE.cbf its map FILE.json says what its variables and rows are (docs/solver.md). As a module:

    import read_cbf
    problem = read_cbf.read("cones/drop00000_start00_step000.cbf")
    solution = problem.solve()                    # by cvxopt
    solution.objective, solution.x                # numbers of the file
    powers = problem.powers(solution.x)           # watts: powers.users[user, ap], powers.sensing[ap]
    problem.values(solution.x, "radiated_power")  # every variable of that name, in its unit: {(user, ap): value}
    problem.slack(solution.x, "budget")           # what each row of that name leaves, in its unit

Needs Python 3.8, and to solve CVXOPT (Debian: python3-cvxopt), or Clarabel with SciPy.
"""
import argparse
import json
import math
import os
import sys
from collections import defaultdict, namedtuple

MAP_VERSION = 1
CONES = ("F", "L=", "L+", "L-", "Q", "QR")
# Of the other solver, the next one where it breaks down: powers are as accurate as the root of the gap.
TOLERANCES = (1e-9, 1e-8, 1e-7)

Solution = namedtuple("Solution", "status objective x")
Powers = namedtuple("Powers", "users communication sensing")


class CbfError(Exception):
    """What is wrong with a file, in one line."""


# ------------------------------------------------------------------------------ the file ----

class _Lines:
    """The lines of a file without remarks, and where they stand."""

    def __init__(self, path):
        self.path = path
        with open(path, encoding="utf-8", errors="replace") as stream:
            text = [line.split("#", 1)[0].split() for line in stream]
        self.lines = [(number, words) for number, words in enumerate(text, 1) if words]
        self.at = 0

    def fail(self, what):
        number = self.lines[min(self.at, len(self.lines)) - 1][0] if self.lines and self.at else 1
        raise CbfError(f"{self.path}:{number}: {what}")

    def next(self):
        if self.at >= len(self.lines):
            self.fail("the file ends too soon")
        self.at += 1
        return self.lines[self.at - 1][1]

    def numbers(self, kinds):
        words = self.next()
        if len(words) != len(kinds):
            self.fail(f"{len(words)} numbers (allowed: {len(kinds)})")
        try:
            return [kind(word) for kind, word in zip(kinds, words)]
        except ValueError:
            self.fail(f"'{' '.join(words)}' is not what is expected here: {len(kinds)} numbers")


def _read_domain(lines):
    """[(cone, size), ...] of VAR or CON."""
    total, count = lines.numbers((int, int))
    cones = []
    for _ in range(count):
        name, size = lines.numbers((str, int))
        if name not in CONES:
            lines.fail(f"cone '{name}' (allowed: {', '.join(CONES)})")
        cones.append((name, size))
    if sum(size for _, size in cones) != total:
        lines.fail(f"the cones do not have the {total} rows announced")
    return cones


class Problem:
    """minimise (or maximise) c'x + constant subject to x in VAR, v = A x + b in CON, and the map."""

    def __init__(self, path):
        self.path = path
        self.maximise = False
        self.variables, self.rows = [], []
        self.c, self.b, self.constant = defaultdict(float), defaultdict(float), 0.0
        self.A = defaultdict(float)
        self.map = None
        self._read(_Lines(path))
        self.n = sum(size for _, size in self.variables)
        self.m = sum(size for _, size in self.rows)
        self._check_numbers("variable", self.n, list(self.c) + [column for _, column in self.A])
        self._check_numbers("row", self.m, list(self.b) + [row for row, _ in self.A])

    def _check_numbers(self, what, count, numbers):
        """Entries are of variables and rows that there are."""
        for number in numbers:
            if not 0 <= number < count:
                raise CbfError(f"{self.path}: an entry of {what} {number} (allowed: 0 .. {count - 1})")

    def _read(self, lines):
        while lines.at < len(lines.lines):
            item = lines.next()[0]
            if item == "VER":
                version, = lines.numbers((int,))
                if not 1 <= version <= 4:
                    lines.fail(f"version {version} of the format (allowed: 1 .. 4)")
            elif item == "OBJSENSE":
                sense = lines.next()[0]
                if sense not in ("MIN", "MAX"):
                    lines.fail(f"'{sense}' (allowed: MIN, MAX)")
                self.maximise = sense == "MAX"
            elif item == "VAR":
                self.variables = _read_domain(lines)
            elif item == "CON":
                self.rows = _read_domain(lines)
            elif item == "OBJBCOORD":
                self.constant, = lines.numbers((float,))
            elif item in ("OBJACOORD", "BCOORD"):
                to = self.c if item == "OBJACOORD" else self.b
                for _ in range(lines.numbers((int,))[0]):
                    index, value = lines.numbers((int, float))
                    to[index] += value
            elif item == "ACOORD":
                for _ in range(lines.numbers((int,))[0]):
                    row, column, value = lines.numbers((int, int, float))
                    self.A[row, column] += value
            else:
                lines.fail(f"{item} is not supported (allowed: VER, OBJSENSE, VAR, CON, OBJACOORD, OBJBCOORD, "
                           "ACOORD, BCOORD)")

    # -------------------------------------------------------------------------- the map ----

    def read_map(self, path):
        try:
            with open(path, encoding="utf-8") as stream:
                self.map = json.load(stream)
        except (OSError, ValueError) as error:
            raise CbfError(f"{path}: {error}") from None
        version = self.map.get("map_version") if isinstance(self.map, dict) else None
        if version != MAP_VERSION:
            raise CbfError(f"{path}: map_version {version} (allowed: {MAP_VERSION})")
        try:
            self._check_whole(path, "variables", self.n)
            self._check_whole(path, "rows", self.m)
        except KeyError as missing:
            raise CbfError(f"{path}: {missing} is missing") from None

    def _check_whole(self, path, part, count):
        """Every variable, or row, has one name."""
        seen = [0] * count
        for block in self.map[part]:
            for first, size in _places(block):
                for i in range(first, first + size):
                    if i >= count:
                        raise CbfError(f"{path}: {part} {block['name']}: {i} (allowed: below {count})")
                    seen[i] += 1
        for i, times in enumerate(seen):
            if times != 1:
                raise CbfError(f"{path}: number {i} of {part} has {times} names (allowed: 1)")

    def _need_map(self):
        if self.map is None:
            raise CbfError(f"{self.path}: there is no map beside it, {os.path.splitext(self.path)[0]}.json")

    def names(self, part="variables"):
        """{name: (how many, unit, meaning)} of "variables" or "rows"."""
        self._need_map()
        found = {}
        for block in self.map[part]:
            found[block["name"]] = (found.get(block["name"], (0,))[0] + block["count"], block["unit"], block["meaning"])
        return found

    def values(self, x, name):
        """Variables of the name in their unit, {(user, ap): value}; None where there is no user or no access point. Of
        several with the same user and access point the last."""
        self._need_map()
        return {whose: scale * x[first]
                for block in self.map["variables"] if block["name"] == name
                for (first, _), whose, scale in zip(_places(block), _owners(block), _scales(block))}

    def slack(self, x, name):
        """What rows of the name leave, [((user, ap), number), ...] in their unit: the row's value where it is linear; of
        a cone v0 less the norm of the rest; less the absolute value where it is an equation. Negative: it is violated."""
        self._need_map()
        value = self.row_values(x)
        found = []
        for block in self.map["rows"]:
            if block["name"] == name:
                for (first, size), whose, scale in zip(_places(block), _owners(block), _scales(block)):
                    found.append((whose, scale * _left(block["cone"], value[first:first + size])))
        return found

    def row_values(self, x):
        value = [self.b.get(i, 0.0) for i in range(self.m)]
        for (row, column), coefficient in self.A.items():
            value[row] += coefficient * x[column]
        return value

    def violation(self, x):
        """By how much the worst cone is left, in the file's numbers; 0 when none is."""
        value, at, worst = self.row_values(x), 0, 0.0
        for cone, size in self.rows:
            worst = max(worst, -_least_left(cone, value[at:at + size]))
            at += size
        at = 0
        for cone, size in self.variables:
            worst = max(worst, -_least_left(cone, x[at:at + size]))
            at += size
        return worst

    def objective(self, x):
        return self.constant + sum(value * x[i] for i, value in self.c.items())

    def powers(self, x):
        """Watts: users {(user, ap): power}, communication {ap: power of all its users} and sensing {ap: power}, as the map
        says they are read. Where nothing is asked of rates a problem may have no powers of users; cfisac then shares
        communication among them by their gains."""
        self._need_map()
        how = self.map["powers"]
        users = self._watts(x, how["users"])
        spent = _by_ap(users)
        communication = dict(spent)
        if how["scaled_to"]:
            communication.update(_by_ap(self._watts(x, how["scaled_to"])))
            users = {(user, ap): power * (communication[ap] / spent[ap] if spent[ap] > 0 else 1.0)
                     for (user, ap), power in users.items()}
        if how["sensing"]:
            return Powers(users, communication, dict(_by_ap(self._watts(x, how["sensing"]))))
        taken = _by_ap(self._watts(x, how["less"])) if how["less"] else communication
        radiated = _by_ap(self._watts(x, how["radiated"]))
        return Powers(users, communication,
                      {ap: max(power - taken.get(ap, 0.0), 0.0) for ap, power in radiated.items()})

    def _watts(self, x, name):
        squared = self.names()[name][1] == "W^0.5" if name in self.names() else False
        return {whose: max(value, 0.0) ** (2 if squared else 1) for whose, value in self.values(x, name).items()}

    # ------------------------------------------------------------------------- solving ----

    def cone_form(self):
        """minimise c'x with G x + s = h, s in R+ and Q cones, and A x = b:
        (c, [(row, column, value)] of G, h, linear rows, cone sizes, the same of A, b)."""
        columns = defaultdict(list)
        for (row, column), value in self.A.items():
            columns[row].append((column, value))
        parts = {"l": [], "q": [], "e": []}  # lists of cones, each a list of rows ({column: value}, constant)
        at = 0
        for cone, size in self.rows:
            _sort_cone(parts, cone, [(dict(columns[i]), self.b.get(i, 0.0)) for i in range(at, at + size)])
            at += size
        at = 0
        for cone, size in self.variables:
            _sort_cone(parts, cone, [({i: 1.0}, 0.0) for i in range(at, at + size)])
            at += size
        sign = -1.0 if self.maximise else 1.0
        c = [sign * self.c.get(i, 0.0) for i in range(self.n)]
        ordered = parts["l"] + [row for cone in parts["q"] for row in cone]
        G = [(i, j, -value) for i, (entries, _) in enumerate(ordered) for j, value in entries.items()]
        A = [(i, j, value) for i, (entries, _) in enumerate(parts["e"]) for j, value in entries.items()]
        return (c, G, [constant for _, constant in ordered], len(parts["l"]), [len(cone) for cone in parts["q"]],
                A, [-constant for _, constant in parts["e"]])

    def solve(self, solver="cvxopt"):
        if solver not in SOLVERS:
            raise CbfError(f"solver '{solver}' (allowed: {', '.join(SOLVERS)})")
        try:
            status, x = SOLVERS[solver](*self.cone_form())
        except ImportError as error:
            raise CbfError(f"{solver}: {error}") from None
        return Solution(status, self.objective(x) if x else math.nan, x)


def _places(block):
    """(first, rows) of each item of a block."""
    if "size" in block:
        first = block["first"]
        for size in block["size"]:
            yield first, size
            first += size
    else:
        for i in range(block["count"]):
            yield block["first"] + i, 1


def _owners(block):
    count = block["count"]
    return list(zip(block.get("user", [None] * count), block.get("ap", [None] * count)))


def _scales(block):
    return block.get("scale", [1.0] * block["count"])


def _by_ap(powers):
    """Of {(user, ap): power} the sums of each access point."""
    sums = defaultdict(float)
    for (_, ap), power in powers.items():
        sums[ap] += power
    return sums


def _left(cone, value):
    """What one item leaves: of a row, or of a whole cone."""
    if cone == "Q":
        return value[0] - math.sqrt(sum(v * v for v in value[1:]))
    if cone == "QR":
        return 2.0 * value[0] * value[1] - sum(v * v for v in value[2:])
    return {"L+": value[0], "L-": -value[0], "L=": -abs(value[0]), "F": math.inf}[cone]


def _least_left(cone, value):
    return _left(cone, value) if cone in ("Q", "QR") else min((_left(cone, [v]) for v in value), default=math.inf)


def _sort_cone(parts, cone, rows):
    def combine(a, b, sign):
        entries = defaultdict(float, a[0])
        for j, value in b[0].items():
            entries[j] += sign * value
        return dict(entries), a[1] + sign * b[1]

    def scaled(row, factor):
        return {j: factor * value for j, value in row[0].items()}, factor * row[1]

    if cone == "L+":
        parts["l"] += rows
    elif cone == "L-":
        parts["l"] += [scaled(row, -1.0) for row in rows]
    elif cone == "L=":
        parts["e"] += rows
    elif cone == "Q":
        parts["q"].append(rows)
    elif cone == "QR":  # 2 v0 v1 >= |rest|^2  is  (v0 + v1, v0 - v1, sqrt(2) rest) in Q
        parts["q"].append([combine(rows[0], rows[1], 1.0), combine(rows[0], rows[1], -1.0)] +
                          [scaled(row, math.sqrt(2.0)) for row in rows[2:]])


def _solve_by_cvxopt(c, G, h, linear, cones, A, b):
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # threads only wait for each other at these sizes
    from cvxopt import matrix, solvers, spmatrix

    def sparse(entries, rows):
        return spmatrix([value for _, _, value in entries], [row for row, _, _ in entries],
                        [column for _, column, _ in entries], (rows, len(c)))

    problem = (matrix(c), sparse(G, len(h)), matrix(h, tc="d"), {"l": linear, "q": cones, "s": []}, sparse(A, len(b)),
               matrix(b, (len(b), 1), tc="d"))
    status = "failed"
    for tolerance in TOLERANCES:
        solvers.options.update(show_progress=False, abstol=tolerance, reltol=tolerance, feastol=tolerance, maxiters=200)
        try:
            result = solvers.conelp(*problem)
        except (ValueError, ArithmeticError):
            continue
        status = result["status"]
        if status == "optimal":
            return status, list(result["x"])
        if status != "unknown":
            break
    return status, None


def _solve_by_clarabel(c, G, h, linear, cones, A, b):
    import clarabel
    import numpy
    from scipy import sparse

    entries = [(row, column, value) for row, column, value in A] + [(row + len(b), j, value) for row, j, value in G]
    stacked = sparse.csc_matrix(([v for _, _, v in entries], ([i for i, _, _ in entries], [j for _, j, _ in entries])),
                                (len(b) + len(h), len(c)))
    sets = [clarabel.ZeroConeT(len(b)), clarabel.NonnegativeConeT(linear)] + [clarabel.SecondOrderConeT(k) for k in cones]
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    result = clarabel.DefaultSolver(sparse.csc_matrix((len(c), len(c))), numpy.array(c), stacked, numpy.array(b + h), sets,
                                    settings).solve()
    return str(result.status).lower(), list(result.x)


SOLVERS = {"cvxopt": _solve_by_cvxopt, "clarabel": _solve_by_clarabel}


def read(path):
    """The problem of a CBF file, and its map if there is one beside it."""
    problem = Problem(path)
    beside = os.path.splitext(path)[0] + ".json"
    if os.path.exists(beside):
        problem.read_map(beside)
    return problem


# ------------------------------------------------------------------------------- the command ----

def _print_names(problem):
    for part in ("variables", "rows"):
        print(f"{part}:")
        for name, (count, unit, meaning) in problem.names(part).items():
            print(f"  {name:<20} {count:>6}  {'' if unit == '1' else unit:<6}{meaning}")


def _print_powers(powers):
    users = sorted({user for user, _ in powers.users})
    titles = ["sensing", "all users"] + [f"user {user}" for user in users]
    print("powers in W\n  ap" + "".join(f"  {title:>12}" for title in titles))
    for ap in sorted(powers.sensing):
        row = [powers.sensing[ap], powers.communication.get(ap, 0.0)]
        row += [powers.users.get((user, ap), 0.0) for user in users]
        print(f"{ap:>4}" + "".join(f"  {power:>12.6g}" for power in row))


def _as_json(path, problem, solution):
    found = {"file": path, "status": solution.status, "objective": solution.objective, "x": solution.x}
    if problem.map and solution.x:
        powers = problem.powers(solution.x)
        found["powers_w"] = [{"user": user, "ap": ap, "power": power} for (user, ap), power in sorted(powers.users.items())]
        found["communication_powers_w"] = [{"ap": ap, "power": power} for ap, power in sorted(powers.communication.items())]
        found["sensing_powers_w"] = [{"ap": ap, "power": power} for ap, power in sorted(powers.sensing.items())]
    return found


def _main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0],
                                     epilog="As a module: see the text at the head of the script.")
    parser.add_argument("file", nargs="+", metavar="FILE.cbf", help="a problem that `cfisac run --export-cbf` wrote, "
                        "or any other of linear and second-order cones")
    parser.add_argument("--solver", choices=sorted(SOLVERS), default="cvxopt", help="default: cvxopt")
    parser.add_argument("--powers", action="store_true", help="print the powers of the solution, in watts")
    parser.add_argument("--list", action="store_true", help="print what variables and rows are, and solve nothing")
    parser.add_argument("--json", action="store_true", help="print a line of JSON a file: status, objective, x, powers")
    options = parser.parse_args(arguments)
    code = 0
    for path in options.file:
        problem = read(path)
        if options.list:
            _print_names(problem)
            continue
        solution = problem.solve(options.solver)
        code = code if solution.status in ("optimal", "solved") else 4
        if options.json:
            print(json.dumps(_as_json(path, problem, solution)))
            continue
        print(f"{path}: {options.solver}: {solution.status}, objective {solution.objective:.9g}")
        if options.powers and solution.x:
            _print_powers(problem.powers(solution.x))
    return code


if __name__ == "__main__":
    try:
        ended = _main(sys.argv[1:])
        sys.stdout.flush()
        sys.exit(ended)
    except BrokenPipeError:  # whoever closes a pipe has had enough; nothing is left to be written at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        sys.exit(f"read_cbf.py: {error.filename}: cannot be read: {error.strerror}" if error.filename
                 else f"read_cbf.py: standard output cannot be written: {error.strerror}")
    except CbfError as error:
        sys.exit(f"read_cbf.py: {error}")
