"""One figure: a JSON line with a ratio against a reference that was measured in the same run."""
import json
import math
import os


def figure(name, ours, reference, aim, better, unit, runs):
    ratio = ours / reference if reference else float(ours != 0)
    print(json.dumps({"name": name, "ours": round(ours, 4), "reference": round(reference, 4), "ratio": round(ratio, 3),
                      "aim": aim, "better": better, "unit": unit, "runs": runs,
                      "load": round(os.getloadavg()[0], 2)}), flush=True)


def p99(seconds):
    """The smallest value that at least 99 of 100 do not exceed, in ms."""
    return sorted(seconds)[max(0, math.ceil(len(seconds) * 0.99) - 1)] * 1000
