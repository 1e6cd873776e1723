// SPDX-License-Identifier: LGPL-2.1-or-later
// What is saved beside the registers of a device: displays, requests in flight, redirected devices.
#include "names.hpp"
#include "virtqueue.hpp"

namespace qember::device {
namespace {

enum : Slot { count, length, width, height };

// Standard Hot-Plug Controller and Subsystem Specification 1.0, 4.8; registers are little-endian.
constexpr std::array hotplug_parts{
    le32("base_offset"),       le32("slots_33"),      le32("slots_66"),       u8("slot_count"),
    u8("first_device"),        le16("physical_slot"), le16("secondary_bus"),  u8("msi_control"),
    u8("interface"),           u8("command"),         u8("target"),           le16("status"),
    le32("interrupt_locator"), le32("serr_locator"),  le32("serr_interrupt"), le32("slot").folded(31),
};
constexpr Layout hotplug{"shpc", hotplug_parts};
static_assert(fixed_size(hotplug) == 160);

// The display of virtio-gpu.

constexpr std::array backing_parts{be64("address"), be32("length")};
constexpr Layout backing{"backing", backing_parts};
constexpr std::array blob_resource_parts{be32("id"), be32("size"), be32("backing_count").into(count),
                                         structure("backing", backing).each(as(count))};
constexpr Layout blob_resource{"blob resource", blob_resource_parts};
constexpr std::array blobs_parts{sequence("resources", 4, blob_resource)};
constexpr Layout blobs{"virtio-gpu/blob", blobs_parts};

constexpr std::array resource_parts{
    be32("id"),
    be32("width").into(width),
    be32("height").into(height),
    be32("format"),
    be32("backing_count").into(count),
    structure("backing", backing).each(as(count)),
    bytes("pixels", picture(width, height)),
};
constexpr Layout resource{"resource", resource_parts};

constexpr std::array scanout_parts{
    be32("resource"),        be32("width"), be32("height"), s32("x"),         s32("y"),
    be32("cursor_resource"), be32("hot_x"), be32("hot_y"),  be32("cursor_x"), be32("cursor_y"),
};
constexpr Layout scanout{"virtio-gpu-one-scanout", scanout_parts, 1};
constexpr std::array framebuffer_parts{
    be32("resource"), be32("width"),           be32("height"), s32("x"),
    s32("y"),         be32("cursor_resource"), be32("hot_x"),  be32("hot_y"),
    be32("cursor_x"), be32("cursor_y"),        be32("format"), be32("bytes_per_pixel"),
    be32("fb_width"), be32("fb_height"),       be32("stride"), be32("offset"),
};
constexpr Layout framebuffer{"virtio-gpu-one-scanout", framebuffer_parts, 2};
constexpr std::array scanouts_parts{be32("max_outputs").into(count),
                                    structure("scanout", scanout).each(as(count))};
constexpr std::array framebuffers_parts{be32("max_outputs").into(count),
                                        structure("scanout", framebuffer).each(as(count)).at_least(1)};
constexpr std::array scanout_lists{Layout{"scanouts", scanouts_parts, 1},
                                   Layout{"scanouts with framebuffers", framebuffers_parts, 2}};
constexpr std::array gpu_parts{sequence("resources", 4, resource), s32("enable"),
                               choice("scanouts", scanout_lists)};
constexpr Layout gpu{"virtio-gpu-scanouts", gpu_parts, 1};

// Requests of a SCSI disk: what the controller has of each, then what the disk has. The stream tells neither
// of the two, nor the way that data goes.

constexpr std::array incoming_parts{be32("length").into(count), bytes("data", as(count))};
constexpr Layout incoming{"data", incoming_parts};
constexpr std::array unbuffered_parts{be64("sector"), be32("sector_count"), be32("buffer_size")};
constexpr std::array read_parts{be64("sector"), be32("sector_count"), be32("buffer_size"),
                                structure("data", incoming)};
constexpr std::array write_parts{be64("sector"), be32("sector_count"), be32("buffer_size").into(count),
                                 bytes("data", as(count)).at_least(1)};
constexpr std::array transfers{
    Layout{"none", {}},
    Layout{"without data", unbuffered_parts},
    Layout{"read", read_parts},
    Layout{"write", write_parts},
};

constexpr std::array backing64_parts{be64("address"), be64("length")};
constexpr Layout backing64{"segment", backing64_parts};
constexpr std::array virtio_request_parts{be32("queue"), structure("element", element)};
constexpr Layout virtio_request{"virtio-scsi request", virtio_request_parts};
constexpr std::array packed_request_parts{be32("queue"), packed_number, structure("element", element)};
constexpr Layout packed_request{"virtio-scsi request", packed_request_parts};
constexpr std::array mended_request_parts{be32("queue"), structure("element", element), packed_number};
constexpr Layout mended_request{"virtio-scsi request", mended_request_parts};
constexpr std::array mpt_request_parts{bytes("request", times(48)), be32("segment_count").into(count),
                                       structure("segments", backing64).each(as(count))};
constexpr Layout mpt_request{"mptsas request", mpt_request_parts};
constexpr Layout no_more{"none", {}};

/// A request with what a controller has of it.
template <const Layout& controller>
constexpr std::array request_parts{
    s8("kind"),
    bytes("cdb", times(16)),
    be32("tag"),
    be32("lun"),
    structure("controller", controller),
    choice("transfer", transfers),
};
template <const Layout& controller>
constexpr Layout request{"scsi request", request_parts<controller>};
template <const Layout& controller>
constexpr Part requests_of = sequence("requests", 1, request<controller>);

constexpr std::array plain_parts{requests_of<no_more>};
constexpr std::array virtio_parts{requests_of<virtio_request>.at_least(1)};
constexpr std::array packed_parts{requests_of<packed_request>.at_least(1)};
constexpr std::array mended_parts{requests_of<mended_request>.at_least(1)};
constexpr std::array mpt_parts{requests_of<mpt_request>.at_least(1)};
constexpr std::array controllers{
    Layout{"requests", plain_parts},
    Layout{"requests of virtio-scsi", virtio_parts},
    Layout{"requests of virtio-scsi, packed", packed_parts},
    Layout{"requests of mptsas", mpt_parts},
    Layout{"requests of virtio-scsi, packed, as they are read", mended_parts},
};

// A USB device that is somewhere else.

constexpr std::array parser_parts{be32("length").into(count), bytes("state", as(count))};
constexpr Layout parser{"usbredirparser", parser_parts};
constexpr std::array packet_parts{be32("length").into(length), be32("status"), bytes("data", as(length))};
constexpr Layout packet{"packet", packet_parts};
constexpr std::array packets_parts{be32("count").into(count), structure("packets", packet).each(as(count))};
constexpr Layout packets{"packets", packets_parts};
constexpr std::array ids_parts{be32("count").into(count), be64("ids").each(as(count))};
constexpr Layout ids{"ids of packets", ids_parts};

// What a back end has of its own: pieces of any bytes, the last of none.
constexpr std::array chunk_parts{be32("length").into(count), bytes("data", as(count))};
constexpr Layout chunk{"chunk", chunk_parts};
constexpr std::array chunks_parts{sequence("chunks", 4, chunk)};
constexpr Layout chunks{"state of the back end", chunks_parts};

// Motorola MC146818, and what the firmware of a PC keeps behind its clock.
constexpr std::array clock_parts{
    u8("seconds"),
    u8("seconds_alarm"),
    u8("minutes"),
    u8("minutes_alarm"),
    u8("hours"),
    u8("hours_alarm"),
    u8("day_of_week"),
    u8("day"),
    u8("month"),
    u8("year"),
    u8("register_a"),
    u8("register_b").named(names::clock_b),
    u8("register_c").named(names::clock_c),
    u8("register_d").named(names::clock_d),
    bytes("firmware", times(0x32 - 0x0e)),
    u8("century"),
    u8("reserved"),
    le16("above_16_MiB"),
    bytes("firmware2", times(0x5b - 0x36)),
    u8("above_4_GiB").each(times(3)),
    bytes("firmware3", times(128 - 0x5e)),
};
constexpr Layout clock_registers{"CMOS", clock_parts};
static_assert(fixed_size(clock_registers) == 128);

// The channel subsystem of s390: a null pointer to an image is one byte.
constexpr std::array report_parts{be16("flags"), be16("rsid")};
constexpr Layout report{"channel report", report_parts};
constexpr std::array path_parts{flag("in_use"), u8("type"), flag("is_virtual")};
constexpr Layout path{"channel path", path_parts};
constexpr std::array image_parts{
    u8("in_use").into(count).named(names::s390_image),
    u8("type").only(clear(count, 5)),
    flag("is_virtual").only(clear(count, 5)),
    structure("chpids", path).folded(255).only(clear(count, 5)),
};
constexpr Layout image{"channel subsystem image", image_parts};
constexpr std::array channels_parts{
    list("pending_crws", report),
    flag("sei_pending"),
    flag("do_crw_mchk"),
    flag("crws_lost"),
    u8("max_cssid"),
    u8("max_ssid"),
    flag("chnmon_active"),
    be64("chnmon_area"),
    structure("css", image).each(times(256)),
    u8("default_cssid"),
};
constexpr Layout channels{"s390_css", channels_parts, 1};

// virtio-mem ahead of RAM.
constexpr Count words_of_blocks{0, width, 0, height, 64};
constexpr std::array early_parts{
    be64("addr"), be64("region_size").into(width),      be64("block_size").into(height), be32("node"),
    be64("size"), be64("bitmap").each(words_of_blocks),
};
constexpr Layout early{"virtio-mem-device-early", early_parts, 1};

constexpr std::array types{
    LaidOutType{"mc146818rtc.cmos_data", structure("cmos", clock_registers)},
    LaidOutType{"s390_css", structure("css", channels)},
    LaidOutType{"virtio-mem-device-early", structure("early", early)},
    LaidOutType{"shpc", structure("shpc", hotplug)},
    LaidOutType{"virtio-gpu", structure("virtio_gpu", gpu)},
    LaidOutType{"blob", structure("blob", blobs)},
    LaidOutType{"scsi-requests", choice("requests", controllers)},
    LaidOutType{"usb-redir-parser", structure("parser", parser)},
    LaidOutType{"usb-redir-bufpq", structure("packets", packets)},
    LaidOutType{"usb-redir-packet-id-q", structure("ids", ids)},
    LaidOutType{"virtio-net vhost-user backend", structure("backend", chunks)},
    LaidOutType{"virtio-fs back-end state", structure("backend", chunks)},
};
static_assert(are_sound(types));

}  // namespace

std::span<const LaidOutType> backend_layouts() { return types; }

}  // namespace qember::device
