// SPDX-License-Identifier: LGPL-2.1-or-later
// Writes the first inputs of each target's corpus: the shipped stream cut small, what the tests make by
// hand, and the vectors. usage: seeds DIRECTORY
#include "support/channel_builder.hpp"
#include "support/containers.hpp"
#include "support/convert.hpp"
#include "support/cut.hpp"
#include "support/samples.hpp"
#include "support/types.hpp"
#include "support/vectors.hpp"

#include <qember/advanced/qevm/reader.hpp>

#include <fstream>

namespace {

using namespace qember;
using namespace qember::test;
namespace fs = std::filesystem;

fs::path root;

void put(const std::string& target, const std::string& name, ByteView bytes) {
  fs::create_directories(root / target);
  std::ofstream(root / target / name, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

Bytes joined(ByteView first, ByteView second) {
  Bytes bytes(first.begin(), first.end());
  bytes.insert(bytes.end(), second.begin(), second.end());
  return bytes;
}

template <class... T>
std::uint8_t index_of(std::string_view type, std::tuple<T...>*) {
  std::uint8_t index = 0;
  std::uint8_t found = 0;
  ((asn1::Value<T>::make()->type().name == type ? void(found = index) : void(), ++index), ...);
  return found;
}

void put_vectors() {
  std::size_t number = 0;
  for (const char* file : {"accepted.vec", "refused.vec"})
    for (const Vector& vector : read_vectors(file)) {
      const std::string name = "vector-" + std::to_string(number++);
      const Bytes type{index_of(vector.type, static_cast<AllTypes*>(nullptr))};
      put("asn1_types", name, joined(type, vector.in));
      put("ber_header", name, ByteView(vector.in).first(std::min<std::size_t>(vector.in.size(), 12)));
      if (vector.type == "RAMPage") put("page", name, vector.in);
    }
  Bytes full = from_hex("7fc650 82 0109 02 03 00ff00 04 82 0100");
  full.resize(full.size() + 256, 0x5a);
  put("page", "full", full);
  put("page", "segments", from_hex("7fd842 80 02 01 00 24 80 04 01 61 04 02 6263 0000 0000"));
}

void put_deltas() {
  Bytes page(128);
  for (std::size_t i = 0; i < page.size(); ++i) page[i] = static_cast<std::uint8_t>(i * 7);
  put("xbzrle", "short", joined(Bytes(5), from_hex("00 02 1122 03")));
  put("xbzrle", "long", joined(page, joined(from_hex("8001 8000"), Bytes(124, 0x33))));
  put("xbzrle", "runs", joined(page, joined(from_hex("05 02 aabb 7f 01 cc 8201 03 010203"), Bytes(113))));
}

void put_stream(const std::string& name, const Bytes& native) {
  put("native_stream", name, native);
  for (const auto& [suffix, form] : {std::pair("", EncodeForm{false, false, {}, 4096}),
                                     std::pair("-der", EncodeForm{true, false, {}, 4096}),
                                     std::pair("-opaque", EncodeForm{false, true, {}, 4096})}) {
    const Converted ber = encode(native, whole(), form);
    if (ber.error) throw std::runtime_error(name + ": " + to_string(*ber.error));
    put("ber_stream", name + suffix, ber.out);
    put("decode_encode", name + suffix, ber.out);
  }
}

/// Both forms of what the verbs that look into a guest have to tell apart.
void put_guest(const std::string& name, const NativeBuilder& guest) {
  put("guest", name, guest.bytes());
  put("guest", name + "-ber", encode(guest.bytes()).out);
}

void put_guests() {
  const auto ram = [] { return NativeBuilder().configuration("pc-q35-9.0", 4096); };
  put_guest("rounds", ram()
                          .ram(2, {"pc.ram", "vga.vram"}, 0x4000)
                          .part(2)
                          .page("pc.ram", 0, 1)
                          .zero({}, 0x1000)
                          .eos()
                          .footer(2)
                          .part(2)
                          .xbzrle("pc.ram", 0, from_hex("05 02 1122"))
                          .zero("vga.vram", 0, 7)
                          .eos()
                          .footer(2)
                          .ended(2)
                          .device(3, "dev", Bytes(5))
                          .eof());
  put_guest("postcopy", ram()
                            .ram(2, {"pc.ram"}, 0x4000)
                            .part(2)
                            .page("pc.ram", 0x1000, 1)
                            .zero({}, 0)
                            .eos()
                            .footer(2)
                            .command(6, from_hex("00 06 70632e72616d 00 0000000000001000 0000000000001000"))
                            .ended(2)
                            .eof());
  put_guest("nodes", ram()
                         .ram(2, {"ram-node1", "ram-node0"}, 0x2000)
                         .part(2)
                         .page("ram-node0", 0, 1)
                         .page("ram-node1", 0x1000, 2)
                         .eos()
                         .footer(2)
                         .ended(2)
                         .eof());
  put_guest("multifd", ram().ram(2, {"pc.ram"}, 0x4000).part(2).u64(0x200).eos().footer(2).ended(2).eof());
}

void put_descriptions() {
  put("description", "small", joined(as_bytes(small_description()), joined(Bytes(1), dev_state())));
  auto input = io::Input::over({});
  const Bytes real = sample();
  input = io::Input::over(real);
  qevm::Reader reader(input);
  for (auto event = reader.next(); event; event = reader.next())
    if (const auto* text = std::get_if<event::DescriptionText>(&*event))
      return put("description", "real", text->json);
}

void put_containers() {
  const Bytes stream = small_stream().bytes();
  put("container", "gzip", gzip(stream));
  put("container", "bzip2", bzip2(stream));
  put("container", "xz", xz(stream));
  put("container", "zstd", zstd(stream));
  put("container", "libvirt", libvirt_save({.padding = 8}, stream));
  put("container", "libvirt-gzip",
      libvirt_save({.format = 1, .is_big_endian = true, .padding = 8}, gzip(stream)));
  put("container", "qcow2", qcow2({.snapshots = {{.state = stream}, {.id = "2", .state = {}}}}));
  put("container", "qcow2-v2", qcow2({.version = 2, .extra_size = 0, .snapshots = {{.state = stream}}}));
  put("container", "qcow2-deflate", qcow2({.clusters = Clusters::deflate, .snapshots = {{.state = stream}}}));
  put("container", "qcow2-zstd", qcow2({.clusters = Clusters::zstd, .snapshots = {{.state = stream}}}));
}

/// See multifd.cpp: two numbers, then what the channels have behind their hellos.
void put_set(const std::string& name, std::uint8_t main, const std::vector<ChannelBuilder*>& channels) {
  constexpr std::ptrdiff_t hello = 64;
  Bytes set{main, static_cast<std::uint8_t>(channels.size() - 1)};
  for (const ChannelBuilder* each : channels)
    set.insert(set.end(), each->bytes().begin() + hello, each->bytes().end());
  put("multifd", name, set);
}

void put_multifd() {
  const std::vector<std::uint64_t> pages{0, 0x1000, 0x2000};
  for (const Packing packing : {Packing::none, Packing::zlib, Packing::zstd}) {
    const std::string name = "pages-" + std::to_string(static_cast<int>(packing));
    ChannelBuilder channel(0, packing);
    channel.sync(0).packet({.full = pages, .zero = {0x3000, 0x4000}, .number = 1}).sync(2);
    put_set(name, 0, {&channel});
    ChannelBuilder rounds(0, packing);
    rounds.packet({.flags = 1, .full = pages, .number = 1});
    rounds.packet({.flags = 1, .full = pages, .fill = 2, .number = 3});
    put_set(name + "-sections", 1, {&rounds});
  }
  ChannelBuilder a(0);
  ChannelBuilder b(1);
  a.sync(0).packet({.full = pages, .number = 2}).sync(4);
  b.sync(1).packet({.full = {0x5000, 0x6000, 0x7000}, .number = 3}).sync(5);
  put_set("two", 0, {&a, &b});
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  root = argv[1];
  put_vectors();
  put_deltas();
  put_descriptions();
  put_guests();
  put_containers();
  put_multifd();
  put_stream("small", small_stream().bytes());
  put_stream("real", cut_pages(sample(), 0x104000, 0x105000));
  NativeBuilder plain;
  plain.footers = false;
  put_stream("plain", plain.ram(1, {"r"}, 0x2000)
                          .part(1)
                          .zero("r", 0)
                          .zero({}, 0x1000)
                          .eos()
                          .device(3, "d", Bytes(9))
                          .eof()
                          .bytes());
}
