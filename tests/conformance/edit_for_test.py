# SPDX-License-Identifier: LGPL-2.1-or-later
"""edit --for: streams that real QEMUs refused become such that nothing is found against. usage: edit_for_test.py
QEMBER DIRECTORY LIST"""
import os
import subprocess
import sys
import tempfile

from samples import unpacked

qember, directory, pairs = sys.argv[1:]


def run(*words):
    return subprocess.run([qember, *words], capture_output=True, text=True, timeout=60)


wrong = 0
with tempfile.TemporaryDirectory() as scratch, open(pairs, encoding="utf-8") as lines:
    for line in lines:
        if line.startswith("#"):
            continue
        here, there, *allowed = line.split()
        source, target = unpacked(directory, here, scratch), unpacked(directory, there, scratch)
        out = os.path.join(scratch, "out")
        allow = [word for kind in allowed for word in ("--allow", kind)]
        refused = run("preflight", source, "--against", target).returncode
        said = run("edit", source, "--for", target, "-o", out, *allow)
        sound = run("check", out).returncode
        if refused != 1 or said.returncode != 0 or sound != 0:
            wrong += 1
            print(f"{here} for {there}: preflight {refused}, edit {said.returncode}, check {sound}\n{said.stdout}{said.stderr}")
        # The lines say the same as options.
        options = [word for line in said.stdout.splitlines() if line.startswith("edit ") for word in line.split()[1:]]
        again = run("edit", source, "-o", out + "2", *(word.strip("'") for word in options))
        if again.returncode != 0 or open(out, "rb").read() != open(out + "2", "rb").read():
            wrong += 1
            print(f"{here} for {there}: {options} make another stream: {again.stderr}")
sys.exit(wrong != 0)
