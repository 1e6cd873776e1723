# SPDX-License-Identifier: LGPL-2.1-or-later
"""preflight of streams that real QEMUs refused, or took. usage: preflight_test.py QEMBER DIRECTORY LIST"""
import json
import os
import subprocess
import sys
import tempfile

from samples import unpacked

qember, directory, pairs = sys.argv[1:]


def preflight(source, target):
    ran = subprocess.run([qember, "preflight", "--json", source, "--against", target], capture_output=True,
                         timeout=60)
    return ran.returncode, json.loads(ran.stdout)["obstacles"]


def is_mendable(obstacle):
    return obstacle["certainty"] == "certain" and obstacle["edits"] and all(
        each["safety"] != "unsafe" for each in obstacle["edits"])


def left_after_edits(source, target, obstacles, scratch):
    """Of the obstacles that say which edits mend them, those that are still there when these were made."""
    mendable = [each for each in obstacles if is_mendable(each)]
    script = "".join(json.dumps(each["edit"]) + "\n" for obstacle in mendable for each in obstacle["edits"])
    if not script:
        return []
    mended = os.path.join(scratch, "mended")
    subprocess.run([qember, "edit", source, "--script", "-", "-o", mended, "--force"], input=script.encode(),
                   check=True, timeout=60)
    places = {each["where"] for each in mendable}
    return [each["where"] for each in preflight(mended, target)[1] if each["where"] in places
            and each["certainty"] == "certain"]


wrong = 0
mended = 0
with tempfile.TemporaryDirectory() as scratch, open(pairs, encoding="utf-8") as lines:
    for line in lines:
        if line.startswith("#"):
            continue
        here, there, code, *message = line.rstrip("\n").split(" ", 3)
        source, target = unpacked(directory, here, scratch), unpacked(directory, there, scratch)
        found, obstacles = preflight(source, target)
        said = [each["qemu"] for each in obstacles if each["certainty"] == "certain"]
        if found != int(code) or (message and not any(text.startswith(message[0]) for text in said)):
            wrong += 1
            print(f"{here} against {there}: exit {found}, {said}, not {code} {message}")
        left = left_after_edits(source, target, obstacles, scratch)
        if left:
            wrong += 1
            print(f"{here} against {there}: edits do not mend {left}")
        mended += any(map(is_mendable, obstacles))
print(f"{mended} pairs mended by what preflight says")
sys.exit(wrong != 0 or mended == 0)
