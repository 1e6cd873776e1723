// SPDX-License-Identifier: LGPL-2.1-or-later
/// What a virtio device of s390 saves of its subchannel. The names are those of the z/Architecture Principles
/// of Operation, chapters 14 to 17.
#pragma once

#include "../layout.hpp"

namespace qember::device::ccw {

inline constexpr std::array sense_parts{u8("type"), u8("command"), be16("count")};
inline constexpr Layout command{"command information word", sense_parts};

inline constexpr std::array path_parts{
    be32("intparm"),
    be16("flags"),
    be16("devno"),
    u8("lpm"),
    u8("pnom"),
    u8("lpum"),
    u8("pim"),
    be16("mbi"),
    u8("pom"),
    u8("pam"),
    bytes("chpid", times(8)),
    be32("chars"),
};
inline constexpr Layout path{"path management control word", path_parts};

inline constexpr std::array status_parts{be16("flags"), be16("ctrl"), be32("cpa"),
                                         u8("dstat"),   u8("cstat"),  be16("count")};
inline constexpr Layout status{"subchannel status word", status_parts};

inline constexpr std::array program_parts{u8("cmd_code"), u8("flags"), be16("count"), be32("cda")};
inline constexpr Layout program{"channel command word", program_parts};

inline constexpr std::array id_parts{
    u8("reserved"),
    be16("cu_type"),
    u8("cu_model"),
    be16("dev_type"),
    u8("dev_model"),
    u8("unused"),
    structure("ciw", command).folded(62),
};
inline constexpr Layout id{"sense id", id_parts};

inline constexpr std::array operation_parts{be32("intparm"), be16("ctrl0"), u8("lpm"), u8("ctrl1"),
                                            be32("cpa")};
inline constexpr std::array subchannel_subsections{Layout{"s390_subch_dev/orb", operation_parts, 1}};
inline constexpr std::array subchannel_parts{
    u8("cssid"),
    u8("ssid"),
    be16("schid"),
    be16("devno"),
    flag("thinint_active"),
    structure("pmcw", path),
    structure("scsw", status),
    be64("mba"),
    bytes("mda", times(4)),
    bytes("sense_data", times(32)),
    be64("channel_prog"),
    structure("last_cmd", program),
    flag("last_cmd_valid"),
    structure("id", id),
    flag("ccw_fmt_1"),
    u8("ccw_no_data_cnt"),
};
inline constexpr Layout subchannel{"s390_subch_dev", subchannel_parts, 1, subchannel_subsections};

inline constexpr std::array indicator_parts{s32("len"), be64("addr")};
inline constexpr Layout indicator{"s390_indicator", indicator_parts};

inline constexpr std::array offset_parts{be32("summary_offset")};
inline constexpr std::array adapter_subsections{Layout{"s390_adapter_info/summary_offset", offset_parts, 1}};
inline constexpr std::array adapter_parts{be64("ind_offset")};
inline constexpr Layout adapter{"s390_adapter_info", adapter_parts, 1, adapter_subsections};

inline constexpr std::array device_parts{
    structure("subchannel", subchannel),
    structure("indicators", indicator),
    structure("indicators2", indicator),
    structure("summary_indicator", indicator),
    be16("config_vector"),
    structure("adapter", adapter),
    u8("thinint_isc"),
    s32("revision"),
};

}  // namespace qember::device::ccw
