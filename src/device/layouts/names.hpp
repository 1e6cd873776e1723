// SPDX-License-Identifier: LGPL-2.1-or-later
/// What the values of registers are called: in virtio 1.2, and in the PCI Code and ID Assignment
/// Specification.
#pragma once

#include "../layout.hpp"

namespace qember::device::names {

inline constexpr std::array pci_vendors{
    Name{0x1000, "Broadcom / LSI"},
    Name{0x1013, "Cirrus Logic"},
    Name{0x1022, "AMD"},
    Name{0x1033, "NEC"},
    Name{0x106b, "Apple"},
    Name{0x10ec, "Realtek"},
    Name{0x1234, "QEMU"},
    Name{0x15ad, "VMware"},
    Name{0x1af4, "Red Hat, virtio"},
    Name{0x1b36, "Red Hat, QEMU"},
    Name{0x8086, "Intel"},
};
inline constexpr Names pci_vendor{pci_vendors};

inline constexpr std::array pci_command_bits{
    Name{0, "I/O"},    Name{1, "memory"}, Name{2, "bus master"},
    Name{6, "parity"}, Name{8, "SERR"},   Name{10, "INTx off"},
};
inline constexpr Names pci_command{pci_command_bits, true};

inline constexpr std::array pci_status_bits{
    Name{3, "interrupt"},     Name{4, "capabilities"},
    Name{5, "66 MHz"},        Name{7, "fast back-to-back"},
    Name{8, "parity error"},  Name{11, "signaled abort"},
    Name{12, "target abort"}, Name{13, "master abort"},
    Name{14, "system error"}, Name{15, "detected parity error"},
};
inline constexpr Names pci_status{pci_status_bits, true};

inline constexpr std::array pci_classes{
    Name{0x0000, "unclassified"},
    Name{0x00ff, "unclassified"},
    Name{0x0100, "SCSI controller"},
    Name{0x0101, "IDE controller"},
    Name{0x0106, "SATA controller"},
    Name{0x0108, "NVMe controller"},
    Name{0x0180, "storage controller"},
    Name{0x0200, "Ethernet controller"},
    Name{0x0280, "network controller"},
    Name{0x0300, "VGA controller"},
    Name{0x0380, "display controller"},
    Name{0x0400, "video device"},
    Name{0x0401, "audio device"},
    Name{0x0403, "HD audio device"},
    Name{0x0480, "multimedia controller"},
    Name{0x0500, "RAM controller"},
    Name{0x0580, "memory controller"},
    Name{0x0600, "host bridge"},
    Name{0x0601, "ISA bridge"},
    Name{0x0604, "PCI bridge"},
    Name{0x0680, "bridge"},
    Name{0x0700, "serial controller"},
    Name{0x0780, "communication controller"},
    Name{0x0880, "system peripheral"},
    Name{0x0900, "keyboard"},
    Name{0x0980, "input device"},
    Name{0x0b20, "PowerPC"},
    Name{0x0c03, "USB controller"},
    Name{0x0c05, "SMBus"},
    Name{0x0c07, "IPMI interface"},
    Name{0x1000, "encryption controller"},
    Name{0x1180, "signal processor"},
    Name{0xff00, "no class"},
};
inline constexpr Names pci_class{pci_classes};

inline constexpr std::array msix_control_bits{Name{0, "masked"}};
inline constexpr Names msix_control{msix_control_bits, true};

// MC146818, registers B to D.
inline constexpr std::array clock_b_bits{Name{0, "DSE"},  Name{1, "24 hours"}, Name{2, "binary"},
                                         Name{3, "SQWE"}, Name{4, "UIE"},      Name{5, "AIE"},
                                         Name{6, "PIE"},  Name{7, "SET"}};
inline constexpr Names clock_b{clock_b_bits, true};
inline constexpr std::array clock_c_bits{Name{4, "UF"}, Name{5, "AF"}, Name{6, "PF"}, Name{7, "IRQF"}};
inline constexpr Names clock_c{clock_c_bits, true};
inline constexpr std::array clock_d_bits{Name{7, "VRT"}};
inline constexpr Names clock_d{clock_d_bits, true};

// As QEMU writes a pointer that is null.
inline constexpr std::array s390_images{Name{'0', "no image"}};
inline constexpr Names s390_image{s390_images};

// virtio 1.2, 4.1.4.
inline constexpr std::array virtio_structures{
    Name{1, "common"},     Name{2, "notify"},        Name{3, "ISR"},    Name{4, "device"},
    Name{5, "PCI access"}, Name{8, "shared memory"}, Name{9, "vendor"},
};
inline constexpr Names virtio_structure{virtio_structures};

// virtio 1.2, 2.1.
inline constexpr std::array virtio_status_bits{
    Name{0, "ACKNOWLEDGE"}, Name{1, "DRIVER"},      Name{2, "DRIVER_OK"},
    Name{3, "FEATURES_OK"}, Name{6, "NEEDS_RESET"}, Name{7, "FAILED"},
};
inline constexpr Names virtio_status{virtio_status_bits, true};

// virtio 1.2, 6; 27 and 30 are of legacy devices and of QEMU.
inline constexpr std::array virtio_feature_bits{
    Name{24, "NOTIFY_ON_EMPTY"},   Name{27, "ANY_LAYOUT"},  Name{28, "INDIRECT_DESC"},
    Name{29, "EVENT_IDX"},         Name{30, "BAD_FEATURE"}, Name{32, "VERSION_1"},
    Name{33, "ACCESS_PLATFORM"},   Name{34, "RING_PACKED"}, Name{35, "IN_ORDER"},
    Name{36, "ORDER_PLATFORM"},    Name{37, "SR_IOV"},      Name{38, "NOTIFICATION_DATA"},
    Name{39, "NOTIF_CONFIG_DATA"}, Name{40, "RING_RESET"},  Name{41, "ADMIN_VQ"},
};
inline constexpr Names virtio_features{virtio_feature_bits, true};

/// The features of a kind of device, in the lower half, with those of all kinds.
template <std::size_t N>
consteval auto with_common(const std::array<Name, N>& own) {
  std::array<Name, N + virtio_feature_bits.size()> all{};
  std::ranges::copy(own, all.begin());
  std::ranges::copy(virtio_feature_bits, all.begin() + N);
  return all;
}

// virtio 1.2, 5.1.3.
inline constexpr auto virtio_net_bits = with_common(std::array{
    Name{0, "CSUM"},
    Name{1, "GUEST_CSUM"},
    Name{2, "CTRL_GUEST_OFFLOADS"},
    Name{3, "MTU"},
    Name{5, "MAC"},
    Name{6, "GSO"},
    Name{7, "GUEST_TSO4"},
    Name{8, "GUEST_TSO6"},
    Name{9, "GUEST_ECN"},
    Name{10, "GUEST_UFO"},
    Name{11, "HOST_TSO4"},
    Name{12, "HOST_TSO6"},
    Name{13, "HOST_ECN"},
    Name{14, "HOST_UFO"},
    Name{15, "MRG_RXBUF"},
    Name{16, "STATUS"},
    Name{17, "CTRL_VQ"},
    Name{18, "CTRL_RX"},
    Name{19, "CTRL_VLAN"},
    Name{20, "CTRL_RX_EXTRA"},
    Name{21, "GUEST_ANNOUNCE"},
    Name{22, "MQ"},
    Name{23, "CTRL_MAC_ADDR"},
});
inline constexpr Names virtio_net_features{virtio_net_bits, true};

// virtio 1.2, 5.2.3; 0, 7 and 9 are of legacy devices.
inline constexpr auto virtio_blk_bits = with_common(std::array{
    Name{0, "BARRIER"},
    Name{1, "SIZE_MAX"},
    Name{2, "SEG_MAX"},
    Name{4, "GEOMETRY"},
    Name{5, "RO"},
    Name{6, "BLK_SIZE"},
    Name{7, "SCSI"},
    Name{9, "FLUSH"},
    Name{10, "TOPOLOGY"},
    Name{11, "CONFIG_WCE"},
    Name{12, "MQ"},
    Name{13, "DISCARD"},
    Name{14, "WRITE_ZEROES"},
    Name{15, "LIFETIME"},
    Name{16, "SECURE_ERASE"},
    Name{17, "ZONED"},
});
inline constexpr Names virtio_blk_features{virtio_blk_bits, true};

// virtio 1.2, 5.3.3.
inline constexpr auto virtio_console_bits =
    with_common(std::array{Name{0, "SIZE"}, Name{1, "MULTIPORT"}, Name{2, "EMERG_WRITE"}});
inline constexpr Names virtio_console_features{virtio_console_bits, true};

// virtio 1.2, 5.5.3.
inline constexpr auto virtio_balloon_bits = with_common(std::array{
    Name{0, "MUST_TELL_HOST"},
    Name{1, "STATS_VQ"},
    Name{2, "DEFLATE_ON_OOM"},
    Name{3, "FREE_PAGE_HINT"},
    Name{4, "PAGE_POISON"},
    Name{5, "REPORTING"},
});
inline constexpr Names virtio_balloon_features{virtio_balloon_bits, true};

// virtio 1.2, 5.6.3.
inline constexpr auto virtio_scsi_bits =
    with_common(std::array{Name{0, "INOUT"}, Name{1, "HOTPLUG"}, Name{2, "CHANGE"}, Name{3, "T10_PI"}});
inline constexpr Names virtio_scsi_features{virtio_scsi_bits, true};

// virtio 1.2, 5.7.3.
inline constexpr auto virtio_gpu_bits =
    with_common(std::array{Name{0, "VIRGL"}, Name{1, "EDID"}, Name{2, "RESOURCE_UUID"},
                           Name{3, "RESOURCE_BLOB"}, Name{4, "CONTEXT_INIT"}});
inline constexpr Names virtio_gpu_features{virtio_gpu_bits, true};

// virtio 1.2, 5.15.3.
inline constexpr auto virtio_mem_bits =
    with_common(std::array{Name{0, "ACPI_PXM"}, Name{1, "UNPLUGGED_INACCESSIBLE"}});
inline constexpr Names virtio_mem_features{virtio_mem_bits, true};

// virtio 1.2, 5.13.3.
inline constexpr auto virtio_iommu_bits =
    with_common(std::array{Name{0, "INPUT_RANGE"}, Name{1, "DOMAIN_RANGE"}, Name{2, "MAP_UNMAP"},
                           Name{3, "BYPASS"}, Name{4, "PROBE"}, Name{5, "MMIO"}, Name{6, "BYPASS_CONFIG"}});
inline constexpr Names virtio_iommu_features{virtio_iommu_bits, true};

}  // namespace qember::device::names
