# SPDX-License-Identifier: LGPL-2.1-or-later
"""preflight beside real QEMUs: what it says of a pair of machines, and what becomes of the load.

usage: preflight_matrix.py QEMBER CASES SAMPLES DIRECTORY...

Each DIRECTORY has the programs of one version of QEMU. CASES is preflight_matrix.txt; SAMPLES is a directory of real
streams, or one that is not there. A version that CASES does not know takes the place of 7 if there is none. Prints a table, and exits with 1 where preflight finds nothing and QEMU refuses what
streams tell, where it is certain and QEMU loads, or where QEMU says something else than preflight."""
import concurrent.futures
import json
import lzma
import os
import re
import select
import subprocess
import sys
import tempfile
import threading
import time

MACHINE = ["-M", "pc-i440fx-7.2", "-m", "8"]
DEADLINE = 60


class Refused(Exception):
    pass


class Qemu:
    """A process of QEMU that is asked over its standard input and output."""

    def __init__(self, program, arguments, scratch):
        self.errors = tempfile.TemporaryFile(dir=scratch)
        command = [program, "-nodefaults", "-display", "none", "-qmp", "stdio", *arguments]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors,
                                        bufsize=0)
        self.rest = b""
        self.deadline = time.monotonic() + DEADLINE
        self.line()
        self.ask("qmp_capabilities")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
        self.errors.close()

    def said(self):
        self.errors.seek(0)
        return self.errors.read().decode(errors="replace")

    def line(self):
        while b"\n" not in self.rest:
            if not select.select([self.process.stdout], [], [], max(0, self.deadline - time.monotonic()))[0]:
                raise TimeoutError(f"{self.process.args} says nothing")
            more = os.read(self.process.stdout.fileno(), 65536)
            if not more:
                self.process.wait()
                raise Refused(self.said())
            self.rest += more
        text, self.rest = self.rest.split(b"\n", 1)
        return json.loads(text)

    def ask(self, command, **arguments):
        try:
            self.process.stdin.write(json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")
        except BrokenPipeError:
            self.process.wait()
            raise Refused(self.said()) from None
        while True:
            answer = self.line()
            if "error" in answer:
                raise RuntimeError(f"{command}: {answer['error']}")
            if "return" in answer:
                return answer["return"]

    def wait(self, command, is_done):
        while not is_done(answer := self.ask(command)):
            time.sleep(0.02)
        return answer

    def set_capabilities(self, names):
        self.ask("migrate-set-capabilities", capabilities=[{"capability": name, "state": True} for name in names])

    def save(self, path):
        self.ask("migrate", uri=f"exec:cat > {path}")
        ended = self.wait("query-migrate", lambda answer: answer.get("status") in ("completed", "failed"))
        if ended["status"] != "completed":
            raise RuntimeError(f"{self.process.args}: {ended}: {self.said()}")

    def run_guest(self):
        def counts():
            return int(self.ask("human-monitor-command", **{"command-line": "xp /1wx 0x8000"}).split()[1], 16)

        def has_counted():
            before = counts()
            time.sleep(0.05)
            return 0x1000 < before < counts()

        while not has_counted():
            pass
        self.ask("stop")


class Machine:
    def __init__(self, kind, name, words):
        self.kind, self.name, self.words = kind, name, words
        self.lock = threading.Lock()

    def arguments(self, files):
        words = [word.format(**files) for word in self.words if word[0] not in "+/" and word != "aarch64"]
        return MACHINE + words

    def capabilities(self):
        return [word[1:] for word in self.words if word.startswith("+") and word != "+virtio"]


class Matrix:
    def __init__(self, qember, cases, samples, directories, scratch):
        self.qember, self.samples, self.scratch = qember, samples, scratch
        self.machines, self.pairs, self.streams = {}, [], {}
        self.programs = dict(map(self.program, directories))
        others = [version for version in self.programs if version not in ("7", "10", "11")]
        if others and "7" not in self.programs:
            self.programs["7"] = self.programs[others[0]]
        self.files = {name: os.path.join(scratch, name) for name in ("rom", "boot", "disk")}
        with open(self.files["rom"], "wb") as rom:
            rom.truncate(512 << 10)
        self.assemble(os.path.join(os.path.dirname(__file__), "../guest/virtio_boot.S"))
        with open(cases, encoding="utf-8") as lines:
            for line in lines:
                if line.strip() and not line.startswith("#"):
                    self.add(line.rstrip("\n").split(" "))
        self.pairs = [pair for pair in self.pairs
                      if self.is_possible(pair[0], pair[2]) and self.is_possible(pair[1], pair[3])]

    def is_possible(self, name, version):
        """Whether the files are there without which a machine, or the one that it is made of, is left out."""
        machine = self.machines[name]
        if machine.kind in ("edit", "bytes"):
            return self.is_possible(machine.words[0], version)
        files = [word for word in machine.words if word[0] == "/"] + [self.executable(machine, version)]
        if machine.kind == "sample":
            files = [os.path.join(self.samples, machine.words[0])]
        return all(os.access(file, os.R_OK) for file in files)

    @staticmethod
    def program(directory):
        text = subprocess.run([os.path.join(directory, "qemu-system-x86_64"), "--version"], capture_output=True,
                              text=True, check=True, timeout=DEADLINE).stdout
        return re.search(r"version (\d+)", text)[1], (directory, re.search(r"version ([\d.]+)", text)[1])

    def assemble(self, source):
        made = self.files["boot"] + ".o"
        subprocess.run(["as", "--32", source, "-o", made], check=True)
        subprocess.run(["ld", "-m", "elf_i386", "-Ttext", "0x7c00", "--oformat", "binary", "-e", "_start", made, "-o",
                        self.files["boot"]], check=True)
        os.truncate(self.files["boot"], 1474560)

    def add(self, words):
        if words[0] == "pair":
            versions = [each.split(":") for each in words[3].split(",")]
            self.pairs += [(words[1], words[2], *each, " ".join(words[4:])) for each in versions
                           if all(version in self.programs for version in each)]
        else:
            self.machines[words[1]] = Machine(words[0], words[1], words[2:])

    def executable(self, machine, version):
        target = "aarch64" if "aarch64" in machine.words else "x86_64"
        return os.path.join(self.programs[version][0], "qemu-system-" + target)

    def start(self, machine, version, *more):
        arguments = machine.arguments(self.files) + list(more)
        qemu = Qemu(self.executable(machine, version), arguments, self.scratch)
        qemu.set_capabilities(machine.capabilities())
        return qemu

    def stream(self, name, version, is_target=False):
        """The path of what that machine saves; as a target, with -S."""
        machine = self.machines[name]
        kind = "fresh" if is_target else machine.kind
        path = os.path.join(self.scratch, f"{name}-{version}-{kind}")
        with machine.lock:
            if not os.path.exists(path):
                getattr(self, "make_" + kind)(machine, version, path)
        return path

    def make_fresh(self, machine, version, path):
        with self.start(machine, version, "-S") as qemu:
            # From version 11 on it ends with a failed assertion at this command.
            if version != "11" and "+virtio" in machine.words:
                with open(path + ".virtio", "w", encoding="utf-8") as out:
                    for device in qemu.ask("x-query-virtio"):
                        print(json.dumps({"return": qemu.ask("x-query-virtio-status", path=device["path"])}), file=out)
            qemu.save(path + ".part")
        os.rename(path + ".part", path)

    def make_guest(self, machine, version, path):
        floppy = ["-drive", f"file={self.files['boot']},format=raw,if=floppy,readonly=on", "-boot", "a"]
        with self.start(machine, version, *floppy) as qemu:
            qemu.run_guest()
            qemu.save(path + ".part")
        os.rename(path + ".part", path)

    def make_sample(self, machine, _, path):
        with lzma.open(os.path.join(self.samples, machine.words[0])) as packed, open(path, "wb") as out:
            out.write(packed.read())

    def make_edit(self, machine, version, path):
        source = self.stream(machine.words[0], version)
        subprocess.run([self.qember, "edit", source, "-o", path, *machine.words[1:]], check=True, timeout=DEADLINE)

    def make_bytes(self, machine, version, path):
        old, new = (word.encode().decode("unicode_escape").encode("latin-1") for word in machine.words[1:])
        with open(self.stream(machine.words[0], version), "rb") as source:
            whole = source.read()
        if old not in whole:
            raise RuntimeError(f"{machine.name}: {old} is not in the stream")
        with open(path, "wb") as out:
            out.write(whole.replace(old, new))

    def load(self, name, version, path):
        """What QEMU says as it refuses, or an empty text."""
        with self.start(self.machines[name], version, "-S", "-incoming", "defer") as qemu:
            try:
                qemu.ask("migrate-incoming", uri=f"exec:cat {path}")
                qemu.wait("query-status", lambda answer: answer["status"] != "inmigrate")
                return ""
            except Refused as refused:
                return str(refused)

    def preflight(self, path, target, version, virtio):
        options = ["--against", target, "--target-qemu", self.programs[version][1]]
        if virtio:
            options += ["--virtio", virtio]
        ran = subprocess.run([self.qember, "preflight", "--json", path, *options], capture_output=True, text=True,
                             timeout=DEADLINE)
        found = json.loads(ran.stdout)["obstacles"] if ran.returncode in (0, 1, 5) and ran.stdout else []
        return ran.returncode, found, ran.stderr

    def try_pair(self, pair):
        here, there, source, version, _ = pair
        path = self.stream(here, source)
        target = self.stream(there, version, is_target=True)
        virtio = target + ".virtio"
        code, found, errors = self.preflight(path, target, version, virtio if os.path.exists(virtio) else None)
        said = self.load(there, version, path)
        return Row(pair, code, found, errors, said)

    def run(self):
        def attempt(pair):
            try:
                return self.try_pair(pair)
            except (OSError, Refused, RuntimeError, subprocess.SubprocessError) as error:
                return Row(pair, None, [], str(error), "")

        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            return list(pool.map(attempt, self.pairs))


class Row:
    def __init__(self, pair, code, found, errors, said):
        self.pair, self.code, self.found, self.errors, self.said = pair, code, found, errors, said
        self.certain = [each for each in found if each["certainty"] == "certain"]
        # What preflight cannot read it judges no further, with an exit that the list has.
        exits = re.match(r"exit (\d) ", pair[4])
        self.exit = exits and int(exits[1])

    def names_it(self, obstacle):
        """QEMU says what preflight said that it would; it may end in what the stream does not tell."""
        text = obstacle["qemu"].removesuffix("...").strip()
        return bool(text) and text in self.said

    def is_listed(self):
        """What refuses is of a device of which preflight says that the streams do not tell."""
        return any(each["certainty"] == "untold" and each["where"].split("/0:")[0].split("/")[-1] in self.said
                   for each in self.found)

    def cause(self):
        lines = [line.split(": ", 1)[-1] for line in self.said.splitlines() if "warning" not in line]
        return lines[0] if lines else "loads"

    def fault(self):
        expected = self.pair[4].removeprefix(f"exit {self.exit} ")
        kinds = expected.split("|")
        if not (any(kind != "loads" and kind in self.said for kind in kinds) or (not self.said and "loads" in kinds)):
            return "QEMU says something else than the list"
        if self.exit is not None:
            return "" if self.code == self.exit else f"exit {self.code}, not {self.exit}"
        if self.code not in (0, 1, 5):
            return f"exit {self.code}"
        if not self.said:
            return "it loads" if self.code == 1 else ""
        if self.code == 0:
            return "" if self.is_listed() else "it is refused"
        first = [each for each in self.found if each["certainty"] in ("certain", "likely")]
        if first and not self.names_it(first[0]):
            return "QEMU names it otherwise"
        return ""


def main():
    qember, cases, samples, *directories = sys.argv[1:]
    with tempfile.TemporaryDirectory() as scratch:
        rows = Matrix(qember, cases, samples, directories, scratch).run()
    wrong = 0
    for row in rows:
        here, there, source, target, _ = row.pair
        fault = row.fault()
        wrong += bool(fault)
        print(f"{here:14} {source:>3} -> {there:12} {target:>3}  {row.code}  {row.cause()[:90]}")
        if fault:
            print(f"    {fault}: {row.errors}")
            for each in row.found:
                print(f"      {each['certainty']} {each['where']}: {each['what']} [{each['qemu']}]")
            print("      " + row.said.replace("\n", "\n      "))
    print(f"{len(rows) - wrong} passed, {wrong} failed")
    return wrong != 0 or not rows


if __name__ == "__main__":
    sys.exit(main())
