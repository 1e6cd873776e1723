// SPDX-License-Identifier: LGPL-2.1-or-later
// A stream comes out of each container as it went in; what is none is named.
#include "support/containers.hpp"
#include "support/hex.hpp"
#include "support/native_builder.hpp"
#include "support/samples.hpp"

#include <qember/advanced/container/open.hpp>
#include <qember/advanced/io/memory_source.hpp>

#include <catch2/catch.hpp>

#include <fstream>
#include <functional>

using namespace qember;
using namespace qember::test;

namespace {

/// What can be read once, in pieces of a size.
class InOrder final : public io::ByteSource {
 public:
  InOrder(ByteView bytes, std::size_t piece) : bytes_(bytes), piece_(piece) {}

  std::optional<std::uint64_t> size() const override { return std::nullopt; }
  bool is_seekable() const override { return false; }
  Result<std::size_t> read_some(std::uint64_t offset, MutableBytes to) override {
    REQUIRE(offset == next_);
    const std::size_t count = std::min({to.size(), piece_, bytes_.size() - next_});
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(next_), count, to.begin());
    next_ += count;
    return count;
  }

 private:
  ByteView bytes_;
  std::size_t piece_;
  std::size_t next_ = 0;
};

struct Found {
  std::string way;
  Bytes bytes{};
  std::uint64_t base = 0;
  std::optional<Error> error{};
};

Found open(io::ByteSource& source, const container::Options& options = {.limits = Limits::untrusted()}) {
  container::Contents contents;
  auto opened = container::Opened::open(source, options, contents);
  Found found{container::to_string(contents.way)};
  if (!opened) {
    found.error = opened.error();
    return found;
  }
  found.base = (*opened)->base();
  Bytes piece(1000);
  for (;;) {
    const auto count = (*opened)->bytes().read_some(found.bytes.size(), piece);
    if (!count) {
      found.error = count.error();
      return found;
    }
    if (*count == 0) return found;
    found.bytes.insert(found.bytes.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(*count));
  }
}

Found open(ByteView file, const container::Options& options = {.limits = Limits::untrusted()}) {
  io::MemorySource source(file);
  return open(source, options);
}

/// Large enough for clusters of all kinds, with zeros and with what does not compress.
Bytes stream() {
  NativeBuilder to;
  to.configuration("m", 4096).ram(1, {"r"}, 0x100000).part(1);
  std::uint32_t state = 1;
  for (std::uint64_t addr = 0; addr < 0x14000; addr += 0x1000) {
    if (addr % 0x3000 == 0) {
      to.page("r", addr, 0);
    } else {
      Bytes page(4096);
      for (auto& byte : page) byte = static_cast<std::uint8_t>((state = state * 1664525 + 1013904223) >> 24U);
      to.u64(addr | 0x08).counted("r").raw(page);
    }
  }
  return to.eos().footer(1).ended(1).eof().bytes();
}

Bytes joined(std::initializer_list<ByteView> parts) {
  Bytes all;
  for (const ByteView part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

/// It comes out at once, in order, and in any pieces.
void comes_out(const Bytes& file, const Bytes& stream, const std::string& way) {
  INFO(way);
  const Found whole = open(file);
  if (whole.error) FAIL_CHECK(to_string(*whole.error));
  CHECK(whole.way == way);
  CHECK((whole.bytes == stream));
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{1} << 16U}) {
    InOrder in_order(file, piece);
    const Found found = open(in_order);
    if (found.error) FAIL_CHECK(to_string(*found.error));
    CHECK((found.bytes == stream));
  }
}

Error refusal(const Found& found) {
  REQUIRE(found.error);
  return *found.error;
}

}  // namespace

TEST_CASE("container: a bare stream and a hole before it") {
  comes_out(stream(), stream(), "QEVM");
  const Bytes hole(5000);
  const Found found = open(joined({hole, stream()}));
  CHECK(found.way == "offset 5000 > QEVM");
  CHECK(found.base == 5000);
  CHECK((found.bytes == stream()));
  const Bytes other(5000, 0xaa);
  CHECK(refusal(open(joined({other, stream()}))).code == Errc::unknown_magic);
  const Bytes file = joined({other, stream()});
  io::MemorySource source(file);
  const Found told = open(source, {.offset = 5000});
  CHECK((told.bytes == stream()));
  CHECK(told.base == 5000);
  InOrder in_order(file, 999);
  CHECK((open(in_order, {.offset = 5000}).bytes == stream()));
  CHECK(refusal(open(source, {.offset = file.size() + 1})).code == Errc::truncated);
}

