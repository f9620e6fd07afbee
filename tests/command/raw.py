#!/usr/bin/env python3
"""Writes into a store's log what the command would never write.

usage: raw.py FOLDER/NAME put KEY VALUE | delete KEY
       raw.py FOLDER/NAME end               (prints where the log ends)
       raw.py FOLDER/NAME log               (prints the log's path)
       raw.py FOLDER/NAME amid KEY VALUE -- COMMAND...
By the bytes of doc/STATE.md, not by the programs' code. No program may have
the store open; the page is removed, so that the log is scanned. But amid does
as writers do: has their lock, waits until COMMAND waits for it, and then puts.
"""
import fcntl
import os
import struct
import subprocess
import sys
import time
from zlib import crc32

HEAD, RECORD = 64, 24


def present(store):
    logs = []
    for i in range(3):
        try:
            with open(f"{store}.log{i}", "rb") as file:
                head = file.read(HEAD)
        except FileNotFoundError:
            continue
        epoch, salt = struct.unpack_from("<QQ", head, 8)
        logs.append((epoch, salt, f"{store}.log{i}"))
    return max(logs)


def end_of(data):
    at = HEAD
    while at + RECORD <= len(data):
        size = struct.unpack_from("<I", data, at + 8)[0]
        if size == 0:
            break
        at += size
    return at


def record(salt, at, key, value):
    sealed = b""
    if value is not None:
        sealed = struct.pack("<BQ", 1, 0) + value
        sealed += struct.pack("<I", crc32(sealed, crc32(key)))
    item = struct.pack("<HBBI", len(key), 2 if value is None else 1, 0, len(sealed)) + key
    size = (RECORD + len(item) + len(sealed) + 7) & ~7
    head = struct.pack("<IIHHQ", crc32(sealed), size, 1, 0, HEAD)
    crc = crc32(item, crc32(head, crc32(struct.pack("<QQ", salt, at))))
    return (struct.pack("<I", crc) + head + item + sealed).ljust(size, b"\0")


def append(log, salt, at, key, value):
    written = record(salt, at, key, value)
    log.seek(at)
    log.write(written)
    log.flush()
    return at + len(written)


def is_waited_for(ctl):
    """Whether somebody has the turn: he waits for the flock."""
    lock = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 1, 0)
    found = fcntl.fcntl(ctl, F_OFD_GETLK, lock)
    return struct.unpack("hhqqi4x", found)[0] != fcntl.F_UNLCK


def amid(store, key, value, command):
    """As a writer: with the flock, appends and publishes."""
    with open(f"{store}.ctl", "r+b", buffering=0) as ctl:
        fcntl.flock(ctl, fcntl.LOCK_EX)
        process = subprocess.Popen(command)
        end = time.monotonic() + 10
        while not is_waited_for(ctl):
            if process.poll() is not None or time.monotonic() > end:
                sys.exit("the command never waited for its turn")
            time.sleep(0.001)
        state = struct.unpack("Q", os.pread(ctl.fileno(), 8, 8))[0]
        epoch, salt, path = present(store)
        assert epoch == state >> 40
        with open(path, "r+b") as log:
            to = append(log, salt, state & (1 << 40) - 1, key, value)
        os.pwrite(ctl.fileno(), struct.pack("Q", epoch << 40 | to), 8)
        fcntl.flock(ctl, fcntl.LOCK_UN)
        sys.exit(process.wait())


F_OFD_GETLK = 36  # fcntl has no name for it in older versions
store, action, *words = sys.argv[1:]
if action == "amid":
    amid(store, words[0].encode(), words[1].encode(), words[3:])
epoch, salt, path = present(store)
with open(path, "r+b") as log:
    at = end_of(log.read())
    if action == "end":
        print(at)
    elif action == "log":
        print(path)
    else:
        value = words[1].encode() if action == "put" else None
        append(log, salt, at, words[0].encode(), value)
        if os.path.exists(f"{store}.ctl"):
            os.remove(f"{store}.ctl")
