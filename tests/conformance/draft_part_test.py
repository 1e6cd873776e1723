# SPDX-License-Identifier: LGPL-2.1-or-later
"""Of a stream with devices in types that a schema adds, the draft's reader decodes all that comes before them.

    draft_part_test.py QEMBER DRAFT_READER STREAM SCHEMA PLAIN

STREAM is by SCHEMA, which has the types; PLAIN, by the library's own schema, is of the same VMM without such devices.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

from read_over_test import HEAD, end_of, run


def sections_before(ber, offset):
    """The stream with those sections alone that end before the byte at `offset`."""
    assert ber.startswith(HEAD)
    at = len(HEAD)
    while end_of(ber, at) <= offset:
        at = end_of(ber, at)
    return ber[:at] + bytes(4)


def info(command, stream, *options):
    return json.loads(subprocess.run([command, "info", "--json", stream, *options], check=True, stdout=subprocess.PIPE).stdout)


def check_counts(said, info):
    """The draft's reader finds no fault, and as many pages as we do in the whole stream."""
    counts = json.loads(said)
    ram = counts["blocks"]["ram"]
    pages = info["pages"]
    assert counts["other_complaint"] == "" and counts["page_size_complaints"] == 0, counts
    assert (ram["compr"], ram["fullpage"], ram["xbzrle"]) == (pages["zero"], pages["full"], pages["xbzrle"]), (counts, pages)
    assert ram["fullpage"] > 0


def main(command, draft_reader, stream, schema, plain, directory):
    code, said = run(draft_reader, plain)
    assert code == 0
    check_counts(said, info(command, plain))

    assert run(draft_reader, stream)[0] == 1, "the draft has the types that the schema adds"
    code, said = run(command, "check", stream)
    place = re.match(rb".*:(\d+): QemuFile\.top\[(\d+)\]\.full\.contents: expected one of ramblid, vmstate, oldblob, found \[0\]", said)
    assert code == 1 and place, said
    with open(stream, "rb") as file:
        part = sections_before(file.read(), int(place[1]))
    path = os.path.join(directory, "part.ber")
    with open(path, "wb") as file:
        file.write(part)
    code, said = run(draft_reader, path)
    assert code == 0 and json.loads(said)["sections"] == int(place[2]), said
    check_counts(said, info(command, stream, "--schema", schema))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        main(*sys.argv[1:], scratch)