TEST_CASE("container: libvirt saves of both versions and byte orders") {
  const Bytes plain = stream();
  comes_out(libvirt_save({}, plain), plain, "libvirt save > QEVM");
  comes_out(libvirt_save({.is_big_endian = true}, plain), plain, "libvirt save > QEVM");
  comes_out(libvirt_save({.version = 1, .format = 7}, plain), plain, "libvirt save > QEVM");
  comes_out(libvirt_save({.version = 1, .is_big_endian = true}, plain), plain, "libvirt save > QEVM");
  comes_out(libvirt_save({.format = 6}, plain), plain, "libvirt save (sparse) > QEVM");
  comes_out(libvirt_save({.format = 1}, gzip(plain)), plain, "libvirt save (gzip) > QEVM");
  comes_out(libvirt_save({.format = 2}, bzip2(plain)), plain, "libvirt save (bzip2) > QEVM");
  comes_out(libvirt_save({.format = 3}, xz(plain)), plain, "libvirt save (xz) > QEVM");
  comes_out(libvirt_save({.format = 5}, zstd(plain)), plain, "libvirt save (zstd) > QEVM");
  comes_out(libvirt_save({.magic = "LibvirtQemudPart"}, plain), plain, "libvirt save > QEVM");
  comes_out(gzip(libvirt_save({.format = 5}, zstd(plain))), plain, "gzip > libvirt save (zstd) > QEVM");
  const auto code = [&](const SaveHeader& header, const Bytes& data) {
    return refusal(open(libvirt_save(header, data))).code;
  };
  CHECK(code({.version = 3}, plain) == Errc::unsupported);
  CHECK(code({.version = 0}, plain) == Errc::unsupported);
  CHECK(code({.format = 7}, plain) == Errc::unsupported);
  CHECK(code({.format = 4}, from_hex("894c5a4f000d0a1a0a")) == Errc::unsupported);
  CHECK(code({.data_length = 0}, plain) == Errc::bad_value);
  CHECK(code({.data_length = 0xffffffff}, plain) == Errc::truncated);
  CHECK(code({.format = 1}, plain) == Errc::bad_value);
  CHECK(code({.format = 0}, gzip(plain)) == Errc::bad_value);
  CHECK(code({}, {}) == Errc::truncated);
}

TEST_CASE("container: what libvirt says of a domain") {
  const auto read = [](const SaveHeader& header) {
    const Bytes file = libvirt_save(header, stream());
    io::MemorySource source(file);
    container::Contents contents;
    const auto opened = container::Opened::open(source, {.limits = Limits::untrusted()}, contents);
    CHECK(opened);
    REQUIRE(contents.libvirt);
    return *contents.libvirt;
  };
  const auto save = read({.was_running = 1});
  CHECK(save.domain == "guest");
  CHECK(save.uuid == "c0ffee");
  CHECK(save.was_running);
  CHECK(save.is_marked_complete);
  CHECK(as_text(save.cookie) == "<cookie/>");
  CHECK_FALSE(read({.magic = "LibvirtQemudPart"}).is_marked_complete);
  CHECK(
      read({.xml =
                "<?xml version='1.0'?><!-- <domain><name>no</name> --><domain a='>'><metadata><name>no</name>"
                "</metadata><title/><name>a&lt;&#x62;&#99;&amp;</name></domain>"})
          .domain == "a<bc&");
  CHECK(read({.xml = "<domain><name>open"}).domain == "open");
  CHECK(read({.xml = "no XML at all"}).domain.empty());
  CHECK(read({.xml = "<name>root</name>"}).domain.empty());
  CHECK(as_text(read({.cookie = ""}).xml).ends_with("</domain>"));
  CHECK(read({.padding = std::size_t{2} << 20U}).is_text_left_out);
}

