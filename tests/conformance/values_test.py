# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every value of every device, as a reader of BER finds it, against the native stream.

    values_test.py QEMBER BER_JSON STREAM [ANALYZE_MIGRATION]

The values go by the description, field by field, and must be the bytes of the native section. With QEMU's own
scripts/analyze-migration.py (from its source package), what that prints for each field must be the same too. Buffers with
a layout, and sections known by their name, are left to the tests of layouts: here any bytes of their size will do.
"""
import json
import lzma
import os
import re
import subprocess
import sys
import tempfile

SIGNED = re.compile(r"int\d+( equal| le)?$|timer$")


def objects(pairs):
    """A JSON object as the list of its pairs: in a description keys repeat."""
    return Object(pairs)


class Object(list):
    def all(self, key):
        return [value for name, value in self if name == key]

    def get(self, key, default=None):
        return (self.all(key) or [default])[0]

    def groups(self):
        """The structures in a field, each with its fields and subsections."""
        nested = self.get("struct")
        pairs = nested if nested is not None else self
        groups = []
        for name, value in pairs:
            if name == "vmsd_name":
                groups.append(Object())
            if groups and name in ("vmsd_name", "version", "fields", "subsections"):
                groups[-1].append((name, value))
        return groups


HOLE = os.urandom(16)  # stands for a buffer, before its size in 8 bytes


def pattern(raw):
    first, *rest = raw.split(HOLE)
    return re.escape(first) + b"".join(
        b".{%d}" % int.from_bytes(each[:8], "big") + re.escape(each[8:]) for each in rest)


class Leaf:
    def __init__(self, raw):
        self.raw = raw

    def agrees(self, printed):
        if self.raw.startswith(HOLE):
            return True
        if isinstance(printed, bool):
            return bool(self.raw[0]) == printed
        if printed.startswith("0x"):
            return int(printed.split()[0], 16) == int.from_bytes(self.raw, "big")
        return bytes.fromhex(printed) == self.raw


class Struct(dict):
    """Fields by name, as analyze-migration.py has them: a later one of a name replaces the first."""
    raw = b""


class Device:
    """Takes the values of one device out of its `vmstateentries`."""

    def __init__(self, description, entries):
        self.leaves = 0
        self.state = self.structure(description, iter(entries))

    def structure(self, group, entries):
        state = Struct()
        for field in group.get("fields", []):
            value = self.field(field, entries)
            name = field.get("name")
            if field.get("index") is not None:
                state.setdefault(name, []).append(value)
            else:
                state[name] = value
            state.raw += b"".join(each.raw for each in value) if isinstance(value, list) else value.raw
        if group.get("subsections"):
            given = iter(next(entries)["subsecl"])
            for each in group.get("subsections"):
                one = next(given)
                name = each.get("vmsd_name")
                assert (one["name"], one["versionid"]) == (name, each.get("version"))
                inside = self.structure(each, iter(one["contents"]))
                state[name] = inside
                state.raw += b"\5" + bytes([len(name)]) + name.encode() + one["versionid"].to_bytes(4, "big") + inside.raw
            assert next(given, None) is None
        assert next(entries, None) is None
        return state

    def field(self, field, entries):
        if field.get("array_len") is None:
            return self.element(field, next(entries))
        elements = next(entries)["array"]
        assert len(elements) == field.get("array_len")
        return [self.element(field, each) for each in elements]

    def element(self, field, entry):
        kind, size = field.get("type"), field.get("size")
        if "array" in entry and kind == "bitmap":
            return self.leaf(b"".join(each["int"].to_bytes(8, "big") for each in entry["array"]))
        if "array" in entry and kind in ("qtailq", "qlist"):
            inside = [self.structure(group, iter(each["array"])) for group, each in zip(field.groups(), entry["array"])]
            assert len(inside) == len(field.groups())
            return self.leaf(b"".join(b"\1" + each.raw for each in inside) + b"\0")
        if "array" in entry and kind not in ("struct", "vstruct", "tmp"):
            return self.leaf(HOLE + size.to_bytes(8, "big"))
        if "array" in entry:
            inside = self.structure(field.groups()[0], iter(entry["array"]))
            return inside if kind == "struct" else self.leaf(inside.raw)
        if "int" in entry:
            signed = bool(SIGNED.match(kind)) and kind != "int64 equal" and kind != "int32_as_uint16"
            return self.leaf(entry["int"].to_bytes(size, "big", signed=signed))
        if "bool" in entry:
            pointer = kind in ("nullptr", "ptr-marker")
            return self.leaf(bytes([entry["bool"] + (0x30 if pointer else 0)]))
        raw = bytes.fromhex(entry["oldblob"])
        assert len(raw) == size, field
        return self.leaf(raw)

    def leaf(self, raw):
        self.leaves += 1
        return Leaf(raw)


def differences(ours, printed, path):
    if isinstance(ours, Struct):
        if sorted(ours) != sorted(printed):
            yield f"{path}: {sorted(ours)}, not {sorted(printed)}"
            return
        for name in ours:
            yield from differences(ours[name], printed[name], f"{path}.{name}")
    elif isinstance(ours, list):
        if len(ours) != len(printed):
            yield f"{path}: {len(ours)} elements, not {len(printed)}"
        for i, (one, other) in enumerate(zip(ours, printed)):
            yield from differences(one, other, f"{path}[{i}]")
    elif not ours.agrees(printed):
        yield f"{path}: {ours.raw.hex()}, not {printed}"


def description_of(native):
    """What follows the end mark: 06, a length, and as many bytes to the very end."""
    at = len(native)
    while True:
        at = native.rindex(b"\0\6", 0, at)
        if int.from_bytes(native[at + 2:at + 6], "big") == len(native) - at - 6:
            return native[at + 6:]


def is_known_note(section):
    """Whether it says that the next section's values are not by the description."""
    if section is None or (section["name"], section["instanceid"]) != ("qember", 0):
        return False
    entries = section["contents"]["vmstate"]["vmstateentries"]
    return {"int": 9} in entries[::2]


