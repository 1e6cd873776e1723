// SPDX-License-Identifier: LGPL-2.1-or-later
// Inputs made to hurt, by the descriptions that native streams have.
#include "input_groups.hpp"

namespace qember::test {
namespace {

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

Inputs descriptions() {
  return {
      {"a description of 4 GiB", [] { return NativeBuilder().eof().u8(6).u32(0xffffffff).bytes(); }, "limit"},
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
      {"a description, byte by byte",
       [] {
         return native_described(fields(repeated(R"({"name":"f","type":"","size":0},)", 20 * kib) + "{}"));
       },
       "", true, 16 * mib},
  };
}

}  // namespace

Inputs description_inputs() { return joined({descriptions(), described_state(), one_by_one()}); }

}  // namespace qember::test
