"""Run one command and print what it cost, as one JSON object.

    python3 -I -S measure.py SECONDS STDOUT_FILE STDERR_FILE PROGRAM [ARGUMENT ...]

PROGRAM is a path. After SECONDS it is killed, with its whole process group.

This is a process of its own, and imports little, because Linux counts the memory of the process that
starts a program towards that program's peak. What this file needs, about 10 MB, is the least peak that can
be measured.
"""

import json
import os
import signal
import sys
import time

# `ru_maxrss` is in KiB on Linux.
MAXRSS_UNIT_BYTES = 1024


def start(command: list[str], stdout_file: str, stderr_file: str) -> int:
    """Start `command` in its own process group and return its process id."""
    write = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    return os.posix_spawn(
        command[0],
        command,
        os.environ,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, stdout_file, write, 0o644),
            (os.POSIX_SPAWN_OPEN, 2, stderr_file, write, 0o644),
        ],
        setpgroup=0,
    )


def measure(command: list[str], stdout_file: str, stderr_file: str, timeout_s: float) -> dict[str, float | bool]:
    """Run `command` to its end and return its cost, that of the processes it waited for included."""
    stopped = False
    started = time.perf_counter()
    pid = start(command, stdout_file, stderr_file)

    def stop(_signal: int, _frame: object) -> None:
        nonlocal stopped
        stopped = True
        os.killpg(pid, signal.SIGKILL)

    for number in (signal.SIGALRM, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    signal.setitimer(signal.ITIMER_REAL, timeout_s)
    _, status, usage = os.wait4(pid, 0)
    wall_s = time.perf_counter() - started
    signal.setitimer(signal.ITIMER_REAL, 0)
    return {
        "stopped": stopped,
        "exit_code": os.waitstatus_to_exitcode(status),
        "wall_s": wall_s,
        "user_s": usage.ru_utime,
        "system_s": usage.ru_stime,
        "peak_bytes": usage.ru_maxrss * MAXRSS_UNIT_BYTES,
    }


def main() -> None:
    """Measure the command line's command."""
    timeout_s, stdout_file, stderr_file, *command = sys.argv[1:]
    json.dump(measure(command, stdout_file, stderr_file, float(timeout_s)), sys.stdout)


if __name__ == "__main__":
    main()
