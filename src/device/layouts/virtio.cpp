// SPDX-License-Identifier: LGPL-2.1-or-later
// What a virtio device saves, of QEMU 2.5 to 11.1: transport, what all of them have, queues, what one kind of
// device has, subsections. Numbers are big-endian but where a structure of the host is written as it is.
#include "ccw.hpp"
#include "pci.hpp"
#include "virtqueue.hpp"

namespace qember::device {
namespace {

enum : Slot { version, msix, has_vector, transport, queues, features, count, region, block };

// Transports. Their numbers are on the wire.

enum : std::uint8_t { pci_transport, mmio_transport, ccw_transport };

bool is_pci_path(const Where& where) {
  // `0000:00:03.0/`, `pci@800000020000000:01.0/` and `pci.0:01.0/`: a slot and a function before the slash.
  const std::string_view section = where.section;
  const std::size_t slash = section.find('/');
  return slash != std::string_view::npos && slash >= 5 && section[slash - 2] == '.' &&
         section[slash - 5] == ':';
}
bool is_mmio_path(const Where& where) { return where.section.starts_with("virtio-mmio@"); }
bool is_ccw_path(const Where& where) { return where.section.starts_with("/fe."); }

void derive_msix(ByteView config, Slots& values) {
  values[msix] = pci::msix_entries(config);
  values[has_vector] = values[msix] == 0 ? 0 : 1;
}

constexpr std::array pci_parts{
    be32("version").into(version),
    structure("config", pci::config_by_express).deriving(derive_msix, {msix, has_vector}),
    structure("irq_state", pci::irq_state).only(above(version, 1)),
    structure("msix", pci::msix_table<msix>).only(above(msix, 0)),
    be16("config_vector").only(above(msix, 0)),
};
constexpr std::array mmio_parts{be32("host_features_sel"), be32("guest_features_sel"),
                                be32("guest_page_shift")};

constexpr std::array transports{
    Layout{"pci", pci_parts, 0, {}, is_pci_path},
    Layout{"mmio", mmio_parts, 0, {}, is_mmio_path},
    Layout{"ccw", ccw::device_parts, 0, {}, is_ccw_path, true, has_vector, 1},
};

// Queues.

constexpr std::array queue_parts{
    be32("num"),
    be32("align").only(equal(transport, mmio_transport)),
    be64("desc"),
    be16("last_avail_idx"),
    be16("vector").only(above(has_vector, 0)),
};
constexpr Layout queue{"virtqueue", queue_parts};

// Kinds of devices.

constexpr std::array request_parts{be32("queue").only(above(queues, 1)), structure("element", element)};
constexpr std::array packed_request_parts{be32("queue").only(above(queues, 1)), packed_number,
                                          structure("element", element)};
constexpr std::array mended_request_parts{be32("queue").only(above(queues, 1)), structure("element", element),
                                          packed_number};
constexpr Layout request{"virtio-blk request", request_parts};
constexpr Layout packed_request{"virtio-blk request", packed_request_parts};
constexpr Layout mended_request{"virtio-blk request", mended_request_parts};
constexpr std::array requests_parts{list("in_flight", request)};
constexpr std::array packed_requests_parts{list("in_flight", packed_request).at_least(1)};
constexpr std::array mended_requests_parts{list("in_flight", mended_request).at_least(1)};
constexpr std::array requests{Layout{"split", requests_parts}, Layout{"packed", packed_requests_parts},
                              Layout{"packed, as it is read", mended_requests_parts}};

constexpr std::array mac_parts{bytes("mac", times(6))};
constexpr Layout mac{"mac", mac_parts};
constexpr std::array pairs_parts{be16("max_queue_pairs"), be16("curr_queue_pairs").into(count),
                                 be32("tx_waiting").each(as(count, 1))};
constexpr std::array multiqueue{Layout{"off", {}}, Layout{"on", pairs_parts}};

constexpr std::array chunk_parts{be32("length").into(count), bytes("data", as(count))};
constexpr Layout chunk{"chunk", chunk_parts};
constexpr std::array backend_parts{sequence("state", 4, chunk)};

constexpr std::array rss_parts{
    flag("enabled"),
    flag("redirect"),
    flag("populate_hash"),
    be32("hash_types"),
    be16("indirections").into(count),
    be16("default_queue"),
    bytes("key", times(40)),
    be16("table").each(as(count)),
};
constexpr std::array rss2_parts{
    flag("enabled"),
    flag("redirect"),
    flag("populate_hash"),
    be32("hash_types"),
    be32("supported_hash_types"),
    be16("indirections").into(count),
    be16("default_queue"),
    bytes("key", times(40)),
    be16("table").each(as(count)),
};
constexpr std::array net_subsections{
    Layout{"virtio-net-device/rss", rss_parts, 1},
    Layout{"virtio-net-device/rss", rss2_parts, 2},
    Layout{"virtio-net-device/backend", backend_parts},
};
constexpr std::array net_parts{
    bytes("mac", times(6)),
    be32("tx_waiting"),
    be32("mergeable_rx_bufs"),
    be16("status"),
    u8("promisc"),
    u8("allmulti"),
    be32("mac_in_use").into(count),
    structure("mac_table", mac).each(as(count)),
    le32("vlans").folded(128),
    be32("has_vnet_hdr"),
    u8("multi_overflow"),
    u8("uni_overflow"),
    u8("alluni"),
    u8("nomulti"),
    u8("nouni"),
    u8("nobcast"),
    u8("has_ufo"),
    choice("multiqueue", multiqueue),
    be64("curr_guest_offloads").only(bit(features, 2)),
};
constexpr Layout net{"virtio-net-device", net_parts, 11, net_subsections};

constexpr std::array popped_parts{structure("element", element)};
constexpr std::array popped_packed_parts{packed_number, structure("element", element)};
constexpr std::array popped_mended_parts{structure("element", element), packed_number};
constexpr std::array popped{Layout{"split", popped_parts}, Layout{"packed", popped_packed_parts},
                            Layout{"packed, as it is read", popped_mended_parts}};
constexpr std::array port_parts{
    be32("id"),
    u8("guest_connected"),
    u8("host_connected"),
    be32("popped").into(count),
    be32("iov_idx").only(above(count, 0)),
    be64("iov_offset").only(above(count, 0)),
    choice("pending", popped).only(above(count, 0)),
};
constexpr Layout port{"virtio-serial port", port_parts};
constexpr std::array console_parts{
    be16("cols"),
    be16("rows"),
    be32("max_ports").into(count),
    be32("ports_map").each(one_per(32, count)),
    be32("active").into(count),
    structure("ports", port).each(as(count)),
};
constexpr Layout console{"virtio-console-device", console_parts, 3};
// The configuration is in the guest's order before it is saved: a host that is little-endian swaps that of a
// big-endian guest without VIRTIO_F_VERSION_1 (hw/char/virtio-serial-bus.c).
constexpr std::uint64_t most_ports = most_queues / 2 - 1;
constexpr std::array swapped_console_parts{
    le16("cols"),
    le16("rows"),
    le32("max_ports").up_to(most_ports).into(count),
    be32("ports_map").each(one_per(32, count)),
    be32("active").into(count),
    structure("ports", port).each(as(count)),
};
constexpr Layout swapped_console{"virtio-console-device", swapped_console_parts, 3};

constexpr std::array hint_parts{be32("cmd_id"), be32("status")};
constexpr std::array poison_parts{be32("poison_val")};
constexpr std::array balloon_subsections{
    Layout{"virtio-balloon-device/free-page-report", hint_parts, 1},
    Layout{"virtio-balloon-device/page-poison", poison_parts, 1},
};
constexpr std::array balloon_parts{be32("num_pages"), be32("actual")};
constexpr Layout balloon{"virtio-balloon-device", balloon_parts, 1, balloon_subsections};

constexpr Count words_of_blocks{0, region, 0, block, 64};
constexpr std::array memory_parts{
    be64("addr"),           be64("region_size").into(region),     be64("block_size").into(block),
    be32("node"),           be64("usable_region_size"),           be64("size"),
    be64("requested_size"), be64("bitmap").each(words_of_blocks),
};
constexpr std::array memory_late_parts{be64("usable_region_size"), be64("requested_size")};
constexpr std::array memory{Layout{"virtio-mem-device", memory_parts, 1},
                            Layout{"virtio-mem-device after an early section", memory_late_parts, 1}};

constexpr std::array mapping_parts{be64("low"), be64("high"), be64("phys"), be32("flags")};
constexpr Layout mapping{"mapping", mapping_parts};
constexpr std::array endpoint_parts{be32("id")};
constexpr Layout endpoint{"endpoint", endpoint_parts};
constexpr std::array domain_parts{be64("key"), be32("id"), be32("mapping_count"), list("mappings", mapping),
                                  list("endpoints", endpoint)};
constexpr std::array domain2_parts{
    be64("key"),   be32("id"), be32("mapping_count"), list("mappings", mapping), list("endpoints", endpoint),
    flag("bypass")};
constexpr Layout domain{"domain", domain_parts};
constexpr Layout domain2{"domain", domain2_parts};
constexpr std::array iommu_parts{be32("domain_count"), list("domains", domain)};
constexpr std::array iommu2_parts{be32("domain_count"), list("domains", domain2), u8("bypass")};
constexpr std::array iommu{Layout{"virtio-iommu-device", iommu_parts, 1},
                           Layout{"virtio-iommu-device", iommu2_parts, 2}};

constexpr std::array register_parts{flag("locked"), bytes("value", times(48))};
constexpr Layout pcr{"platform configuration register", register_parts};
constexpr std::array nsm_parts{structure("pcrs", pcr).each(times(32))};
constexpr Layout nsm{"virtio-nsm-device", nsm_parts, 1};

/// What all kinds have, and what one has besides.
template <class... Own>
constexpr auto kind(const Names& named, Own... own) {
  return std::array{
      u8("status").named(names::virtio_status),
      u8("isr"),
      be16("queue_sel"),
      be32("guest_features").into(features).named(named),
      be32("config_len").into(count),
      bytes("config", as(count)),
      be32("queue_count").into(queues),
      structure("queues", queue).each(as(queues)),
      own...,
  };
}
constexpr auto other_kind = kind(names::virtio_features);
constexpr auto net_kind = kind(names::virtio_net_features, structure("net", net));
constexpr auto blk_kind = kind(names::virtio_blk_features, choice("requests", requests));
constexpr auto console_kind = kind(names::virtio_console_features, structure("console", console));
constexpr auto swapped_console_kind =
    kind(names::virtio_console_features, structure("console", swapped_console));
constexpr auto balloon_kind = kind(names::virtio_balloon_features, structure("balloon", balloon));
constexpr auto mem_kind = kind(names::virtio_mem_features, choice("memory", memory));
constexpr auto iommu_kind = kind(names::virtio_iommu_features, choice("iommu", iommu));
constexpr auto nsm_kind = kind(names::virtio_features, structure("nsm", nsm));
constexpr auto scsi_kind = kind(names::virtio_scsi_features);
constexpr auto gpu_kind = kind(names::virtio_gpu_features);

template <Text name>
constexpr Layout kind_named(Table<Part> parts) {
  return {name.view(), parts, 0, {}, named<name>, false};
}

// Their numbers are on the wire: new ones go to the end.
constexpr std::array kinds{
    Layout{"virtio", other_kind},
    kind_named<"virtio-net">(net_kind),
    kind_named<"virtio-blk">(blk_kind),
    kind_named<"virtio-console">(console_kind),
    kind_named<"virtio-balloon">(balloon_kind),
    kind_named<"virtio-mem">(mem_kind),
    kind_named<"virtio-iommu">(iommu_kind),
    kind_named<"virtio-nsm">(nsm_kind),
    kind_named<"virtio-scsi">(scsi_kind),
    kind_named<"virtio-gpu">(gpu_kind),
    kind_named<"virtio-console">(swapped_console_kind),
};

// Subsections, all of which are about arrays of as many queues as there may be.

constexpr std::array ring_parts{be64("avail"), be64("used")};
constexpr Layout ring{"ring", ring_parts};
constexpr std::array packed_ring_parts{be16("last_avail_idx"), flag("last_avail_wrap_counter"),
                                       be16("used_idx"), flag("used_wrap_counter"), be32("inuse")};
constexpr Layout packed_ring{"packed ring", packed_ring_parts};

constexpr std::array pci_queue_parts{be16("num"),
                                     u8("unused"),
                                     flag("enabled"),
                                     be32("desc").each(times(2)),
                                     be32("avail").each(times(2)),
                                     be32("used").each(times(2))};
constexpr Layout pci_queue{"virtio_pci/modern_queue_state", pci_queue_parts};
constexpr std::array pci_modern_parts{be32("dfselect"), be32("gfselect"),
                                      be32("guest_features").each(times(2)),
                                      structure("vqs", pci_queue).folded(most_queues)};
constexpr std::array mmio_queue_parts{be16("num"), flag("enabled"), be32("desc").each(times(2)),
                                      be32("avail").each(times(2)), be32("used").each(times(2))};
constexpr Layout mmio_queue{"virtio_mmio/queue_state", mmio_queue_parts};
constexpr std::array mmio_modern_parts{be32("guest_features").each(times(2)),
                                       structure("vqs", mmio_queue).folded(most_queues)};
constexpr std::array extra_subsections{
    Layout{"virtio_pci/modern_state", pci_modern_parts, 1},
    Layout{"virtio_mmio/state", mmio_modern_parts, 1},
};

constexpr std::array endian_parts{u8("device_endian")};
constexpr std::array high_features_parts{be64("guest_features")};
constexpr std::array features_parts{be64("guest_features").named(names::virtio_features)};
constexpr std::array rings_parts{structure("vq", ring).folded(most_queues)};
constexpr std::array sizes_parts{be32("num_default").folded(most_queues)};
constexpr std::array broken_parts{flag("broken")};
constexpr std::array started_parts{flag("started")};
constexpr std::array packed_rings_parts{structure("vq", packed_ring).folded(most_queues)};
constexpr std::array disabled_parts{flag("disabled")};

constexpr std::array subsections{
    Layout{"virtio/device_endian", endian_parts, 1},
    Layout{"virtio/128bit_features", high_features_parts, 1},
    Layout{"virtio/64bit_features", features_parts, 1},
    Layout{"virtio/virtqueues", rings_parts, 1},
    Layout{"virtio/ringsize", sizes_parts, 1},
    Layout{"virtio/broken", broken_parts, 1},
    Layout{"virtio/extra_state", {}, 1, extra_subsections},
    Layout{"virtio/started", started_parts, 1},
    Layout{"virtio/packed_virtqueues", packed_rings_parts, 1},
    Layout{"virtio/disabled", disabled_parts, 1},
};

constexpr std::array virtio_parts{choice("transport", transports).into(transport), choice("device", kinds)};
constexpr Layout virtio{"virtio", virtio_parts, 0, subsections};

constexpr std::array types{LaidOutType{"virtio", structure("virtio", virtio)}};
static_assert(are_sound(types));

}  // namespace

std::span<const LaidOutType> virtio_layouts() { return types; }

}  // namespace qember::device
