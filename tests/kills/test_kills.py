"""SIGKILL of berthd before and after every outside request and every commit of a create, a change of plan and a delete: it is
started again, and what is there at the end is exactly what is there after an undisturbed life."""
import json
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from lives.life import Life
from lives.plan import table
from lives.release import PAGE, ReleaseLife
from lives.run import Run
from lives.settings import BERTHD

PLANES = ("kubernetes", "dns")


def of_the_release(point):
    """Its helper pod, and the two commits that say what became of it."""
    return point.phase == "deploy" and (
        "/pods" in point.name and point.is_first or "release-state" in point.name and point.occurrence <= 2)


@pytest.fixture(scope="module")
def runs(settings, planes):
    """Both side by side: one has the processors, the other waits for pods."""
    with ThreadPoolExecutor(2) as pool:
        bare = pool.submit(Run, Life, settings, planes)
        serving = pool.submit(Run, ReleaseLife, settings, planes, of_the_release)
        return bare.result(), serving.result()


@pytest.fixture(scope="module")
def run(runs):
    return runs[0]


def steps():
    """(name, plane) of each step, as `berthd steps` prints them."""
    printed = subprocess.run([BERTHD, "steps"], check=True, text=True, stdout=subprocess.PIPE).stdout
    return [tuple(line.split()[:2]) for line in printed.splitlines()]


def told(faults):
    return f"{len(faults)} faults\n\n" + "\n\n".join(faults[:5])


def test_killed_lives_end_like_undisturbed_ones(run):
    assert not run.faults, told(run.faults)


def test_nothing_is_written_twice(run):
    """Each object is made, changed and deleted as often as in an undisturbed life, wherever berthd died."""
    faults = run.wrong_writes()
    assert not faults, told(faults)


def test_a_deleted_customer_is_gone(run):
    left = json.loads(run.expected["delete"])
    assert left["kubernetes"] is None
    assert left["dns"]["{customer}.localhost"] is None
    assert left["store"]["customer"] == left["store"]["site"] == left["store"]["domain"] == []


def test_every_point_was_killed_at(run, capsys):
    with capsys.disabled():
        print(f"\n{len(run.killed)} kills in {len(run.lives)} lives:\n{table(run.killed)}")
        for point in run.missed():
            print(f"not passed again: {point}")
    assert not run.required - run.killed, [str(p) for p in run.required - run.killed]


# It tells what the step dns has made of the zone, and asks nothing itself.
WITHOUT_REQUESTS = {"maildns"}


@pytest.mark.parametrize(("name", "plane"), [s for s in steps() if s[1] in PLANES and s[0] not in WITHOUT_REQUESTS])
@pytest.mark.parametrize("when", ["before", "after"])
def test_every_step_was_killed(run, name, plane, when):
    kills = [p for p in run.killed if p.step == name and p.plane == plane and p.name.endswith(when)]
    assert kills, f"berthd was never killed {when} a request of the step {name}"


def test_kills_while_a_release_is_deployed(runs, capsys):
    """The sample with pods."""
    run = runs[1]
    assert not run.faults, told(run.faults)
    with capsys.disabled():
        print(f"\n{len(run.killed)} kills while a release is deployed, in {len(run.lives)} lives")
    assert not run.missed(), [str(p) for p in run.missed()]
    assert {(p.name.split()[1], p.occurrence) for p in run.killed} >= {
        ("POST", 1), ("DELETE", 1), ("release-state", 1), ("release-state", 2)}
    assert json.loads(run.expected["deploy"])["page"] == PAGE


def test_nothing_is_left(run, settings, planes):
    """No namespace but those that are being ended, no zone, no file."""
    namespaces, zones = planes.leftovers("kill-")
    ending = [n for n in namespaces if "deletionTimestamp" in planes.kube.get("Namespace", n)["metadata"]]
    assert zones == [] and namespaces == ending
    assert [f.name for f in settings.folder.glob("kill-*")] == []
