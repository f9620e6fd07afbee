#!/usr/bin/env python3
"""Runs a command at a terminal of its own and types one answer per prompt.

usage: terminal.py ANSWER... -- COMMAND...
Prints what the terminal showed; ends with the command's status. A prompt is
output that ends in a blank.
"""
import os
import pty
import select
import signal
import sys

at = sys.argv.index("--")
answers, command = sys.argv[1:at], sys.argv[at + 1:]
child, terminal = pty.fork()
if child == 0:
    os.execv(command[0], command)
shown = pending = b""
while True:
    ready, _, _ = select.select([terminal], [], [], 10)
    if not ready:
        os.kill(child, signal.SIGKILL)
        break
    try:
        part = os.read(terminal, 4096)
    except OSError:
        break
    if not part:
        break
    shown += part
    pending += part
    if answers and pending.endswith(b" "):
        os.write(terminal, answers.pop(0).encode() + b"\n")
        pending = b""
sys.stdout.write(shown.decode())
_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status))
