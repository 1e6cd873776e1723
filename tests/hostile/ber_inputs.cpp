// SPDX-License-Identifier: LGPL-2.1-or-later
// Inputs made to hurt, in BER.
#include "input_groups.hpp"

namespace qember::test {
namespace {

Bytes bytes(std::string_view text) { return {text.begin(), text.end()}; }

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

Inputs long_texts() {
  return {
      {"4 MB of [ as a description", [] { return described(std::string(4 * mib - kib, '[')); }, "bad_value",
       false, 10 * mib},
  };
}

}  // namespace

Inputs ber_inputs() { return joined({claims(), deep_or_many(), far_apart(), odd_forms(), long_texts()}); }

}  // namespace qember::test
