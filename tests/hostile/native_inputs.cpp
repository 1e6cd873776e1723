// SPDX-License-Identifier: LGPL-2.1-or-later
// Inputs made to hurt, in the native form.
#include "input_groups.hpp"

namespace qember::test {
namespace {

NativeBuilder native() { return {}; }

/// A zlib stream of 4 MiB of zeros.
Bytes zip_bomb() { return hex("78daedc101010000008220ffaf6e484001") + Bytes(4063) + hex("7c1b03c00001"); }

Inputs names_and_blocks() {
  return {
      {"a block named ../x",
       [] { return NativeBuilder().ram(1, {"../../../etc/passwd"}, 0x1000).ended(1).eof().bytes(); }, ""},
      {"a block named with control characters",
       [] { return NativeBuilder().ram(1, {"\x1b[2J"}, 0x1000).eof().bytes(); }, "bad_value"},
  };
}

Inputs blocks() {
  return {
      {"2^14 blocks and one",
       [] {
         NativeBuilder to;
         to.section(1, 1, "ram", 0, 4).u64((std::uint64_t{16385} << 12U) | 4);
         for (int i = 0; i < 16385; ++i) to.counted(std::to_string(i)).u64(0x1000);
         return to.bytes();
       },
       "limit", false, 4 * mib},
      {"2^14 blocks of the same name",
       [] {
         NativeBuilder to;
         to.section(1, 1, "ram", 0, 4).u64((std::uint64_t{16384} << 12U) | 4);
         for (int i = 0; i < 16384; ++i) to.counted("r").u64(0x1000);
         return to.bytes();
       },
       "bad_value", false, 4 * mib},
      {"a million blocks without length",
       [] {
         return NativeBuilder().section(1, 1, "ram", 0, 4).u64(0x1004).bytes() +
                hex("01 61 0000000000000000") * (mib / 10);
       },
       "limit", false, 4 * mib},
      {"blocks that add up beyond 2^64",
       [] {
         NativeBuilder to;
         return to.section(1, 1, "ram", 0, 4).u64(0x1004).counted("a").u64(~std::uint64_t{0}).bytes();
       },
       "bad_value"},
      {"blocks of a petabyte",
       [] {
         return ram_of(std::uint64_t{1} << 50U)
             .part(1)
             .zero("r", 0)
             .zero({}, 0x1000)
             .zero({}, (std::uint64_t{1} << 50U) - 0x1000)
             .eos()
             .footer(1)
             .ended(1)
             .eof()
             .bytes();
       },
       ""},
  };
}

Inputs sections() {
  return {
      {"sections without end",
       [] {
         NativeBuilder to;
         to.ram(0, {"r"}, 0x1000);
         for (std::uint32_t id = 1; id <= 66000; ++id)
           to.section(1, id, "dirty-bitmap", 0, 1).u8(1).footer(id);
         return to.bytes();
       },
       "limit", false, 12 * mib},
      {"parts of a section that never was", [] { return native().part(0xffffffff).bytes(); },
       "unknown_section"},
      {"a device without an end",
       [] { return ram_of(0x1000).section(4, 0, "d", 0, 1).bytes() + Bytes(4 * mib); }, "truncated", false,
       2 * mib},
      {"a device of footers",
       [] { return ram_of(0x1000).section(4, 0, "d", 0, 1).bytes() + hex("7e00000000") * (256 * kib); },
       "truncated", false, 4 * mib},
      {"a package of 4 GiB", [] { return native().command(7, hex("ffffffff")).bytes(); }, "truncated"},
      {"packages in packages",
       [] {
         NativeBuilder to;
         for (int i = 0; i < 1000; ++i) to.command(7, hex("00000009"));
         return to.bytes();
       },
       "bad_value"},
  };
}

Inputs pages() {
  return {
      {"a zip bomb in a compressed page",
       [] {
         return ram_of(0x2000)
             .part(1)
             .zero("r", 0)
             .zero({}, 0x1000)
             .compressed({}, 0, zip_bomb())
             .eos()
             .footer(1)
             .ended(1)
             .eof()
             .bytes();
       },
       "bad_value"},
      {"a delta that leaves its page",
       [] {
         return ram_of(0x2000)
             .part(1)
             .zero("r", 0)
             .zero({}, 0x1000)
             .xbzrle({}, 0, hex("ff7f ff7f 00"))
             .eos()
             .footer(1)
             .ended(1)
             .eof()
             .bytes();
       },
       "bad_delta"},
  };
}

Inputs one_by_one() {
  return {
      {"2^14 blocks, byte by byte",
       [] {
         NativeBuilder to;
         to.section(1, 1, "ram", 0, 4).u64((std::uint64_t{16384} << 12U) | 4);
         for (int i = 0; i < 16384; ++i) to.counted(std::to_string(i)).u64(0x1000);
         return to.eos().footer(1).ended(1).eof().bytes();
       },
       "", true, 12 * mib},
      {"pages of any size, byte by byte",
       [] {
         NativeBuilder to = ram_of(std::uint64_t{1} << 40U);
         to.part(1).page("r", 0, 0);
         for (std::uint64_t i = 1; i < 200; ++i) to.page({}, i << 20U, 0);
         return to.eos().footer(1).ended(1).eof().bytes();
       },
       "", true, 4 * mib},
  };
}

Inputs configurations() {
  return {
      {"capabilities without end",
       [] {
         return native()
                    .configuration("m")
                    .u8(5)
                    .counted("configuration/capabilities")
                    .u32(1)
                    .u32(~0U)
                    .bytes() +
                Bytes(16 * mib);
       },
       "limit", false, 2 * mib},
      {"a million uuids",
       [] {
         NativeBuilder to = native().configuration("m");
         for (int i = 0; i < 25000; ++i) to.u8(5).counted("configuration/uuid").u32(1).fill(16, 0);
         return to.eof().bytes();
       },
       "bad_value"},
  };
}

}  // namespace

Inputs native_inputs() {
  return joined({names_and_blocks(), blocks(), sections(), pages(), one_by_one(), configurations()});
}

}  // namespace qember::test
