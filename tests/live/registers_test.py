#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""usage: registers_test.py QEMBER QEMU TARGET

What `qember regs` says of a saved machine is what `info registers` says of it, stopped. Each general register
gets a value of its own first, through QEMU's gdbstub.
"""
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

# Arguments, and the numbers that gdb has for registers that can hold anything.
MACHINES = {
    "x86_64": (["-M", "pc", "-m", "16", "-smp", "2"], range(0, 17)),
    "i386": (["-M", "pc", "-m", "16"], range(0, 9)),
    "aarch64": (["-M", "virt", "-cpu", "cortex-a57", "-m", "32", "-smp", "2"], range(0, 33)),
    "arm": (["-M", "virt", "-cpu", "cortex-a15", "-m", "32"], range(0, 15)),
    "riscv64": (["-M", "virt", "-bios", "none", "-m", "32"], range(1, 33)),
    "riscv32": (["-M", "virt", "-bios", "none", "-m", "32"], range(1, 33)),
    "s390x": (["-m", "32"], range(2, 18)),
    "ppc": (["-M", "g3beige", "-m", "32"], range(0, 32)),
    "ppc64": (["-M", "pseries", "-m", "256"], range(0, 32)),
    "mips": (["-M", "malta", "-m", "32"], range(1, 32)),
    "mips64": (["-M", "malta", "-m", "32", "-cpu", "MIPS64R2-generic"], range(1, 32)),
    "sparc": (["-m", "32"], range(1, 32)),
    "sparc64": (["-m", "64"], range(1, 32)),
    "m68k": (["-M", "virt", "-m", "32"], range(0, 16)),
    "alpha": (["-m", "32"], range(0, 31)),
    "loongarch64": (["-M", "virt", "-m", "1G"], range(1, 32)),
}

WIDE_TARGETS = {"mips64", "sparc64", "alpha", "loongarch64"}


class Qemu:
    def __init__(self, program, arguments, directory):
        self.paths = [os.path.join(directory, name) for name in ("qmp", "gdb")]
        # Without a disk some firmware turns the machine off.
        self.process = subprocess.Popen(
            [program, *arguments, "-nodefaults", "-display", "none", "-no-shutdown", "-S",
             "-qmp", f"unix:{self.paths[0]},server=on,wait=off",
             "-gdb", f"unix:{self.paths[1]},server=on,wait=off"],
            stdin=subprocess.DEVNULL)
        self.qmp = self.connect(self.paths[0]).makefile("rw")
        self.qmp.readline()
        self.command("qmp_capabilities")

    def connect(self, path):
        deadline = time.monotonic() + 30
        while True:
            end = socket.socket(socket.AF_UNIX)
            try:
                end.connect(path)
                end.settimeout(60)
                return end
            except OSError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise
                time.sleep(0.05)

    def command(self, name, **arguments):
        print(json.dumps({"execute": name, "arguments": arguments}), file=self.qmp, flush=True)
        while True:
            answer = json.loads(self.qmp.readline())
            if "error" in answer:
                raise RuntimeError(answer["error"]["desc"])
            if "return" in answer:
                return answer["return"]

    def monitor(self, line):
        return self.command("human-monitor-command", **{"command-line": line}).replace("\r", "")

    def save(self, path):
        self.command("migrate", uri=f"exec:cat > {path}")
        while (status := self.command("query-migrate")["status"]) != "completed":
            if status == "failed":
                raise RuntimeError("the migration failed")
            time.sleep(0.05)

    def end(self):
        self.process.kill()
        self.process.wait()


class Gdb:
    """The remote protocol of gdb, as far as registers go."""

    def __init__(self, end):
        self.end = end
        # The description of the target tells QEMU's numbers; asking for it makes them all known.
        self.ask("qSupported:xmlRegisters=i386,arm,mips,riscv")
        self.ask("qXfer:features:read:target.xml:0,ffb")

    def ask(self, text):
        self.end.sendall(f"${text}#{sum(text.encode()) & 0xff:02x}".encode())
        answer = b""
        while not re.search(rb"\$[^#]*#..$", answer, re.S):
            got = self.end.recv(4096)
            if not got:
                raise RuntimeError("no more of gdb's protocol")
            answer += got
        self.end.sendall(b"+")
        return answer[answer.index(b"$") + 1:-3].decode("latin-1")

    @staticmethod
    def value_of(number, digits):
        return "".join(f"{(number * 7 + byte * 16 + 5) & 0x7f:02x}" for byte in range(digits // 2))

    def give_each_its_own(self, numbers, size):
        """`size`: bytes of each register, where QEMU takes none but all together."""
        for number in numbers:
            digits = len(self.ask(f"p{number:x}"))
            if digits == 0 or self.ask(f"P{number:x}={self.value_of(number, digits)}") != "OK":
                return self.give_all(numbers, 2 * size)

    def give_all(self, numbers, digits):
        values = self.ask("g")
        for number in numbers:
            values = values[:number * digits] + self.value_of(number, digits) + values[(number + 1) * digits:]
        if self.ask(f"G{values}") != "OK":
            raise RuntimeError("registers are not written")


def each(pattern, text):
    return re.finditer(pattern, text, re.M)


def of_x86(text):
    found = {}
    for m in each(r"\b([ER][A-Z0-9]{1,2}|R\d\d|[CD]R\d|EFER|FCW|FSW|MXCSR)\s*=([0-9a-f]{4,16})\b", text):
        found[m[1].lower().replace("efl", "eflags").replace("rfl", "rflags")] = m[2]
    for m in each(r"^(ES|CS|SS|DS|FS|GS|LDT|TR) *=(\w{4}) (\w+) (\w+) (\w+)", text):
        found |= dict(zip((m[1].lower() + tail for tail in ("", "_base", "_limit", "_flags")), m.groups()[1:]))
    for m in each(r"^(GDT|IDT)= +(\w+) (\w+)", text):
        found |= {m[1].lower() + "_base": m[2], m[1].lower() + "_limit": m[3]}
    for m in each(r"FPR(\d)=(\w{16}) (\w{4})", text):
        found["fpr" + m[1]] = m[3] + m[2]
    for m in each(r"XMM(\d\d)=(\w{16}) (\w{16})", text):
        found[f"xmm{int(m[2 - 1])}"] = m[2] + m[3]
    return found


def of_aarch64(text):
    found = {}
    for m in each(r"\b(PC|X\d\d|SP|PSTATE)=(\w+)", text):
        found[re.sub(r"x0(\d)", r"x\1", m[1].lower())] = m[2]
    for m in each(r"\bQ(\d\d)=(\w{16}):(\w{16})", text):
        found[f"v{int(m[1])}"] = m[2] + m[3]
    return found


def of_arm(text):
    found = {f"r{int(m[1])}": m[2] for m in each(r"\bR(\d\d)=(\w{8})", text)}
    found["cpsr"] = re.search(r"PSR=(\w{8})", text)[1]
    halves = {int(m[1]): m[2] for m in each(r"\bd(\d\d)=(\w{16})", text)}
    found |= {f"q{i}": halves[2 * i + 1] + halves[2 * i] for i in range(len(halves) // 2)}
    return found


def of_riscv(text):
    known = r"\b(pc|mhartid|mstatus|mip|mie|mideleg|medeleg|[ms](?:tvec|epc|cause|tval|scratch)|satp|[xf]\d+)"
    return {m[1]: m[2] for m in each(known + r"(?:/\w+)?\s+([0-9a-f]{8,16})\b", text)}


def of_s390x(text):
    found = {"pswm": re.search(r"mask (\w+)", text)[1], "pswa": re.search(r"addr (\w+)", text)[1]}
    names = {"R": "r", "C": "cr", "F": "f"}
    return found | {f"{names[m[1]]}{int(m[2])}": m[3] for m in each(r"\b([RCF])(\d\d)=(\w{16})", text)}


def of_ppc(text):
    found = {m[1].lower(): m[2] for m in each(r"\b(NIP|LR|CTR|XER|MSR|CR|FPSCR|SRR[01]|PVR|SPRG[0-3]|DAR|DSISR) +"
                                              r"([0-9a-f]{8,16})\b", text)}
    for m in each(r"\b(GPR|FPR)(\d\d)((?: \w{16}){4})", text):
        for i, value in enumerate(m[3].split()):
            found[f"{'r' if m[1] == 'GPR' else 'f'}{int(m[2]) + i}"] = value
    return found


def of_mips(text):
    found = {m[1].lower(): m[2] for m in each(r"\b(pc|HI|LO)=0x(\w+)", text)}
    for m in each(r"GPR(\d\d):((?: \w\w \w{8,16}){4})", text):
        for i, value in enumerate(m[2].split()[1::2]):
            found[f"r{int(m[1]) + i}"] = value
    return found | {m[1].lower(): m[2] for m in each(r"\b(Status|Cause|EPC) +0x(\w+)", text)}


def of_sparc(text):
    found = {m[1]: m[2] for m in each(r"\b(pc|npc|psr|wim|y|fsr): (\w+)", text)}
    for m in each(r"^%([goli])0-7: (.*)$", text):
        found |= {m[1] + str(i): value for i, value in enumerate(m[2].split())}
    return found


def of_m68k(text):
    found = {m[1].lower(): m[2] for m in each(r"\b([DA]\d|PC) = (\w{8})", text)}
    if sr := re.search(r"SR = (\w{4})", text):
        found["sr"] = sr[1]
    for m in each(r"\bF(\d) = (\w{4}) (\w{16})", text):
        found["fp" + m[1]] = m[2] + m[3]
    return found


def of_alpha(text):
    names = "pc v0 [ts]\\d+ fp a\\d ra at gp sp f\\d+ fpcr".split()
    return {m[1].lower(): m[2] for m in each(rf"\b((?i:{'|'.join(names)}))\s+([0-9a-f]{{16}})\b", text)}


def of_loongarch(text):
    found = {m[1]: m[2] for m in each(r"\b(r\d+) (\w{16})", text)}
    named = (r"\b(PC|CRMD|PRMD|EUEN|ESTAT|ERA|BADV|BADI|EENTRY|PRCFG\d|TLB(?!REHI|RPRMD)\w+|ASID|PGD[LH]|"
             r"DMW\d|SAVE\d)")
    return found | {m[1].lower(): m[2] for m in each(named + r"(?:=| +)([0-9a-f]+)\b", text)}


def of_sparc64(text):
    found = {m[1]: m[2] for m in each(r"\b(pc|npc|pstate|asi|tl|gl|tbr|hpstate|htba|cansave|canrestore|otherwin|"
                                      r"wstate|cleanwin|cwp|fsr|y|fprs): (\w+)", text)}
    for m in each(r"^%([goli])([04])-[37]: (.*)$", text):
        found |= {m[1] + str(int(m[2]) + i): value for i, value in enumerate(m[3].split())}
    return found


PARSERS = {"x86_64": of_x86, "i386": of_x86, "aarch64": of_aarch64, "arm": of_arm, "riscv64": of_riscv,
           "riscv32": of_riscv, "s390x": of_s390x, "ppc": of_ppc, "ppc64": of_ppc, "mips": of_mips,
           "mips64": of_mips, "sparc": of_sparc, "sparc64": of_sparc64, "m68k": of_m68k, "alpha": of_alpha,
           "loongarch64": of_loongarch}
# What is not in a stream, since it is no part of such a CPU.
NOT_SAVED = {("i386", "efer")}
# The monitor prints `eax` of a CPU that is not in 64-bit mode: the low half.
WIDE = {"eax": "rax", "ebx": "rbx", "ecx": "rcx", "edx": "rdx", "esi": "rsi", "edi": "rdi", "ebp": "rbp",
        "esp": "rsp", "eip": "rip", "eflags": "rflags"}


def compare(target, shown, record):
    """Of one CPU; returns how many registers were compared."""
    ours = {name: int(value, 16) for name, value in record["registers"].items()}
    theirs = PARSERS[target](shown)
    wrong = []
    for name, digits in theirs.items():
        name = WIDE.get(name, name) if name not in ours else name
        value, expected = ours.get(name), int(digits, 16)
        if (target, name) in NOT_SAVED:
            continue
        if value is not None and target in ("x86_64", "ppc"):
            value &= (1 << 4 * len(digits)) - 1
        if value is not None and name.endswith("_flags"):
            value &= 0xffff00  # what the monitor prints of them
        if value != expected:
            wrong.append(f"{name}: {digits} in QEMU, {record['registers'].get(name)} here")
    if wrong:
        sys.exit(f"{target}: cpu/{record['instance']}: " + "; ".join(wrong))
    return len(theirs)


def main(qember, program, target):
    arguments, numbers = MACHINES[target]
    with tempfile.TemporaryDirectory() as directory:
        qemu = Qemu(program, arguments, directory)
        try:
            Gdb(qemu.connect(qemu.paths[1])).give_each_its_own(numbers, 8 if target in WIDE_TARGETS else 4)
            qemu.monitor("info registers -a")  # 7.2 shows some of RISC-V's registers from the second time on
            shown = qemu.monitor("info registers -a")
            stream = os.path.join(directory, "stream")
            qemu.save(stream)
        except (OSError, ValueError):
            if qemu.process.wait(10) != -signal.SIGFPE:
                raise
            return print(f"{target}: this QEMU divides by zero when it saves such a machine")
        finally:
            qemu.end()
        said = subprocess.run([qember, "regs", "--json", stream], check=True, capture_output=True, text=True)
    records = [json.loads(line) for line in said.stdout.splitlines()[1:]]
    cpus = re.split(r"^CPU#\d+$", shown, flags=re.M)[1:]
    if len(cpus) != len(records) or any(record["architecture"] != target for record in records):
        sys.exit(f"{target}: {said.stdout}")
    counts = [compare(target, *pair) for pair in zip(cpus, records)]
    if min(counts) < len(numbers):
        sys.exit(f"{target}: only {counts} registers were found in:\n{shown}")
    print(f"{target}: {counts} registers are the same")


main(*sys.argv[1:])
