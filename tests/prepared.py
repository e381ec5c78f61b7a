"""Programs in processes of their own that find TensorFlow imported, which takes 3 s each time, but not started."""

import multiprocessing
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

CONTEXT = multiprocessing.get_context("forkserver" if hasattr(os, "fork") else "spawn")  # Windows imports anew
CONTEXT.set_forkserver_preload(["sklearn.base", "skseq.nn"])
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3"}  # read where TensorFlow is loaded: of kept code it logs errors that are none


def _run(code, arguments, environment, streams, folder):
    """What such a process does; it writes its two streams into files."""
    for number, path in enumerate(streams, start=1):
        os.dup2(os.open(path, os.O_WRONLY), number)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["-c", *map(str, arguments)]
    exec(code, {"__name__": "__main__"})


class Program:
    """A program that runs, with the methods of ``subprocess.Popen``; imports and ``sys.path`` are those of tests."""

    def __init__(self, code, *arguments, env=None, cwd="."):
        self._folder, self._told = TemporaryDirectory(), []
        self._streams = [Path(self._folder.name, name) for name in ("stdout", "stderr")]
        for path in self._streams:
            path.touch()
        given = (code, arguments, dict(env or os.environ), self._streams, os.path.abspath(cwd))
        self._process = CONTEXT.Process(target=_run, args=given)
        with mock.patch.dict(os.environ, QUIET):  # the first of them starts the process that the others are forked from
            self._process.start()

    def poll(self):
        return self._process.exitcode

    def send_signal(self, number):
        os.kill(self._process.pid, number)

    def wait(self):
        return self.communicate() and self.poll()

    def communicate(self):
        self._process.join()
        if not self._told:
            self._told = [path.read_text() for path in self._streams]
            self._folder.cleanup()
        return self._told


def printed(code, *arguments, **options):
    """What a program prints that comes to its end."""
    program = Program(code, *arguments, **options)
    output, errors = program.communicate()
    assert program.poll() == 0, errors
    return output
