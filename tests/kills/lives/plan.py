"""Which life dies where: from what undisturbed lives passed to a list of lives, each with a few kills a phase."""
from collections import Counter
from itertools import zip_longest

from .points import PHASES, WATCHES

OCCURRENCES_MAX = 3
WATCH_KILLS = 9


def points_of(undisturbed):
    """(all points that are worth a kill, those that every life must pass). The first occurrence of every name counts; a
    later one only when every life had it, up to the third: how often a daemon looks again is a matter of time."""
    had = Counter(p for life in undisturbed for p in set(life.points))
    everywhere = {p for p, n in had.items() if n == len(undisturbed)}
    order = {p: i for life in reversed(undisturbed) for i, p in enumerate(life.points)}
    worth = [p for p in had if p.is_first or p in everywhere and p.occurrence <= OCCURRENCES_MAX]
    return sorted(worth, key=order.get), {p for p in everywhere if p.is_first}


def _chains(points, length):
    """Chains of kills of one phase. Points that lie far from each other share one, so that the later is still to come when
    the program starts again after the earlier."""
    count = -(-len(points) // length)
    return [points[i::count] for i in range(count)]


def lives_for(points, kills):
    """A list of {phase: points}, with so many kills a phase. Lists and watches are asked for before anything is done, so a
    kill there leaves nothing behind, and many go in one life."""
    chains = {}
    for phase in dict.fromkeys(p.phase for p in points):
        mine = [p for p in points if p.phase == phase]
        first = [p for p in mine if p.step == WATCHES]
        chains[phase] = _chains(first, WATCH_KILLS) + _chains([p for p in mine if p.step != WATCHES], kills)
    return [{phase: chain for phase, chain in zip(chains, row) if chain} for row in zip_longest(*chains.values())]


def table(killed):
    """Kills for each plane, step and phase, as lines of text."""
    counts = Counter((p.plane, p.step, p.phase) for p in killed)
    rows = sorted({(plane, step) for plane, step, _ in counts})
    lines = [f"{'plane':<12}{'step':<12}" + "".join(f"{phase:>8}" for phase in PHASES) + f"{'all':>8}"]
    for plane, step in rows:
        numbers = [counts[plane, step, phase] for phase in PHASES]
        lines.append(f"{plane:<12}{step:<12}" + "".join(f"{n:>8}" for n in numbers) + f"{sum(numbers):>8}")
    sums = [sum(n for (_, _, f), n in counts.items() if f == phase) for phase in PHASES]
    lines.append(f"{'all':<24}" + "".join(f"{n:>8}" for n in sums) + f"{sum(sums):>8}")
    return "\n".join(lines)