def output(*arguments):
    return subprocess.run(arguments, check=True, stdout=subprocess.PIPE, timeout=600).stdout


def main(scratch, qember, ber_json, stream, analyze=None):
    with (lzma.open if stream.endswith(".xz") else open)(stream, "rb") as file:
        native = file.read()
    plain, ber = os.path.join(scratch, "native"), os.path.join(scratch, "ber")
    with open(plain, "wb") as file:
        file.write(native)
    output(qember, "encode", plain, "-o", ber)

    description = json.loads(description_of(native), object_pairs_hook=objects)
    described = {(each.get("name"), each.get("instance_id") % 2**32): each for each in description.get("devices")}
    printed = json.loads(output(sys.executable, analyze, "-f", plain)) if analyze else None
    sections = leaves = 0
    known = False
    for top in json.loads(output(ber_json, ber))["top"]:
        section = top.get("full")
        known, follows_known = is_known_note(section), known
        if section is None or section["name"] == "qember" or "vmstate" not in section["contents"]:
            continue
        if follows_known:
            continue
        name, number = section["name"], section["sectionid"]
        device = Device(described[name, section["instanceid"]], section["contents"]["vmstate"]["vmstateentries"])
        whole = (b"\4" + number.to_bytes(4, "big") + bytes([len(name)]) + name.encode() + section["instanceid"].to_bytes(4, "big") +
                 section["versionid"].to_bytes(4, "big") + device.state.raw)
        if not re.search(pattern(whole), native, re.DOTALL):
            sys.exit(f"{name}: the values are not the native section")
        if printed is not None:
            for difference in differences(device.state, printed[f"{name} ({number})"], name):
                sys.exit(difference)
        sections += 1
        leaves += device.leaves
    if sections == 0:
        sys.exit("no device with values")
    print(f"{leaves} values of {sections} devices" + (", as analyze-migration.py prints them" if analyze else ""))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory:
        main(directory, *sys.argv[1:])
