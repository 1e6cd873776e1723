// SPDX-License-Identifier: LGPL-2.1-or-later
/// What a PCI device saves, by itself and ahead of what a virtio device saves. Registers are little-endian;
/// the names and places are those of the PCI Local Bus Specification 3.0, chapter 6 and appendix H, of the
/// PCI Express Base Specification 3.0, chapter 7, and of virtio 1.2, 4.1.4.
#pragma once

#include "names.hpp"

namespace qember::device::pci {

/// Entries of the table that the capability MSI-X of a configuration space announces; 0 without it.
std::uint64_t msix_entries(ByteView config);

/// The capabilities, by their places, and what is between them.
std::vector<Piece> split_config(ByteView config, std::size_t at);
/// The same of 4096 bytes where there is the capability PCI Express, else of 256.
std::vector<Piece> split_by_express(ByteView config, std::size_t at);

// Slots at the end, so that tables around these have the others.
inline constexpr Slot header_type = 15;
inline constexpr Slot message_flags = 14;

inline constexpr std::array bridge_parts{
    le32("bar").each(times(2)),
    u8("primary_bus"),
    u8("secondary_bus"),
    u8("subordinate_bus"),
    u8("secondary_latency"),
    u8("io_base"),
    u8("io_limit"),
    le16("secondary_status"),
    le16("memory_base"),
    le16("memory_limit"),
    le16("prefetchable_base"),
    le16("prefetchable_limit"),
    le32("prefetchable_base_upper"),
    le32("prefetchable_limit_upper"),
    le16("io_base_upper"),
    le16("io_limit_upper"),
    u8("capabilities"),
    bytes("reserved", times(3)),
    le32("rom"),
    u8("interrupt_line"),
    u8("interrupt_pin"),
    le16("bridge_control"),
};
inline constexpr Layout bridge{"pci bridge", bridge_parts};

inline constexpr std::array endpoint_parts{
    le32("bar").each(times(6)),
    le32("cardbus_cis"),
    le16("subsystem_vendor"),
    le16("subsystem"),
    le32("rom"),
    u8("capabilities"),
    bytes("reserved", times(7)),
    u8("interrupt_line"),
    u8("interrupt_pin"),
    u8("min_grant"),
    u8("max_latency"),
};
inline constexpr Layout endpoint{"pci endpoint", endpoint_parts};

// The capabilities. Their numbers in this list are on the wire: new ones go to its end.

inline constexpr std::array between_parts{bytes("registers", to_the_end)};
inline constexpr std::array unknown_parts{u8("id"), u8("next")};
inline constexpr std::array power_parts{u8("id"),        u8("next"),   le16("capabilities"),
                                        le16("control"), u8("bridge"), u8("data")};
inline constexpr std::array slot_parts{u8("id"), u8("next"), u8("expansion"), u8("chassis")};
inline constexpr std::array msi_parts{
    u8("id"),
    u8("next"),
    le16("control").into(message_flags),
    le32("address"),
    le32("address_upper").only(bit(message_flags, 7)),
    le16("data"),
    le16("data_upper").only(bit(message_flags, 8)),
    le32("mask").only(bit(message_flags, 8)),
    le32("pending").only(bit(message_flags, 8)),
};
inline constexpr std::array vendor_parts{u8("id"), u8("next"), u8("size"), bytes("data", to_the_end)};
inline constexpr std::array virtio_parts{u8("id"),        u8("next"),
                                         u8("size"),      u8("structure").named(names::virtio_structure),
                                         u8("bar"),       u8("number"),
                                         le16("padding"), le32("offset"),
                                         le32("length"),  bytes("more", to_the_end)};
inline constexpr std::array hotplug_parts{u8("id"), u8("next"), u8("register"), u8("pending"), le32("data")};
inline constexpr std::array subsystem_parts{u8("id"), u8("next"), le16("reserved"), le16("vendor"),
                                            le16("subsystem")};
inline constexpr std::array express1_parts{u8("id"),
                                           u8("next"),
                                           le16("flags"),
                                           le32("device_capabilities"),
                                           le16("device_control"),
                                           le16("device_status"),
                                           le32("link_capabilities"),
                                           le16("link_control"),
                                           le16("link_status")};
inline constexpr std::array express_parts{
    u8("id"),
    u8("next"),
    le16("flags"),
    le32("device_capabilities"),
    le16("device_control"),
    le16("device_status"),
    le32("link_capabilities"),
    le16("link_control"),
    le16("link_status"),
    le32("slot_capabilities"),
    le16("slot_control"),
    le16("slot_status"),
    le16("root_control"),
    le16("root_capabilities"),
    le32("root_status"),
    le32("device_capabilities2"),
    le16("device_control2"),
    le16("device_status2"),
    le32("link_capabilities2"),
    le16("link_control2"),
    le16("link_status2"),
    le32("slot_capabilities2"),
    le16("slot_control2"),
    le16("slot_status2"),
};
inline constexpr std::array msix_parts{u8("id"), u8("next"), le16("control"), le32("table"), le32("pending")};
inline constexpr std::array sata_parts{u8("id"), u8("next"), le16("revision"), le32("location")};
inline constexpr std::array extended_parts{le32("header")};
inline constexpr std::array error_parts{
    le32("header"),
    le32("uncorrectable_status"),
    le32("uncorrectable_mask"),
    le32("uncorrectable_severity"),
    le32("correctable_status"),
    le32("correctable_mask"),
    le32("control"),
    le32("header_log").each(times(4)),
    le32("root_command"),
    le32("root_status"),
    le32("source"),
    le32("prefix_log").each(times(4)),
};
inline constexpr std::array serial_parts{le32("header"), le64("number")};
inline constexpr std::array control_parts{le32("header"), le16("capabilities"), le16("control")};
inline constexpr std::array virtual_function_parts{
    le32("header"),   le32("capabilities"), le16("control"),   le16("status"),
    le16("initial"),  le16("total"),        le16("number"),    u8("dependency"),
    u8("reserved"),   le16("offset"),       le16("stride"),    le16("reserved2"),
    le16("device"),   le32("page_sizes"),   le32("page_size"), le32("bar").each(times(6)),
    le32("migration")};

inline constexpr std::array capabilities{
    Layout{"registers", between_parts},
    Layout{"capability", unknown_parts},
    Layout{"Power Management", power_parts},
    Layout{"Slot Identification", slot_parts},
    Layout{"MSI", msi_parts},
    Layout{"Vendor Specific", vendor_parts},
    Layout{"virtio", virtio_parts},
    Layout{"Hot-Plug", hotplug_parts},
    Layout{"Bridge Subsystem", subsystem_parts},
    Layout{"PCI Express", express1_parts},
    Layout{"PCI Express 2", express_parts},
    Layout{"MSI-X", msix_parts},
    Layout{"SATA", sata_parts},
    Layout{"extended capability", extended_parts},
    Layout{"Advanced Error Reporting", error_parts},
    Layout{"Device Serial Number", serial_parts},
    Layout{"Access Control Services", control_parts},
    Layout{"Alternative Routing-ID", control_parts},
    Layout{"SR-IOV", virtual_function_parts},
};

template <Split split>
inline constexpr std::array config_parts{
    le16("vendor").named(names::pci_vendor),
    le16("device"),
    le16("command").named(names::pci_command),
    le16("status").named(names::pci_status),
    u8("revision"),
    u8("interface"),
    le16("class").named(names::pci_class),
    u8("cache_line"),
    u8("latency"),
    u8("header_type").into(header_type),
    u8("self_test"),
    structure("endpoint", endpoint).only(clear(header_type, 0)),
    structure("bridge", bridge).only(bit(header_type, 0)),
    pieces("at", split, capabilities),
};
inline constexpr Layout config{"pci configuration space", config_parts<split_config>};
inline constexpr Layout config_by_express{"pci configuration space", config_parts<split_by_express>};

inline constexpr std::array irq_parts{be32("pin").each(times(4))};
inline constexpr Layout irq_state{"pci irq state", irq_parts};

inline constexpr std::array vector_parts{le64("address"), le32("data"),
                                         le32("control").named(names::msix_control)};
inline constexpr Layout vector{"msix vector", vector_parts};

/// Of a table with as many vectors as that slot says.
template <Slot entries>
inline constexpr std::array msix_table_parts{structure("table", vector).each(as(entries)),
                                             bytes("pending", one_per(8, entries))};
template <Slot entries>
inline constexpr Layout msix_table{"msix", msix_table_parts<entries>};

}  // namespace qember::device::pci
