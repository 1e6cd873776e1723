// SPDX-License-Identifier: LGPL-2.1-or-later
// Whatever a container claims, every verb takes time and memory for what it is, and writes nothing of what is
// not sound.
#include "allocations.hpp"
#include "guarded.hpp"

#include "fuzz/verbs.hpp"
#include "support/byte_strings.hpp"
#include "support/containers.hpp"
#include "support/native_builder.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <functional>

using namespace qember;
using namespace qember::test;

namespace {

constexpr std::size_t mib = std::size_t{1} << 20U;

Bytes times(std::size_t count, const Bytes& unit) {
  Bytes all;
  for (std::size_t i = 0; i < count; ++i) all.insert(all.end(), unit.begin(), unit.end());
  return all;
}

/// A stream of a few clusters.
Bytes stream() {
  NativeBuilder to;
  to.configuration("m", 4096).ram(1, {"r"}, 0x10000).part(1);
  for (std::uint64_t addr = 0; addr < 0x4000; addr += 0x1000)
    to.page("r", addr, static_cast<std::uint8_t>(addr >> 8U | 1U));
  return to.eos().footer(1).ended(1).eof().bytes();
}

/// An image of one snapshot whose tables are changed by hand.
class Image1 {
 public:
  explicit Image1(Clusters clusters = Clusters::plain)
      : bytes_(qcow2({.clusters = clusters, .snapshots = {{.state = stream()}}})) {}

  std::uint64_t be64(std::uint64_t at) const {
    return load_be<std::uint64_t>(&bytes_[static_cast<std::size_t>(at)]);
  }
  void put(std::uint64_t at, std::uint64_t value) { store_be(&bytes_[static_cast<std::size_t>(at)], value); }
  std::uint64_t table() const { return be64(64); }
  /// The entry of the first L2 table of the state: the disk is one byte, which the first L1 entry covers.
  std::uint64_t l1() const { return be64(table()) + 8; }
  std::uint64_t l2() const { return be64(l1()) & 0x00fffffffffffe00U; }
  const Bytes& bytes() const { return bytes_; }

