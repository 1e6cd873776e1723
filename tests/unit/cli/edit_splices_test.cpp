// SPDX-License-Identifier: LGPL-2.1-or-later
// Edits after which a device has more bytes, or fewer, or the same elsewhere: what they make, and that no two
// of them, and no bytes that are set beside them, are lost.
#include "edit_subject.hpp"

using namespace qember;
using namespace qember::test;

namespace {

/// A stream that a real QEMU refused; nothing where it is not there.
std::optional<Bytes> refused(const std::string& name) {
  const auto path = std::filesystem::path(QEMBER_TEST_STREAMS).parent_path() / "resume" / (name + ".mig.xz");
  return std::filesystem::exists(path) ? std::optional(load(path)) : std::nullopt;
}

/// The bytes of the section of that name, in a native stream that has one such section.
Bytes body_of(const Bytes& native, const std::string& name) {
  const Scratch scratch;
  std::istringstream lines(run({"ls", "--json", scratch.file("in", native)}).out);
  constexpr std::size_t header = 1 + 4 + 1 + 4 + 4;
  for (std::string line; std::getline(lines, line);) {
    const Json part = Json::parse(line);
    if (part["record"] != "section" || part["name"] != name) continue;
    const auto begin = native.begin() + part["offset"].get<std::ptrdiff_t>() +
                       static_cast<std::ptrdiff_t>(header + name.size());
    return {begin, begin + part["size"].get<std::ptrdiff_t>()};
  }
  return {};
}

/// Of `n` that counts, and `a` and `b` of two elements each; `c` has one.
Bytes counting() {
  NativeBuilder to;
  to.configuration("m", 4096).ram(1, {"r"}, 4096).part(1).zero("r", 0).eos().footer(1).ended(1);
  return to.device(2, "d", Bytes{2, 10, 11, 20, 21, 30})
      .eof()
      .description(R"({"page_size":4096,"devices":[{"name":"d","instance_id":0,"vmsd_name":"d","version":1,)"
                   R"("fields":[{"name":"n","type":"uint8","size":1},)"
                   R"({"name":"a","array_len":2,"type":"uint8","size":1},)"
                   R"({"name":"b","array_len":2,"type":"uint8","size":1},)"
                   R"({"name":"c","type":"uint8","size":1}]}]})")
      .bytes();
}

/// The options of several edits of `set`.
Arguments set(const std::vector<std::string>& all) {
  Arguments options;
  for (const std::string& each : all) options.insert(options.end(), {"--set", each});
  return options;
}

}  // namespace

TEST_CASE("edit: arrays that a field counts get another length together") {
  Subject subject(counting());
  subject.difference(set({"d:n=3", "d:a=[1,2,3]", "d:b=[4,5,6]"}));
  CHECK(body_of(subject.out(), "d") == Bytes{3, 1, 2, 3, 4, 5, 6, 30});
  const std::string others = "set: expected 3 elements of b, which is as long as a, found 2\n";
  CHECK(subject.refusal(set({"d:n=3", "d:a=[1,2,3]"})) == others);
  CHECK(subject.refusal(set({"d:n=3", "d:a=[1,2,3]", "d:b=[1,2]"})) == others);
}

TEST_CASE("edit: an array gets another length once, and what counts it says that") {
  Subject subject(counting());
  const std::string once = "set: expected one edit of an array that gets another length, found ";
  CHECK(subject.refusal(set({"d:n=3", "d:a=[1,2,3]", "d:b=[4,5,6]", "d:a=[7,8,9]"})) == once + "d:a\n");
  CHECK(subject.refusal(set({"d:n=3", "d:a=[1,2,3]", "d:b=[4,5,6]", "a=[7,8,9]"})) == once + "a\n");
  CHECK(subject.refusal(set({"d:n=3", "d:a=[1,2,3]", "d:b=[4,5,6]", "d:a[1]=7"})) == once + "d:a[1]\n");
  CHECK(subject.refusal(set({"d:n=3", "d:a=[1,2,3]", "d:b=[4,5,6]", "d:n=1", "d:a=[1]", "d:b=[2]"})) ==
        once + "d:a\n");
  CHECK(subject.refusal(set({"d:n=3", "d:n=4", "d:a=[1,2,3]", "d:b=[4,5,6]"})) ==
        "set: expected 3 for n, which counts the elements of an array, found 4\n");
  Arguments with_bytes = set({"d:n=3", "d:a=[1,2,3]", "d:b=[4,5,6]"});
  with_bytes.insert(with_bytes.end(), {"--bytes", "d+0=04"});
  CHECK(subject.refusal(with_bytes) ==
        "set: expected 3 for n, which counts the elements of an array, found 4\n");
  with_bytes.back() = "d+3=04";
  CHECK(subject.refusal(with_bytes) ==
        "bytes: expected a place that no other edit moves or leaves out, found d+3\n");
  with_bytes.back() = "d+5=04";
  subject.difference(with_bytes);
  CHECK(body_of(subject.out(), "d") == Bytes{3, 1, 2, 3, 4, 5, 6, 4});
}

