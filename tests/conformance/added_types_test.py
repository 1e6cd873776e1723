# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compilers that share no code with the library read streams by a schema that adds types to the library's own.

    added_types_test.py asn1c COMPILER CC SCHEMA STREAM...
    added_types_test.py erlang COMPILER SCHEMA STREAM...

Their reader for SCHEMA decodes each STREAM and encodes it again, in DER: that is the stream, byte for byte, with
lengths that are definite.
"""
import os
import shutil
import subprocess
import sys
import tempfile

from read_over_test import end_of

HERE = os.path.dirname(os.path.realpath(__file__))


def header(ber, at):
    """Whether the TLV at `at` is constructed, where its length is, and where its contents are."""
    first = ber[at]
    length = at + 1
    if first & 0x1F == 0x1F:
        while ber[length] & 0x80:
            length += 1
        length += 1
    more = ber[length] & 0x7F if ber[length] > 0x80 else 0
    return bool(first & 0x20), length, length + 1 + more


def with_length(tag, contents):
    size = len(contents)
    if size < 0x80:
        return tag + bytes([size]) + contents
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return tag + bytes([0x80 | len(length)]) + length + contents


def definite(ber, at):
    """The TLV at `at` with definite lengths, and where it ends."""
    constructed, length, inside = header(ber, at)
    end = None  # where no end-of-contents says it
    if ber[length] < 0x80:
        end = inside + ber[length]
    elif ber[length] > 0x80:
        end = inside + int.from_bytes(ber[length + 1:inside], "big")
    if not constructed:
        return ber[at:end], end
    parts = []
    place = inside
    while place != end if end is not None else ber[place:place + 2] != b"\0\0":
        part, place = definite(ber, place)
        parts.append(part)
    return with_length(ber[at:length], b"".join(parts)), place + 2 if end is None else end


class Asn1c:
    def __init__(self, compiler, cc, schema):
        subprocess.run(["sh", os.path.join(HERE, "build_draft_reader.sh"), compiler, cc, schema,
                        os.path.join(HERE, "draft_reader.c"), os.path.abspath("asn1c")], check=True)

    def to_der(self, stream, der):
        said = subprocess.run(["asn1c/draft_reader", stream, der], check=True, stdout=subprocess.PIPE).stdout
        assert b'"other_complaint":""' in said, said


class Erlang:
    def __init__(self, compiler, schema):
        shutil.copy(schema, "Qemu.asn1")  # it wants the file named like the module
        subprocess.run([compiler, "-bber", "+der", "+undec_rest", "+noobj", "Qemu.asn1"], check=True)
        subprocess.run([compiler, "Qemu.erl", os.path.join(HERE, "ber_values.erl")], check=True)

    def to_der(self, stream, der):
        subprocess.run(["erl", "-noshell", "-pa", ".", "-eval", "ber_values:main(init:get_plain_arguments()), halt().",
                        "-extra", "der", stream, der], check=True)


def main(what, *arguments):
    taken = {"asn1c": 3, "erlang": 2}[what]
    reader = (Asn1c if what == "asn1c" else Erlang)(*arguments[:taken])
    for stream in arguments[taken:]:
        with open(stream, "rb") as file:
            ber = file.read()
        expected, end = definite(ber, 0)
        assert end == end_of(ber, 0) == len(ber)
        reader.to_der(stream, "der")
        with open("der", "rb") as file:
            assert file.read() == expected, f"{what} reads other values in {stream}"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        given = [os.path.abspath(each) if os.path.exists(each) else each for each in sys.argv[1:]]
        os.chdir(scratch)
        main(*given)
