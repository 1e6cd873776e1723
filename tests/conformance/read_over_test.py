# SPDX-License-Identifier: LGPL-2.1-or-later
"""What says that it may be read over, between all sections of a stream, changes nothing but where they are.

    read_over_test.py QEMBER DRAFT_READER STREAM
"""
import json
import os
import subprocess
import sys
import tempfile

def tlv(identifier, *contents):
    inside = b"".join(contents)
    return bytes.fromhex(identifier) + bytes([len(inside)]) + inside


def qember(kind, contents):
    return tlv("7f8f53", tlv("0c", b"qember"), tlv("02", b"\0"), tlv("02", kind), tlv("02", b"\1"), contents, tlv("5fd345"))


HEAD = bytes.fromhex("7fcdc55180 020103 3080")
# A section `qember` and a key in a note, each with bit 31.
OPTIONAL = bytes.fromhex("008000002a")
SECTION = qember(OPTIONAL, tlv("04", b"any"))
NOTE = qember(b"\0", tlv("30", tlv("02", OPTIONAL), tlv("30", tlv("01", b"\xff"), tlv("7fd34c"))))
# Alternatives of `Sections` that the schema does not have.
PRIVATE = tlv("c1", b"any") + bytes.fromhex("ff8f53 80 020100 3080 0401aa 0000 0000")


def end_of(ber, at):
    """Where the TLV at `at` ends."""
    open_ends = []
    while True:
        first = ber[at]
        at += 1
        if first & 0x1F == 0x1F:
            while ber[at] & 0x80:
                at += 1
            at += 1
        length = ber[at]
        at += 1
        if length > 0x80:
            size = length & 0x7F
            length = int.from_bytes(ber[at:at + size], "big")
            at += size
            at += length
        elif length == 0x80:
            open_ends.append(None)
            continue
        else:
            at += length
            if first == 0 and length == 0:
                open_ends.pop()
        if not open_ends:
            return at


def between_sections(ber, more):
    assert ber.startswith(HEAD)
    at = len(HEAD)
    result = [HEAD, more]
    while ber[at:at + 2] != b"\0\0":
        end = end_of(ber, at)
        result += [ber[at:end], more]
        at = end
    return b"".join(result) + ber[at:]


def run(*arguments):
    done = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=600, check=False)
    return done.returncode, done.stdout


def main(command, draft_reader, stream, directory):
    for name in ("plain", "other"):
        os.mkdir(os.path.join(directory, name))
    # Of one name, since outputs have it.
    plain, other = (os.path.join(directory, name, "vm.ber") for name in ("plain", "other"))
    back = os.path.join(directory, "back")
    subprocess.run([command, "encode", stream, "-o", plain], check=True)
    with open(plain, "rb") as file:
        ber = file.read()
    with open(stream, "rb") as file:
        native = file.read()
    drafts = json.loads(run(draft_reader, plain)[1])
    for more in (SECTION, NOTE, PRIVATE, PRIVATE + NOTE + SECTION + PRIVATE):
        with open(other, "wb") as file:
            file.write(between_sections(ber, more))
        subprocess.run([command, "decode", other, "-o", back, "--force"], check=True)
        with open(back, "rb") as file:
            assert file.read() == native, f"decode, with {more.hex()}"
        for verb in (["check"], ["show"], ["map"]):
            expected, found = (run(command, *verb, path) for path in (plain, other))
            assert found == expected, f"{verb}, with {more.hex()}: {found}"
        expected, found = (json.loads(run(command, "info", "--json", path)[1]) for path in (plain, other))
        sizes, others = expected.pop("bytes"), found.pop("bytes")
        assert others["in"] == os.path.getsize(other) and others["ram"] == sizes["ram"], others
        assert found == expected, f"info, with {more.hex()}: {found}, not {expected}"

        code, said = run(draft_reader, other)
        if PRIVATE in more:
            assert code == 1, "the draft's reader has no such alternative"
            continue
        counts = json.loads(said)
        for same in ("full_bytes", "xbzrle_bytes", "blocks", "other_complaint"):
            assert counts[same] == drafts[same], same
        assert counts["annotations"] > drafts["annotations"]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        main(*sys.argv[1:], scratch)
