#!/usr/bin/env python3
"""Writes into a store's log what the command would never write.

usage: raw.py FOLDER/NAME put KEY VALUE | delete KEY
       raw.py FOLDER/NAME end               (prints where the log ends)
       raw.py FOLDER/NAME log               (prints the log's path)
By the bytes of doc/STATE.md, not by the programs' code. No program may have
the store open; the page is removed, so that the log is scanned.
"""
import os
import struct
import sys
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


store, action, *words = sys.argv[1:]
epoch, salt, path = present(store)
with open(path, "r+b") as log:
    at = end_of(log.read())
    if action == "end":
        print(at)
    elif action == "log":
        print(path)
    else:
        value = words[1].encode() if action == "put" else None
        log.seek(at)
        log.write(record(salt, at, words[0].encode(), value))
        if os.path.exists(f"{store}.ctl"):
            os.remove(f"{store}.ctl")
