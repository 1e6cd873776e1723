// SPDX-License-Identifier: LGPL-2.1-or-later
/// What of a device's state differs between machine types, from streams of all those that QEMU 11.1.3
/// has, and the properties that it says they set (query-machines): made by
/// tests/conformance/machine_types.py.
#pragma once

#include <array>
#include <string_view>

namespace qember::vm {

struct TypeDifference {
  unsigned major;             ///< of the last version of machine types that have it the older way
  unsigned minor;             ///< of the same
  std::string_view device;    ///< its kind, the last part of the name of its section
  std::string_view place;     ///< a field, or a part of PCI configuration
  std::string_view property;  ///< what gives a newer type the older way, for -global
};

inline constexpr std::array<TypeDifference, 21> type_differences{{
    {5, 2, "virtio-net", "capability 0x11+0x2", "virtio-net-pci-base.vectors=3"},
    {6, 0, "ioh-3240-express-root-port", "capability 0x10+0x14",
     "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off"},
    {6, 0, "pcie-root-port", "place of the first capability",
     "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off"},
    {6, 1, "ioh-3240-express-root-port", "capability 0x10+0x14", "ICH9-LPC.x-keep-pci-slot-hpc=false"},
    {6, 1, "pcie-root-port", "place of the first capability", "ICH9-LPC.x-keep-pci-slot-hpc=false"},
    {6, 2, "piix4_pm", "acpi_pci_hotplug.acpi_index", "PIIX4_PM.x-not-migrate-acpi-index=on"},
    {7, 1, "virtio-rng", "place of the first capability", "virtio-rng-pci.vectors=0"},
    {7, 2, "e1000e", "core.timadj", "e1000e.migrate-timadj=off"},
    {8, 0, "igb", "extended capability 0xe+0x5", "pci-device.x-pcie-ari-nextfn-1=on"},
    {8, 1, "igb", "capability 0x10+0x7", "igb.x-pcie-flr-init=off"},
    {9, 1, "e1000e", "capability 0x10+0x4", "pci-device.x-pcie-ext-tag=false"},
    {9, 1, "igb", "capability 0x10+0x4", "pci-device.x-pcie-ext-tag=false"},
    {9, 1, "ioh-3240-express-root-port", "capability 0x10+0x4", "pci-device.x-pcie-ext-tag=false"},
    {9, 1, "pcie-root-port", "capability 0x10+0x4", "pci-device.x-pcie-ext-tag=false"},
    {9, 1, "pvscsi", "capability 0x10+0x4", "pci-device.x-pcie-ext-tag=false"},
    {9, 1, "virtio-net", "capability 0x10+0x4", "pci-device.x-pcie-ext-tag=false"},
    {9, 1, "virtio-rng", "capability 0x10+0x4", "pci-device.x-pcie-ext-tag=false"},
    {9, 1, "vmxnet3", "capability 0x10+0x4", "pci-device.x-pcie-ext-tag=false"},
    {9, 1, "xhci", "capability 0x10+0x4", "pci-device.x-pcie-ext-tag=false"},
    {9, 1, "xio3130-express-upstream-port", "capability 0x10+0x4", "pci-device.x-pcie-ext-tag=false"},
    {9, 2, "virtio-balloon", "place of the first capability", "virtio-balloon-pci.vectors=0"},
}};

}  // namespace qember::vm
