"""Problems of run --export-cbf against another solver, and their rows against the powers that the map says they limit.

    exported.py READER CFISAC <LIST    a line of LIST a run: NAME|WORDS|same or nothing; NAME/cones has its problems, and
                                       NAME/results.json its results

Values of both solvers are the same, every row of a known name is what its name says, and all WORDS are among the names.
same: the powers of the last problem are those of the results as well.
"""
import importlib.util
import json
import pathlib
import subprocess
import sys

VALUE = 1e-6   # relative, between the two solvers
POWER = 1e-3   # relative to the largest power: an optimum is flat, so that powers follow the root of the gap


class Difference(Exception):
    """What is not as it should be."""


def load(path):
    spec = importlib.util.spec_from_file_location("read_cbf", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def near(a, b, tolerance, what):
    if not abs(a - b) <= tolerance * max(1.0, abs(a), abs(b)):
        raise Difference(f"{what}: {a!r} and {b!r}")


def watts(dbm):
    return 10.0 ** (dbm / 10.0 - 3.0)


def radiated(problem, x):
    """Watts of each access point, from the variables that say so by their names."""
    sums = {}
    for name, power in (("radiated_power", 1), ("radiated_amplitude", 2), ("communication_power", 1), ("sensing_power", 1)):
        if name == "communication_power" and sums:
            break
        for (_, ap), value in problem.values(x, name).items():
            sums[ap] = sums.get(ap, 0.0) + value ** power
    return sums


def multiplier(problem, x, block, i):
    """What multiplies budget or limit in a row: 1, or g where that is in the row (of amplitudes its root)."""
    for variable in problem.map["variables"]:
        if variable["name"] in ("factor", "factor_root"):
            if problem.A.get((block["first"] + i, variable["first"]), 0.0) != 0.0:
                return x[variable["first"]] * variable.get("scale", [1.0])[0]
    return 1.0


def check_rows(problem, x, system, where):
    """What rows of budget and limits at x leave is what the radiated powers leave of them."""
    total = radiated(problem, x)
    for block in problem.map["rows"]:
        name, most = block["name"], system["power_w"] if block["name"].startswith("budget") else system["limit_w"]
        if name in ("budget", "limit", "budget_root", "limit_root"):
            power = 0.5 if name.endswith("root") else 1.0
            for i in range(block["count"]):
                used = sum(total.values()) if name.startswith("budget") else total[block["ap"][i]]
                allowed = multiplier(problem, x, block, i) * most ** power
                left = problem.slack(x, name)[i][1]
                near(left / most ** power, (allowed - used ** power) / most ** power, VALUE, f"{where}: row {i} of {name}")
    for name in ("stream", "amplitudes"):
        worst = min((left for _, left in problem.slack(x, name)), default=0.0)
        near(min(worst, 0.0), 0.0, VALUE, f"{where}: rows {name}")
    powers = problem.powers(x)
    spent = {}
    for (_, ap), power in powers.users.items():
        spent[ap] = spent.get(ap, 0.0) + power
    for ap in spent:
        near(spent[ap] / system["power_w"], powers.communication[ap] / system["power_w"], VALUE, f"{where}: power of users of AP {ap}")
        if not (powers.communication[ap] + powers.sensing[ap]) / system["power_w"] <= total[ap] / system["power_w"] + VALUE:
            raise Difference(f"{where}: AP {ap} radiates more than its variables say")


def check_problem(read_cbf, cfisac, path, system):
    """The problem and what the other solver finds."""
    problem, where = read_cbf.read(str(path)), path.name
    mine = json.loads(subprocess.run([cfisac, "solve", str(path), "--json"], capture_output=True, check=True).stdout)
    solution = problem.solve()
    if solution.status != "optimal":
        raise Difference(f"{where}: the other solver ends with {solution.status}")
    near(solution.objective, mine["primal_objective"], VALUE, f"{where}: the value")
    near(problem.violation(solution.x), 0.0, VALUE, f"{where}: what is violated")
    for x in (solution.x, mine["x"]):
        check_rows(problem, x, system, where)
    return problem, solution


def check_powers(powers, allocation):
    largest = max(max(row) for row in allocation["powers_w"])
    for (user, ap), power in powers.users.items():
        near(power / largest, allocation["powers_w"][user][ap] / largest, POWER, f"power of AP {ap} for user {user}")
    for ap, power in powers.sensing.items():
        near(power / largest, allocation["sensing_powers_w"][ap] / largest, POWER, f"sensing power of AP {ap}")


def check_run(read_cbf, cfisac, directory, words, same):
    results = json.loads((directory / "results.json").read_text())
    power = results["scenario"]["power"]
    system = {"power_w": watts(power["snr_db"] + power["comm_noise_dbm"]), "limit_w": watts(power["ap_limit_dbm"])}
    paths = sorted((directory / "cones").glob("*.cbf"))
    if not paths:
        raise Difference("there are no problems")
    for path in paths[:1] + paths[1:][-1:]:
        problem, solution = check_problem(read_cbf, cfisac, path, system)
    missing = set(words) - set(problem.names()) - set(problem.names("rows"))
    if missing:
        raise Difference(f"no {', '.join(sorted(missing))} among {', '.join(problem.names())}; {', '.join(problem.names('rows'))}")
    if same:
        check_powers(problem.powers(solution.x), results["drops"][0]["allocation"])


def main(reader, cfisac):
    read_cbf, failures, runs = load(reader), 0, 0
    for line in sys.stdin:
        name, words, same = line.rstrip("\n").split("|")
        runs += 1
        try:
            check_run(read_cbf, cfisac, pathlib.Path(name), words.split(), same == "same")
        except (Difference, read_cbf.CbfError) as error:
            failures += 1
            print(f"FAILED: {name}: {error}")
    print(f"{runs} runs, {failures} failures")
    return failures > 0 or runs == 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
