# SPDX-License-Identifier: LGPL-2.1-or-later
"""preflight of streams that real QEMUs refused, or took. usage: preflight_test.py QEMBER DIRECTORY LIST"""
import json
import subprocess
import sys
import tempfile

from samples import unpacked

qember, directory, pairs = sys.argv[1:]

wrong = 0
with tempfile.TemporaryDirectory() as scratch, open(pairs, encoding="utf-8") as lines:
    for line in lines:
        if line.startswith("#"):
            continue
        here, there, code, *message = line.rstrip("\n").split(" ", 3)
        source, target = unpacked(directory, here, scratch), unpacked(directory, there, scratch)
        ran = subprocess.run([qember, "preflight", "--json", source, "--against", target], capture_output=True,
                             timeout=60)
        said = [each["qemu"] for each in json.loads(ran.stdout)["obstacles"] if each["certainty"] == "certain"]
        if ran.returncode != int(code) or (message and not any(text.startswith(message[0]) for text in said)):
            wrong += 1
            print(f"{here} against {there}: exit {ran.returncode}, {said}, not {code} {message}")
sys.exit(wrong != 0)
