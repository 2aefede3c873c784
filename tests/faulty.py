"""Faults that befall workers of tests: they import them from here."""

import os
import signal


def suffering(shared, job, deadline):
    """A window; the third that begins meets with a fault, or does so each time."""
    task, given, fault, folder = job
    if not hasattr(given, "units"):
        return task(shared, given, deadline)
    name, victim = given.units.tobytes().hex(), folder / "victim"
    with (folder / "begun").open("a") as file:
        file.write("x\n")
    if len((folder / "begun").read_text().split()) >= 3:
        try:
            os.close(os.open(victim, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            if fault == "twice" and victim.read_text() == name:
                harm(fault)
        else:
            victim.write_text(name)
            harm(fault)
    return task(shared, given, deadline)


def harm(fault):
    if fault == "memory":
        raise MemoryError
    os.kill(os.getpid(), signal.SIGSTOP if fault == "stop" else signal.SIGKILL)
