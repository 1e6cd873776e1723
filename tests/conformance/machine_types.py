# SPDX-License-Identifier: LGPL-2.1-or-later
"""What of a stream differs from one of QEMU's machine types to the next, and the property that gives the older way.

usage: machine_types.py QEMBER PROGRAM > src/vm/preflight/machine_types.hpp

PROGRAM is a qemu-system-x86_64 from version 9.1 on, which tells the properties that its machine types set
(query-machines). Of each type a machine with many devices is saved, and preflight compares it with the next; then each
property that the older type sets is given to the newer one: what is no longer in the way is the property's."""
import functools
import json
import os
import re
import subprocess
import sys
import tempfile

from preflight_matrix import Qemu, Refused

COMMON = ["virtio-balloon-pci", "virtio-rng-pci", "vmxnet3,romfile=", "pvscsi", "virtio-serial-pci", "virtio-gpu-pci",
          "VGA,romfile=", "virtio-net-pci,romfile=", "ich9-ahci", "pci-bridge,chassis_nr=9"]
DEVICES = {
    "pc-i440fx": COMMON + ["piix3-usb-uhci", "e1000,romfile=", "pcnet,romfile=", "rtl8139,romfile="],
    "pc-q35": COMMON + ["pcie-root-port,id=r1,chassis=1", "virtio-net-pci,bus=r1,romfile=",
                        "pcie-root-port,id=r2,chassis=2", "virtio-rng-pci,bus=r2", "qemu-xhci", "e1000e,romfile=",
                        "ich9-intel-hda", "x3130-upstream,bus=r3"],
}
PORTS = {"pc-q35": ["igb,romfile=", "pcie-root-port,id=r3,chassis=3", "ioh3420,chassis=4"]}


class Types:
    def __init__(self, qember, program, scratch):
        self.qember, self.program, self.scratch = qember, program, scratch
        with Qemu(program, ["-M", "none"], scratch) as qemu:
            version = qemu.ask("query-version")["qemu"]
            self.version = "{major}.{minor}.{micro}".format(**version)
            self.properties = {machine["name"]: machine.get("compat-props", [])
                               for machine in qemu.ask("query-machines", **{"compat-props": True})}

    def of(self, family):
        """Its types, the oldest first."""
        found = [(tuple(map(int, name.rsplit("-", 1)[1].split("."))), name) for name in self.properties
                 if re.fullmatch(re.escape(family) + r"-\d+\.\d+", name)]
        return sorted(found)

    @functools.cache
    def known(self, device):
        ran = subprocess.run([self.program, "-device", device.split(",")[0] + ",help"], capture_output=True, text=True,
                             timeout=60)
        return ran.returncode == 0 and "options" in ran.stdout

    def save(self, family, name, *more):
        path = os.path.join(self.scratch, "-".join([name, *more]).replace("/", "_"))
        devices = [word for device in PORTS.get(family, []) + DEVICES[family] if self.known(device)
                   for word in ("-device", device)]
        with Qemu(self.program, ["-S", "-M", name, "-m", "8", *more, *devices], self.scratch) as qemu:
            qemu.save(path)
        return path

    def differences(self, older, newer):
        """Kinds of devices, and places in their state, that stand in the way of `older`."""
        said = subprocess.run([self.qember, "preflight", "--json", older, "--against", newer], capture_output=True,
                              timeout=60).stdout
        found = set()
        for obstacle in json.loads(said)["obstacles"]:
            device, colon, place = obstacle["where"].rpartition(":")
            if obstacle["certainty"] not in ("certain", "likely") or not colon:
                continue
            if place.startswith("pci config"):
                place = re.search(r"\(([^)]*)\)", obstacle["what"])[1]
            found.add((device.rsplit("/", 1)[0].rsplit("/", 1)[-1], place))
        return found

    def rows(self, family):
        types = self.of(family)
        for (version, older), (_, newer) in zip(types, types[1:]):
            stream, target = self.save(family, older), self.save(family, newer)
            left = self.differences(stream, target)
            for each in self.properties[older] if left else []:
                if each in self.properties[newer]:
                    continue
                text = "{qom-type}.{property}={value}".format(**each)
                try:
                    mended = left - self.differences(stream, self.save(family, newer, "-global", text))
                except (Refused, RuntimeError):
                    continue
                for kind, place in sorted(mended):
                    yield version, kind, place, text
                left -= mended
            for kind, place in sorted(left):
                yield version, kind, place, ""


def main():
    qember, program = sys.argv[1:]
    with tempfile.TemporaryDirectory() as scratch:
        types = Types(qember, program, scratch)
        rows = sorted({row for family in DEVICES for row in types.rows(family)})
    print("// SPDX-License-Identifier: LGPL-2.1-or-later")
    print("/// What of a device's state differs between machine types, from streams of all those that QEMU "
          f"{types.version}\n/// has, and the properties that it says they set (query-machines): made by "
          "tests/conformance/machine_types.py.")
    print("""#pragma once

#include <array>
#include <string_view>

namespace qember::vm {

struct TypeDifference {
  unsigned major;              ///< of the last version of machine types that have it the older way
  unsigned minor;              ///< of the same
  std::string_view device;     ///< its kind, the last part of the name of its section
  std::string_view place;      ///< a field, or a part of PCI configuration
  std::string_view property;   ///< what gives a newer type the older way, for -global
};
""")
    print(f"inline constexpr std::array<TypeDifference, {len(rows)}> type_differences{{{{")
    for (major, minor), kind, place, text in rows:
        print(f'    {{{major}, {minor}, "{kind}", "{place}", "{text}"}},')
    print("}};\n\n}  // namespace qember::vm")


if __name__ == "__main__":
    main()
