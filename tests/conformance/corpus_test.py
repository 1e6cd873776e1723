# SPDX-License-Identifier: LGPL-2.1-or-later
"""One real stream through the command, and its BER through a reader of the draft.

    corpus_test.py QEMBER DRAFT_READER STREAM
"""
import json
import lzma
import os
import subprocess
import sys
import tempfile

from native_census import Census

def run(*arguments, **options):
    return subprocess.run(arguments, check=True, timeout=600, **options)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def same(path, native, what):
    if read(path) != native:
        sys.exit(f"{what}: not the original bytes")


def through_pipes(qember, verb, source, target):
    with open(target, "wb") as out:
        cat = subprocess.Popen(["cat", source], stdout=subprocess.PIPE)
        second = subprocess.Popen([qember, verb], stdin=cat.stdout, stdout=subprocess.PIPE)
        cat.stdout.close()
        run("cat", stdin=second.stdout, stdout=out)
        assert second.wait() == 0 and cat.wait() == 0


def expect(what, found, wanted):
    if found != wanted:
        sys.exit(f"{what}: {found}, not {wanted}")


def main(qember, draft_reader, stream, directory):
    name = os.path.basename(stream)
    native = lzma.open(stream).read() if stream.endswith(".xz") else read(stream)
    paths = {each: os.path.join(directory, each) for each in ("native", "ber", "der", "draft.der", "pipe", "back")}
    with open(paths["native"], "wb") as file:
        file.write(native)

    run(qember, "encode", paths["native"], "-o", paths["ber"])
    # A main channel of multifd is sound, and has no RAM.
    checked = subprocess.run([qember, "check", paths["native"], paths["ber"]], timeout=600, stdout=subprocess.DEVNULL)
    assert checked.returncode == (4 if "multifd" in name else 0), checked
    run(qember, "decode", paths["ber"], "-o", paths["back"])
    same(paths["back"], native, "decode")
    ber = read(paths["ber"])

    # The same from a pipe; DER; and what the reader of the draft makes of either.
    through_pipes(qember, "encode", paths["native"], paths["pipe"])
    same(paths["pipe"], ber, "encode in a pipe")
    through_pipes(qember, "decode", paths["ber"], paths["pipe"])
    same(paths["pipe"], native, "decode in a pipe")
    run(qember, "encode", "--der", paths["native"], "-o", paths["der"])
    run(qember, "decode", paths["der"], "-o", paths["back"])
    same(paths["back"], native, "decode of DER")
    counts = json.loads(run(draft_reader, paths["ber"], paths["draft.der"], stdout=subprocess.PIPE).stdout)
    same(paths["draft.der"], read(paths["der"]), "DER")
    run(qember, "decode", paths["draft.der"], "-o", paths["back"])
    same(paths["back"], native, "decode of the draft's DER")

    # The draft finds what the native stream has.
    census = Census(native)
    expect("constraints", counts["other_complaint"], "")
    expect("pages", counts["full_bytes"], census.full_bytes)
    expect("deltas", counts["xbzrle_bytes"], census.xbzrle_bytes)
    if census.page_size == 4096:
        expect("complaints about the page size", counts["page_size_complaints"], 0)
    with_pages = {name.decode(): each for name, each in census.blocks.items() if any(each.values())}
    expect("page records", counts["blocks"], with_pages)

    # No byte of RAM is in a blob, and no byte of a device is in a blob and in values.
    info = json.loads(run(qember, "info", "--json", paths["native"], stdout=subprocess.PIPE).stdout)
    most = len(native) - census.record_bytes + census.compressed_bytes - info["device_bytes"]["typed"]
    if counts["oldblob_bytes"] > most:
        sys.exit(f"blobs: {counts['oldblob_bytes']} bytes, of {most} that are neither RAM nor values")
    # What RAM costs beyond its contents: 21 bytes of BER for a page, 10 for one of zeros.
    records = sum(sum(each.values()) for each in census.blocks.values())
    payload = census.full_bytes + census.xbzrle_bytes
    rest = len(native) - census.record_bytes
    most = payload + 21 * records + 4 * rest + 128 * census.sections
    if len(ber) > most:
        sys.exit(f"size: {len(ber)}, more than {most}")

    expect("sections that are not values", [each["name"] for each in info["sections"]["fallback"]],
           [])
    typed = info["device_bytes"]["typed"]
    untyped = info["device_bytes"]["untyped"]
    print(f"{name}: {len(native)} -> {len(ber)}, {records} pages, {typed} bytes of {typed + sum(untyped.values())} typed; "
          f"not: {untyped}; blobs {counts['oldblob_bytes']}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        main(*sys.argv[1:], scratch)