TEST_CASE("edit: the number of a request in flight moves behind it, once", "[corpus]") {
  const auto stream = refused("c-infl-packed");
  if (!stream) return;
  Subject subject(*stream);
  const std::string device = "0000:00:03.0/virtio-blk";
  subject.difference({"--mend-requests", device});
  Bytes wanted = body_of(*stream, device);
  const auto number = wanted.begin() + 0x191;
  constexpr std::ptrdiff_t number_size = 4;
  std::rotate(number, number + number_size, wanted.begin() + 0xc1a5);
  CHECK(body_of(subject.out(), device) == wanted);

  const std::string once = "mend-requests: expected one such edit of a device, found ";
  CHECK(subject.refusal({"--mend-requests", device, "--mend-requests", device}) == once + device + '\n');
  CHECK(subject.refusal({"--mend-requests", device, "--mend-requests", "*virtio-blk"}) ==
        once + "*virtio-blk\n");
  CHECK(subject.refusal({"--mend-requests", device, "--bytes", device + "+0x194=02"}) ==
        "bytes: expected a place that no other edit moves or leaves out, found " + device + "+0x194\n");
  // Its first byte is that of the request, which is moved by itself.
  subject.difference({"--mend-requests", device, "--bytes", device + "+0x195=02"});
  wanted[0x191] = 2;
  CHECK(body_of(subject.out(), device) == wanted);
}

TEST_CASE("edit: a device without vectors gets some, once", "[corpus]") {
  const auto stream = refused("bal");
  if (!stream) return;
  Subject subject(*stream);
  const std::string device = "0000:00:03.0/virtio-balloon";
  subject.difference({"--vectors", device + "=2"});
  Bytes wanted = body_of(*stream, device);
  // Behind the index of each queue's ring, from the last on.
  for (const std::ptrdiff_t at : {0x15e, 0x150, 0x142}) wanted.insert(wanted.begin() + at, 2, 0xff);
  wanted.insert(wanted.begin() + 0x114, 2, 0xff);
  Bytes table(33);
  table[12] = table[28] = 1;
  wanted.insert(wanted.begin() + 0x114, table.begin(), table.end());
  CHECK(body_of(subject.out(), device) == wanted);

  const std::string once = "vectors: expected one such edit of a device, found ";
  CHECK(subject.refusal({"--vectors", device + "=2", "--vectors", device + "=3"}) == once + device + '\n');
  CHECK(subject.refusal({"--vectors", device + "=2", "--vectors", "*balloon=2"}) == once + "*balloon\n");
}

TEST_CASE("edit: a device has one vector more, and says so where bytes are set as well", "[corpus]") {
  const auto stream = refused("q35m");
  if (!stream) return;
  Subject subject(*stream);
  const std::string device = "0000:00:06.0:00.0/virtio-blk";
  CHECK(subject.difference({"--vectors", device + "=3", "--bytes", device + "+0xe2=02"}) ==
        device +
            "/0\n"
            "  virtio.transport.config.at[0xdc].control  1 → 2\n"
            "  virtio.transport.msix.table[2].address    none → 0\n"
            "  virtio.transport.msix.table[2].data       none → 0\n"
            "  virtio.transport.msix.table[2].control    none → 1  masked\n");
  CHECK(subject.refusal({"--vectors", device + "=3", "--vectors", device + "=3"}) ==
        "vectors: expected one such edit of a device, found " + device + '\n');
  for (const std::string at : {"+0x1014", "+0x1034"})
    CHECK(subject.refusal({"--vectors", device + "=3", "--bytes", device + at + "=02"}) ==
          "bytes: expected a place that no other edit moves or leaves out, found " + device + at + '\n');
}

TEST_CASE("edit: a field that a later QEMU adds is added once", "[corpus]") {
  const auto stream = refused("q35m");
  if (!stream) return;
  Subject subject(*stream);
  const std::string device = "0000:00:08.0/e1000e";
  const std::string field = device + ":core.timadj";
  CHECK(subject.difference({"--add-default", field}) == device + "/0\n  core.timadj  none → 0\n");
  const std::string once = "add-default: expected one such edit of a field, found ";
  CHECK(subject.refusal({"--add-default", field, "--add-default", field}) == once + field + '\n');
  CHECK(subject.refusal({"--add-default", field, "--add-default", "core.timadj"}) == once + "core.timadj\n");
  // The last field before it: 0x21351, core.vet, is of two bytes.
  CHECK(subject.difference({"--add-default", field, "--bytes", device + "+0x21352=01"}) ==
        device + "/0\n  core.vet     0 → 1\n  core.timadj  none → 0\n");
}

TEST_CASE("edit: bytes in a subsection that goes are refused", "[corpus]") {
  const auto stream = refused("c-infl-packed");
  if (!stream) return;
  Subject subject(*stream);
  const std::string device = "0000:00:03.0/virtio-blk";
  const std::string bytes = device + "+0xc1d0=02";
  CHECK(subject.refusal({"--drop-subsection", device + ":virtio/virtqueues", "--bytes", bytes}) ==
        "bytes: expected a place that no other edit moves or leaves out, found " + device + "+0xc1d0\n");
}

TEST_CASE("edit: a description beyond the limits is the reason for which no edit of a device can be done") {
  NativeBuilder to;
  to.configuration("m", 4096).ram(1, {"r"}, 4096).part(1).zero("r", 0).eos().footer(1).ended(1);
  to.device(2, "d", Bytes{2})
      .eof()
      .description(R"({"page_size":4096,"devices":[{"name":"d","instance_id":0,"vmsd_name":"d","version":1,)"
                   R"("fields":[{"name":")" +
                   std::string(300, 'n') + R"(","type":"uint8","size":1}]}]})");
  Subject subject(to.bytes());
  for (const Arguments& edit :
       {Arguments{"--set", "d:n=1"}, Arguments{"--drop-subsection", "d:n"},
        Arguments{"--clear-feature", "d:1"}, Arguments{"--bytes", "d+0=01"}, Arguments{"--vectors", "d=1"},
        Arguments{"--add-default", "d:n"}, Arguments{"--mend-requests", "d"}})
    CHECK_THAT(subject.refusal(edit, 4), Catch::Contains("a name of 300 bytes, more than max_name"));
}
