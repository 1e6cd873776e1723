// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inputs.hpp"

#include "support/hex.hpp"
#include "support/native_builder.hpp"

namespace qember::test {
namespace {

constexpr std::size_t kib = 1024;
constexpr std::size_t mib = 1024 * kib;

Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}
Bytes operator*(const Bytes& unit, std::size_t count) {
  Bytes bytes;
  bytes.reserve(unit.size() * count);
  for (std::size_t i = 0; i < count; ++i) bytes.insert(bytes.end(), unit.begin(), unit.end());
  return bytes;
}
Bytes hex(std::string_view text) { return from_hex(text); }
Bytes bytes(std::string_view text) { return {text.begin(), text.end()}; }

// BER.

Bytes file() { return hex("7fcdc551 80 02 01 03 30 80"); }
Bytes ends() { return hex("0000 0000"); }
/// A `SecFull` named `d` up to its contents.
Bytes device() { return file() + hex("7f8f53 80 0c 01 64 02 01 07 02 01 00 02 01 01"); }
Bytes device_end() { return hex("5fd345 00 0000") + ends(); }
Bytes values(const Bytes& entries) { return device() + hex("30 80") + entries + hex("0000") + device_end(); }
/// RAM with one block `r` of 2^52 bytes, and a SecMin with `pages` in it.
Bytes ram(const Bytes& pages) {
  return file() +
         hex("7f8f53 80 0c 03 72616d 02 01 01 02 01 00 02 01 04"
             "7fbe52 80 02 07 10000000000000 30 80 30 0c 0c 01 72 02 07 10000000000000 0000 0000 5fd345 00 "
             "0000"
             "7f8153 80 02 01 01 7fcc52 80 30 80 0c 01 72 30 80") +
         pages +
         hex("0000 0000 0000 5fd345 00 0000"
             // Its END, without pages.
             "7f8f53 80 0c 06 71656d626572 02 01 00 02 01 00 02 01 01 30 80 02 01 01 02 01 03 0000 5fd345 00 "
             "0000"
             "7f8153 80 02 01 01 7fcc52 80 0000 5fd345 00 0000") +
         ends();
}
Bytes described(const std::string& json) {
  const auto size = static_cast<std::uint32_t>(json.size());
  Bytes length(4);
  store_be(length.data(), size);
  return file() + hex("7f8f53 80 0c 06 71656d626572 02 01 00 02 01 03 02 01 01 04 84") + length +
         bytes(json) + device_end();
}

// Native.

NativeBuilder native() { return {}; }
NativeBuilder ram_of(std::uint64_t length) { return NativeBuilder().ram(1, {"r"}, length); }
std::string fields(const std::string& in) {
  return R"({"page_size":4096,"devices":[{"name":"d","instance_id":0,"vmsd_name":"d","version":1,"fields":[)" +
         in + "]}]}";
}
Bytes native_described(const std::string& json, const Bytes& state = Bytes(16)) {
  return ram_of(0x2000).ended(1).device(3, "d", state).eof().description(json).bytes();
}
std::string repeated(std::string_view unit, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += unit;
  return text;
}
/// A zlib stream of 4 MiB of zeros.
Bytes zip_bomb() { return hex("78daedc101010000008220ffaf6e484001") + Bytes(4063) + hex("7c1b03c00001"); }

// The inputs, by what is wrong with them.

using Inputs = std::vector<HostileInput>;

Inputs claims() {
  return {
      {"a terabyte claimed in 20 bytes", [] { return hex("7fcdc551 88 0000010000000000 02 01 03 30 80"); },
       "truncated"},
      {"a section of a terabyte", [] { return file() + hex("7f8f53 88 0000010000000000 0c 01 64"); },
       "limit"},
      {"a page of 2^62 bytes",
       [] { return ram(hex("7fc650 88 4000000000000000 02 01 00 04 88 3fffffffffffff00")); }, "constraint"},
      {"an integer of 2^32+1 bytes", [] { return device() + hex("30 80 02 85 0100000001 05"); }, "bad_value"},
      {"a name of 2^32 bytes", [] { return file() + hex("7f8f53 80 0c 85 0100000000 61"); }, "limit"},
      {"a string of 2^62 bytes", [] { return device() + hex("04 88 4000000000000000 61"); }, "truncated"},
  };
}

Inputs deep_or_many() {
  return {
      {"65 KB of nested tags", [] { return device() + hex("3080") * (32 * kib); }, "limit"},
      {"65 KB of nested segments", [] { return device() + hex("2480") * (32 * kib); }, "limit"},
      {"65 KB of nested files", [] { return hex("7fcdc55180") * (13 * kib); }, "bad_tag"},
      {"65 KB of nested subsections",
       [] { return values(hex("7fd34c80 7fd35380 0c0161 020101 3080") * (4 * kib)); }, "limit"},
      {"a million empty elements", [] { return values(hex("0400") * mib); }, "description_mismatch", false,
       2 * mib},
      {"a million empty segments",
       [] { return device() + hex("2480") + hex("0400") * mib + hex("0000") + device_end(); }, ""},
      {"a million empty blocks",
       [] { return ram(hex("0000 0000") + hex("3005 0c0172 3000") * (mib / 7) + hex("3080 0c0172 3080")); },
       ""},
      {"a million hooks", [] { return ram(hex("5fc84f00") * (mib / 4)); }, ""},
  };
}

Inputs far_apart() {
  return {
      {"a million annotations",
       [] {
         return file() +
                hex("7f8f53 17 0c 06 71656d626572 02 01 00 02 01 00 02 01 01 3000 5fd34500") * (mib / 30) +
                ends();
       },
       ""},
      {"a million bytes, one by one",
       [] {
         return device() + hex("2480") + (hex("04 82 0400") + Bytes(kib)) * kib + hex("0000") + device_end();
       },
       "", true},
      {"a million zero pages far apart",
       [] {
         Bytes pages;
         for (std::uint64_t i = 0; i < 200000; ++i) {
           Bytes page = hex("40 07 00 000000000000");
           for (int at = 0; at < 5; ++at)
             page[3 + static_cast<std::size_t>(at)] =
                 static_cast<std::uint8_t>((i * 1024 * 4096) >> (8 * (5 - at)));
           page[2] = 0;
           page[1] = 7;
           pages = std::move(pages) + page;
           if (pages.size() > mib) break;
         }
         return ram(pages);
       },
       "bad_value"},
  };
}

Inputs odd_forms() {
  return {
      {"overlong integers", [] { return values(hex("02 09 000000000000000001")); }, "bad_value"},
      {"overlong lengths", [] { return hex("7fcdc551 fe") + Bytes(126); }, "bad_length"},
      {"a tag of 65 KB", [] { return hex("7f") + hex("81") * (64 * kib); }, "unknown_magic"},
      {"a tag of 65 KB inside", [] { return file() + hex("7f") + hex("81") * (64 * kib); }, "bad_tag"},
      {"a primitive without a length", [] { return device() + hex("04 80") + Bytes(kib); }, "bad_length"},
      {"ends of contents alone", [] { return file() + Bytes(64 * kib); }, "trailing_data"},
  };
}

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

Inputs descriptions() {
  return {
      {"4 MB of [ as a description", [] { return described(std::string(4 * mib - kib, '[')); }, "bad_value",
       false, 10 * mib},
      {"a description of 4 GiB", [] { return native().eof().u8(6).u32(0xffffffff).bytes(); }, "limit"},
      {"a description that nests a thousand deep",
       [] {
         return native_described(
             fields(repeated(R"({"name":"f","type":"struct","struct":{"fields":[)", 1000)));
       },
       "bad_value", false, 2 * mib},
      {"a field of 2^64-1 bytes",
       [] { return native_described(fields(R"({"name":"f","type":"buffer","size":18446744073709551615})")); },
       ""},
      {"arrays of arrays of nothing",
       [] {
         std::string in = R"({"name":"f","type":"buffer","size":0,"array_len":4294967295})";
         for (int i = 0; i < 8; ++i)
           in =
               R"({"name":"s","array_len":4294967295,"type":"struct","struct":{"vmsd_name":"s","version":1,"fields":[)" +
               in + R"(]},"size":0})";
         return native_described(fields(in));
       },
       ""},
      {"arrays of arrays of nothing, in state that has room",
       [] {
         std::string in = R"({"name":"f","type":"buffer","size":0})";
         for (int i = 0; i < 4; ++i)
           in =
               R"({"name":"s","array_len":65536,"type":"struct","struct":{"vmsd_name":"s","version":1,"fields":[)" +
               in + R"(]},"size":0})";
         return native_described(fields(in), Bytes(64 * kib));
       },
       "", false, 24 * mib},
  };
}

Inputs described_state() {
  return {
      {"a description that contradicts the state",
       [] {
         return native_described(fields(
             R"({"name":"f","type":"uint64","size":8,"array_len":3},{"name":"f","type":"bool","size":77})"));
       },
       ""},
      {"a million devices in a description",
       [] { return native_described(R"({"devices":[)" + repeated(R"({},)", mib / 4) + "{}]}"); }, "limit",
       false, 8 * mib},
      {"as many devices as the text has room for",
       [] {
         return native_described(R"({"devices":[)" + repeated(R"({"name":"x","size":1000},)", 150 * kib) +
                                 "{}]}");
       },
       "limit", false, 40 * mib},
      {"as many fields as the text has room for",
       [] { return native_described(fields(repeated(R"({"name":"x","size":1000},)", 150 * kib) + "{}")); },
       "", false, 40 * mib},
      {"devices that are not described, and descriptions of no device",
       [] {
         NativeBuilder to = ram_of(0x2000);
         to.ended(1);
         for (std::uint32_t i = 0; i < 40 * kib; ++i) to.device(i, "d", Bytes(1), 1);
         return to.eof()
             .description(R"({"devices":[)" + repeated(R"({"name":"d","instance_id":0},)", 40 * kib) + "{}]}")
             .bytes();
       },
       "", false, 16 * mib},
      {"fields of nothing in arrays of nothing",
       [] {
         return native_described(
             fields(R"({"name":"s","array_len":65536,"type":"struct","struct":{"vmsd_name":"s","fields":[)" +
                    repeated(R"({"name":"f","type":"","size":0},)", 40 * kib) + R"({}]},"size":0})"));
       },
       "", false, 16 * mib},
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
      {"a description, byte by byte",
       [] {
         return native_described(fields(repeated(R"({"name":"f","type":"","size":0},)", 20 * kib) + "{}"));
       },
       "", true, 16 * mib},
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

const std::vector<HostileInput>& hostile_inputs() {
  static const Inputs inputs = [] {
    Inputs all;
    for (const Inputs& group :
         {claims(), deep_or_many(), far_apart(), odd_forms(), names_and_blocks(), blocks(), sections(),
          pages(), descriptions(), described_state(), one_by_one(), configurations()})
      all.insert(all.end(), group.begin(), group.end());
    return all;
  }();
  return inputs;
}

}  // namespace qember::test
