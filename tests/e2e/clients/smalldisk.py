"""A volume of a mail server on a file system of some MiB, which can be full: its content is moved there, and back at the end. The file
system is a sparse file, so the machine's own disk has room whatever happens."""

import errno
import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path

from .killing import is_ready
from .place import STATE
from .wait import until

NAMESPACE = "mail-system"
IMAGES = STATE / "small-disks"
BALLAST = "ballast"
STOP_S, START_S = 90, 180
BLOCK = bytes(4096)


def run(*words):
    subprocess.run(words, check=True)


def unmount(folder):
    until(f"{folder} is not in use", lambda: subprocess.run(["umount", folder], check=False, stderr=subprocess.DEVNULL).returncode == 0, STOP_S)


class SmallDisk:
    """spare: the MiB that there are beside what is kept. A context manager."""

    def __init__(self, kube, part, claim, spare):
        self.kube, self.part, self.spare = kube, part, spare
        volume = kube.get("PersistentVolume", kube.get("PersistentVolumeClaim", claim, NAMESPACE)["spec"]["volumeName"])
        self.folder = Path((volume["spec"].get("hostPath") or volume["spec"]["local"])["path"])
        self.image = IMAGES / f"{claim}.img"

    @contextmanager
    def _stopped(self):
        def pods():
            return self.kube.list("Pod", NAMESPACE, labelSelector=f"app.kubernetes.io/name={self.part}")

        self.kube.scale(NAMESPACE, self.part, 0, "StatefulSet")
        until(f"{self.part} has no pod", lambda: not pods(), STOP_S)
        try:
            yield
        finally:
            self.kube.scale(NAMESPACE, self.part, 1, "StatefulSet")
            until(f"{self.part} is ready", lambda: pods() and all(map(is_ready, pods())), START_S)

    @contextmanager
    def _scratch(self):
        with tempfile.TemporaryDirectory() as scratch:
            run("mount", "-o", "loop", self.image, scratch)
            try:
                yield Path(scratch)
            finally:
                unmount(scratch)

    def __enter__(self):
        with self._stopped():
            if self.folder.is_mount():  # of a run that was cut off
                self._move_out()
            self._move_in()
        return self

    def __exit__(self, *_):
        self.make_room()
        with self._stopped():
            self._move_out()

    def _move_in(self):
        IMAGES.mkdir(exist_ok=True)
        used = int(subprocess.run(["du", "-sm", self.folder], check=True, text=True, stdout=subprocess.PIPE).stdout.split()[0])
        run("truncate", "-s", f"{used * 5 // 4 + self.spare}M", self.image)
        # as many inodes as small mails want, and no part kept for root
        run("mkfs.ext4", "-q", "-F", "-m", "0", "-i", "4096", self.image)
        with self._scratch() as scratch:
            run("cp", "-a", f"{self.folder}/.", scratch)
            for change in ("chown", "chmod"):
                run(change, f"--reference={self.folder}", scratch)
        run("mount", "-o", "loop", self.image, self.folder)

    def _move_out(self):
        unmount(self.folder)
        with self._scratch() as scratch:
            run("find", self.folder, "-mindepth", "1", "-delete")
            run("cp", "-a", f"{scratch}/.", self.folder)
        with suppress(FileNotFoundError):
            (self.folder / "lost+found").rmdir()
        self.image.unlink()

    def fill(self):
        """To the last block."""
        with (self.folder / BALLAST).open("wb", buffering=0) as file:
            with suppress(OSError):
                os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(self.folder).free - 4 * 1024 * 1024)
            file.seek(0, os.SEEK_END)
            try:
                while True:
                    file.write(BLOCK)
            except OSError as e:
                assert e.errno == errno.ENOSPC, e

    def make_room(self):
        (self.folder / BALLAST).unlink(missing_ok=True)