TEST_CASE("container: compressed files of several members") {
  const Bytes plain = stream();
  const ByteView first = ByteView(plain).first(1000);
  const ByteView rest = ByteView(plain).subspan(1000);
  const Bytes none;
  const Bytes skippable = from_hex("5a2a4d18 03000000 aabbcc");
  comes_out(joined({gzip(first), gzip(none), gzip(rest)}), plain, "gzip > QEVM");
  comes_out(joined({bzip2(first), bzip2(rest)}), plain, "bzip2 > QEVM");
  comes_out(joined({xz(first), Bytes(8), xz(rest)}), plain, "xz > QEVM");
  comes_out(joined({skippable, zstd(first), skippable, zstd(rest), skippable}), plain, "zstd > QEVM");
  comes_out(gzip(xz(plain)), plain, "gzip > xz > QEVM");
  for (const auto& packed : {gzip(plain), bzip2(plain), xz(plain), zstd(plain)}) {
    const Bytes zeros(700);
    const Found padded = open(joined({packed, zeros}));
    CHECK_FALSE(padded.error);
    CHECK((padded.bytes == plain));
    const Bytes other = joined({packed, zeros, from_hex("01")});
    const Found followed = open(other);
    CHECK(refusal(followed).code == Errc::trailing_data);
    CHECK(refusal(followed).offset == other.size() - 1);
    CHECK((followed.bytes == plain));
    CHECK_FALSE(open(other, {.allow_trailing = true}).error);
    for (std::size_t size = 8; size < packed.size(); size += 1 + packed.size() / 50) {
      INFO(size);
      CHECK(refusal(open(ByteView(packed).first(size))).code == Errc::truncated);
    }
    Bytes damaged = packed;
    damaged[damaged.size() / 2] ^= 0x10U;
    // Where a checksum is behind all of the data, this may be no stream before that.
    const Errc code = refusal(open(damaged)).code;
    CHECK((code == Errc::bad_value || code == Errc::unknown_magic));
    CHECK(refusal(open(damaged)).in_container);
  }
  CHECK(refusal(open(gzip(gzip(gzip(plain))))).code == Errc::limit);
}

TEST_CASE("container: what takes too much memory to decompress is beyond the limits") {
  const Bytes plain = stream();
  for (const Bytes& large : {xz(plain, 9), zstd(plain, 27)}) {
    const Error error = refusal(open(large));
    CHECK(error.code == Errc::limit);
    CHECK(error.expected.starts_with("max_unpack_memory"));
    CHECK((open(large, {.limits = Limits::trusted()}).bytes == plain));
  }
  CHECK_FALSE(open(xz(plain, 6)).error);
  CHECK_FALSE(open(zstd(plain, 23)).error);
}

TEST_CASE("container: snapshots of qcow2 images of any form") {
  const Bytes plain = stream();
  const auto holds = [&](Image image) {
    INFO(image.version << " " << image.cluster_bits << " " << image.has_extended_l2 << " "
                       << static_cast<int>(image.clusters) << " " << image.extra_size);
    image.snapshots = {{.state = plain, .disk_size = 3'000'000}};
    comes_out(qcow2(image), plain, "qcow2 snapshot 1 > QEVM");
  };
  for (const std::uint32_t bits : {9, 12, 16, 21}) holds({.cluster_bits = bits});
  for (const std::uint32_t bits : {14, 16, 18}) holds({.cluster_bits = bits, .has_extended_l2 = true});
  for (const auto clusters : {Clusters::deflate, Clusters::zstd})
    for (const std::uint32_t bits : {9, 12, 16}) holds({.cluster_bits = bits, .clusters = clusters});
  holds({.cluster_bits = 14, .has_extended_l2 = true, .clusters = Clusters::deflate});
  for (const std::uint32_t size : {0, 8, 16, 32, 1024}) holds({.extra_size = size});
  holds({.version = 2, .extra_size = 16});
  for (const std::uint64_t incompatible : {1, 2}) holds({.incompatible = incompatible});
  comes_out(gzip(qcow2({.snapshots = {{.state = plain}}})), plain, "gzip > qcow2 snapshot 1 > QEVM");
}

