"""All lives of one kind: undisturbed ones that say where a daemon can die, then those that die there, side by side."""
import difflib
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor

from . import writes
from .plan import lives_for, points_of

UNDISTURBED = 3
SIDE_BY_SIDE = 24
SLOTS = 6
KILLS = (3, 1, 1)  # a phase of a life, round by round: what was not passed after another kill is tried alone


class Run:
    def __init__(self, kind, settings, planes, wanted=lambda point: True):
        """kind: a class of Life. wanted: which of the points are to be killed at."""
        self.kind, self.settings, self.planes = kind, settings, planes
        self.slots = threading.Semaphore(SLOTS)
        self.faults = []  # texts
        self.killed = set()
        self.lives = []
        self.begin = writes.mark()
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            self.lives = self.undisturbed = list(pool.map(self._live, [{}] * UNDISTURBED))
            self.expected = self.undisturbed[0].states
            self._compare(self.undisturbed)
            if self.faults:
                return  # without an undisturbed life nothing can be said of the others
            points, self.required = points_of(self.undisturbed)
            self.points = [p for p in points if wanted(p)]
            self.required = {p for p in self.required if wanted(p)}
            for kills in KILLS:
                self._round(pool, kills)

    def _round(self, pool, kills):
        plan = lives_for([p for p in self.points if p not in self.killed], kills)
        lives = list(pool.map(self._live, plan))
        self.lives = self.lives + lives
        self._compare(lives)
        self.killed.update(p for life in lives for p in life.killed)

    def wrong_writes(self):
        """Texts of lives whose writes to the cluster were not those of an undisturbed life, each once."""
        found = writes.since(self.begin, self.lives)
        expected = found[self.undisturbed[0].customer][0]
        told = ((life, writes.faults(expected, found[life.customer])) for life in self.lives)
        return [f"{life.customer}, {life.story()}: {faults}" for life, faults in told if faults]

    def missed(self):
        """Points that no life passed any more."""
        return [p for p in self.points if p not in self.killed]

    def _live(self, targets):
        life = self.kind(self.settings, self.planes, self.slots)
        try:
            with self.slots:
                life.live(targets)
        except Exception:  # a fault of one life is told beside those of the others
            life.fault = traceback.format_exc()
        finally:
            life.end()
        return life

    def _compare(self, lives):
        for life in lives:
            if life.fault:
                self.faults.append(f"{life.customer}, {life.story()}: {life.fault}")
            self.faults += [self._difference(life, phase, self.expected[phase], state)
                            for phase, state in life.states.items()
                            if phase in self.expected and state != self.expected[phase]]

    @staticmethod
    def _difference(life, what, expected, found):
        diff = difflib.unified_diff(expected.splitlines(), found.splitlines(), "undisturbed", life.customer, lineterm="", n=4)
        return f"{life.customer}, {life.story()}, {what}:\n" + "\n".join(diff)