 private:
  Bytes bytes_;
};

Bytes changed(Clusters clusters, const std::function<void(Image1&)>& change) {
  Image1 image(clusters);
  change(image);
  return image.bytes();
}

Bytes with_snapshots(std::size_t count, const std::string& name) {
  Image image;
  for (std::size_t i = 0; i < count; ++i) image.snapshots.push_back({std::to_string(i), name, {}, 1, {}});
  return qcow2(image);
}

struct Hostile {
  std::string name;
  std::function<Bytes()> make;
  int code;  ///< the exit code of `check`
};

const std::vector<Hostile>& inputs() {
  static const std::vector<Hostile> all{
      {"a libvirt header that claims 4 GiB of XML",
       [] { return libvirt_save({.data_length = 0xffffffff}, stream()); }, 3},
      {"XML of 1 MB that never ends a tag",
       [] { return libvirt_save({.xml = std::string(1'000'000, '<')}, stream()); }, 0},
      {"XML of 1 MB that never ends an entity",
       [] { return libvirt_save({.xml = "<a><name>" + std::string(1'000'000, '&')}, stream()); }, 0},
      {"XML of 3 MB", [] { return libvirt_save({.xml = std::string(3 * mib, 'x')}, stream()); }, 0},
      {"control characters in XML",
       [] { return libvirt_save({.xml = "<d><name>\x1b]0;x\x07</name></d>"}, stream()); }, 0},
      {"zeros in gzip", [] { return gzip(Bytes(256 * mib)); }, 4},
      {"zeros in bzip2", [] { return bzip2(Bytes(128 * mib)); }, 4},
      {"zeros in xz", [] { return xz(Bytes(128 * mib)); }, 4},
      {"zeros in zstd", [] { return zstd(Bytes(256 * mib)); }, 4},
      {"zeros behind a stream in zstd", [] { return zstd(stream()) + times(70, zstd(Bytes(16 * mib))); }, 4},
      {"a zstd frame that wants 128 MiB", [] { return zstd(stream(), 27); }, 4},
      {"xz that wants 64 MiB", [] { return xz(stream(), 9); }, 4},
      {"compression in compression",
       [] {
         Bytes bytes = stream();
         for (int i = 0; i < 100; ++i) bytes = gzip(bytes);
         return bytes;
       },
       4},
      {"libvirt saves in libvirt saves", [] { return libvirt_save({}, libvirt_save({}, stream())); }, 1},
      {"a table of 65,536 snapshots", [] { return with_snapshots(65'536, "n"); }, 4},
      {"a table of 65,537 snapshots", [] { return with_snapshots(65'537, "n"); }, 4},
      {"names of 64 KiB", [] { return with_snapshots(1000, std::string(65'535, 'n')); }, 4},
      {"a count of 4 G snapshots",
       [] { return changed(Clusters::plain, [](Image1& to) { to.put(56, 0xffffffff); }); }, 4},
      {"a table beyond the file",
       [] { return changed(Clusters::plain, [](Image1& to) { to.put(64, std::uint64_t{1} << 60U); }); }, 3},
      {"an L1 table beyond the file",
       [] {
         return changed(Clusters::plain, [](Image1& to) { to.put(to.table(), std::uint64_t{1} << 50U); });
       },
       3},
      {"an L2 table beyond the file",
       [] { return changed(Clusters::plain, [](Image1& to) { to.put(to.l1(), std::uint64_t{1} << 50U); }); },
       3},
      {"a cluster beyond the file",
       [] {
         return changed(Clusters::plain, [](Image1& to) { to.put(to.l2() + 8, std::uint64_t{1} << 50U); });
       },
       3},
      {"one cluster in many places",
       [] {
         return changed(Clusters::plain, [](Image1& to) {
           for (std::uint64_t i = 2; i < 60; ++i) to.put(to.l2() + 8 * i, to.be64(to.l2() + 8));
         });
       },
       1},
      {"compressed clusters that overlap",
       [] {
         return changed(Clusters::deflate, [](Image1& to) { to.put(to.l2() + 16, to.be64(to.l2() + 8)); });
       },
       1},
      {"a compressed cluster of other data",
       [] {
         return changed(Clusters::deflate,
                        [](Image1& to) { to.put(to.be64(to.l2() + 8) & 0xffffff, ~0ULL); });
       },
       1},
      {"a state of 2^60 bytes",
       [] { return qcow2({.snapshots = {{.state = stream(), .state_size = std::uint64_t{1} << 60U}}}); }, 1},
  };
  return all;
}

}  // namespace

TEST_CASE("hostile containers cost what they are, and nothing of them is written", "[hostile]") {
  const fuzz::Outputs outputs;
  const std::string out = outputs.path("out");
  for (const Hostile& hostile : inputs()) {
    INFO(hostile.name);
    Bytes bytes = hostile.make();
    // What it took to make it is not what it costs.
    bytes.shrink_to_fit();
    const fuzz::MemoryFile file(bytes);
    const std::vector<std::vector<std::string>> verbs{{"check", file.path()},
                                                      {"info", file.path()},
                                                      {"info", "--json", file.path()},
                                                      {"show", file.path()},
                                                      {"encode", file.path(), "-o", out},
                                                      {"extract", file.path(), "--ram", out}};
    for (const auto& verb : verbs) {
      INFO(verb[0]);
      const Guarded result = run_guarded([&] {
        const fuzz::Ran ran = fuzz::run(verb);
        const bool is_clean = (ran.out + ran.error).find('\x1b') == std::string::npos;
        return fmt::format("{}{}", ran.code, is_clean ? "" : " with control characters");
      });
      CHECK(result.ended == "");
      if (verb[0] != "extract") CHECK(result.said == std::to_string(hostile.code));
      if (hostile.code != 0) CHECK(outputs.are_none());
      if (counts_allocations() && bytes.size() < 4 * mib) CHECK(result.resident_kib < 64 << 10);
      outputs.remove_all();
    }
  }
}