TEST_CASE("container: a snapshot is chosen by id or name") {
  Bytes one = stream();
  Bytes two = stream();
  two.push_back(0);
  const Bytes image = qcow2({.snapshots = {{.id = "1", .name = "2", .state = one},
                                           {.id = "2", .name = "before", .state = two},
                                           {.id = "3", .name = "disk", .state = {}},
                                           {.id = "4", .name = "before", .state = one}}});
  const auto chosen = [&](const std::string& snapshot) {
    io::MemorySource source(image);
    return open(source, {.snapshot = snapshot});
  };
  CHECK(refusal(chosen("")).code == Errc::usage);
  CHECK(refusal(chosen("")).found == "3: id:1 (2), id:2 (before), id:4 (before)");
  CHECK((chosen("id:1").bytes == one));
  CHECK((chosen("1").bytes == one));
  CHECK((chosen("2").bytes == two));
  CHECK((chosen("name:2").bytes == one));
  CHECK(refusal(chosen("name:before")).code == Errc::usage);
  CHECK(refusal(chosen("9")).code == Errc::usage);
  CHECK(refusal(chosen("disk")).code == Errc::unsupported);
  const Bytes bare = stream();
  io::MemorySource source(bare);
  CHECK(refusal(open(source, {.snapshot = "1"})).code == Errc::usage);
}

TEST_CASE("container: qcow2 images that cannot be read are refused by what they are") {
  const auto refused = [](Image image, Errc code, const std::string& found) {
    if (image.snapshots.empty()) image.snapshots = {{.state = stream()}};
    const Error error = refusal(open(qcow2(image)));
    INFO(to_string(error));
    CHECK(error.code == code);
    CHECK(error.found.find(found) != std::string::npos);
  };
  refused({.encryption = 1}, Errc::unsupported, "AES");
  refused({.encryption = 2}, Errc::unsupported, "LUKS");
  refused({.incompatible = 4}, Errc::unsupported, "external data file");
  refused({.incompatible = 0x20}, Errc::unsupported, "0x20");
  refused({.extra_size = 1032}, Errc::unsupported, "1032");
  refused({.snapshots = {{.name = "d", .state = {}}}}, Errc::unsupported, "disk alone");
  refused({.snapshots = {{.state = stream(), .state_size = std::uint64_t{1} << 40U}}}, Errc::bad_value,
          "1099511627776");
  refused({.snapshots = {{.state = stream(), .disk_size = ~std::uint64_t{0} - 7}}}, Errc::bad_value, "");
}

TEST_CASE("container: what is no stream is named") {
  std::ifstream in(std::string(QEMBER_TEST_VECTORS) + "/kinds.vec");
  std::size_t count = 0;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') continue;
    INFO(line);
    ++count;
    const auto mark = line.find('!');
    Bytes file = from_hex(line.substr(0, mark));
    file.resize(512, 0xaa);
    const std::string rest = line.substr(mark + 2);
    const Error error = refusal(open(file));
    CHECK(std::string(name_of(error.code)) == rest.substr(0, rest.find(' ')));
    CHECK(error.found.find(rest.substr(rest.find(' ') + 1)) != std::string::npos);
  }
  CHECK(count > 20);
}

TEST_CASE("container: a file that is cut anywhere is cut, or has no end of its own") {
  const Bytes plain = small_stream().bytes();
  for (const Bytes& file : {libvirt_save({}, plain), libvirt_save({.format = 5}, zstd(plain)),
                            gzip(libvirt_save({.format = 3}, xz(plain)))}) {
    for (std::size_t size = 0; size < file.size(); ++size) {
      INFO(size);
      const Found found = open(ByteView(file).first(size));
      if (found.error)
        CHECK(found.error->code == Errc::truncated);
      else
        CHECK(found.bytes.size() < plain.size());
    }
  }
  const Bytes image = qcow2({.snapshots = {{.state = plain}}});
  for (std::size_t size = 0; size < image.size(); ++size) {
    INFO(size);
    const Found found = open(ByteView(image).first(size));
    // What pads the table may be missing.
    if (found.error)
      CHECK(found.error->code == Errc::truncated);
    else
      CHECK((found.bytes == plain));
  }
}
