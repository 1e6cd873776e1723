// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/container/qcow2.hpp>

#include "fault.hpp"
#include "qcow2_clusters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace qember::container {
namespace {

constexpr std::size_t v2_header_size = 72;
constexpr std::size_t v3_header_size = 104;
constexpr std::size_t entry_size = 40;

Error bad(std::uint64_t at, std::string path, std::string expected, std::uint64_t found) {
  return fault(Errc::bad_value, at, std::move(path), std::move(expected), fmt::to_string(found));
}

/// Fills `to`, or says that the file ends before.
Status read_all(io::ByteSource& file, std::uint64_t at, MutableBytes to, const std::string& path) {
  const auto count = file.read_at(at, to);
  if (!count) return count.error();
  if (*count == to.size()) return {};
  return ends_early(at + *count, path, fmt::format("{} bytes at {}", to.size(), at));
}

struct Table {
  std::uint32_t count = 0;
  std::uint64_t offset = 0;
};

Result<Qcow2Image> read_header(io::ByteSource& file, Table& table) {
  std::array<std::uint8_t, v3_header_size + 8> header{};
  if (auto status = read_all(file, 0, MutableBytes(header).first(v2_header_size), "qcow2.header"); !status)
    return status.error();
  const auto be32 = [&header](std::size_t at) { return load_be<std::uint32_t>(&header[at]); };
  const auto be64 = [&header](std::size_t at) { return load_be<std::uint64_t>(&header[at]); };
  Qcow2Image image;
  image.version = be32(4);
  if (image.version != 2 && image.version != 3)
    return fault(Errc::unsupported, 4, "qcow2.version", "version 2 or 3", fmt::to_string(image.version));
  image.cluster_bits = be32(20);
  if (image.cluster_bits < 9 || image.cluster_bits > 21)
    return bad(20, "qcow2.cluster_bits", "9 to 21", image.cluster_bits);
  image.disk_size = be64(24);
  image.encryption = be32(32);
  table = {be32(60), be64(64)};
  if (image.version == 2) return image;
  if (auto status = read_all(file, 0, MutableBytes(header).first(v3_header_size), "qcow2.header"); !status)
    return status.error();
  image.incompatible = be64(72);
  if (be32(100) <= v3_header_size) return image;
  if (auto status = read_all(file, 0, header, "qcow2.header"); !status) return status.error();
  image.compression = header[v3_header_size];
  return image;
}

/// Reads entries of the table one after another.
class TableReader {
 public:
  TableReader(io::ByteSource& file, const Qcow2Image& image, const Table& table, const Limits& limits)
      : file_(file),
        image_(image),
        begin_(table.offset),
        at_(table.offset),
        most_(limits.max_snapshot_table) {}

  Result<Snapshot> read(std::size_t index);

 private:
  Status take(MutableBytes to);
  Result<std::string> text(std::size_t size);

  io::ByteSource& file_;
  const Qcow2Image& image_;
  std::uint64_t begin_;
  std::uint64_t at_;
  std::size_t most_;
  std::string path_;
};

Status TableReader::take(MutableBytes to) {
  if (at_ - begin_ + to.size() > most_)
    return fault(Errc::limit, at_, path_,
                 fmt::format("max_snapshot_table: a table of snapshots of at most {} bytes", most_), "more");
  if (auto status = read_all(file_, at_, to, path_); !status) return status;
  at_ += to.size();
  return {};
}

Result<std::string> TableReader::text(std::size_t size) {
  Bytes bytes(size);
  if (auto status = take(bytes); !status) return status.error();
  return std::string(as_text(bytes));
}

Result<Snapshot> TableReader::read(std::size_t index) {
  path_ = fmt::format("qcow2.snapshot[{}]", index);
  std::array<std::uint8_t, entry_size> entry{};
  const std::uint64_t entry_at = at_;
  if (auto status = take(entry); !status) return status.error();
  Snapshot snapshot;
  snapshot.l1_offset = load_be<std::uint64_t>(entry.data());
  snapshot.l1_size = load_be<std::uint32_t>(&entry[8]);
  snapshot.seconds = load_be<std::uint32_t>(&entry[16]);
  snapshot.nanoseconds = load_be<std::uint32_t>(&entry[20]);
  snapshot.state_size = load_be<std::uint32_t>(&entry[32]);
  snapshot.disk_size = image_.disk_size;
  constexpr std::uint32_t most_extra = 1024;
  const auto extra_size = load_be<std::uint32_t>(&entry[36]);
  if (extra_size > most_extra)
    return fault(Errc::unsupported, entry_at + 36, path_ + ".extra_data_size", "at most 1024",
                 fmt::to_string(extra_size));
  Bytes extra(extra_size);
  if (auto status = take(extra); !status) return status.error();
  if (extra.size() >= 8) snapshot.state_size = load_be<std::uint64_t>(extra.data());
  if (extra.size() >= 16) snapshot.disk_size = load_be<std::uint64_t>(extra.data() + 8);
  for (const auto& [to, size_at] : {std::pair{&snapshot.id, 12}, {&snapshot.name, 14}}) {
    auto read = text(load_be<std::uint16_t>(&entry[static_cast<std::size_t>(size_at)]));
    if (!read) return std::move(read.error());
    *to = std::move(*read);
  }
  constexpr std::uint64_t alignment = 8;
  at_ = begin_ + (at_ - begin_ + alignment - 1) / alignment * alignment;
  return snapshot;
}

bool has_state(const Snapshot& snapshot) { return snapshot.state_size != 0; }

std::string list_of(const Qcow2Image& image) {
  constexpr std::size_t most_listed = 8;
  std::string list;
  std::size_t count = 0;
  for (const Snapshot& snapshot : image.snapshots) {
    if (!has_state(snapshot)) continue;
    if (count++ < most_listed)
      list += fmt::format("{}id:{} ({})", list.empty() ? "" : ", ", snapshot.id, snapshot.name);
  }
  return fmt::format("{}: {}{}", count, list, count > most_listed ? ", ..." : "");
}

/// Indices of those with that text.
template <class Member>
std::vector<std::size_t> find(const Qcow2Image& image, Member member, std::string_view text) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < image.snapshots.size(); ++i)
    if (image.snapshots[i].*member == text) found.push_back(i);
  return found;
}

std::vector<std::size_t> find(const Qcow2Image& image, const std::string& wanted) {
  if (wanted.starts_with("id:")) return find(image, &Snapshot::id, wanted.substr(3));
  if (wanted.starts_with("name:")) return find(image, &Snapshot::name, wanted.substr(5));
  auto found = find(image, &Snapshot::id, wanted);
  return found.empty() ? find(image, &Snapshot::name, wanted) : found;
}

/// The number of the last L2 table that there is from `first` on, and one more.
Result<std::uint64_t> end_of_tables(io::ByteSource& file, const Snapshot& snapshot, std::uint64_t first) {
  constexpr std::uint64_t at_once = 8192;
  Bytes entries;
  for (std::uint64_t end = snapshot.l1_size; end > first;) {
    const std::uint64_t begin = end - std::min(at_once, end - first);
    entries.resize(static_cast<std::size_t>(8 * (end - begin)));
    if (auto status = read_all(file, snapshot.l1_offset + 8 * begin, entries, "qcow2.l1"); !status)
      return status.error();
    for (; end > begin; --end)
      if (load_be<std::uint64_t>(&entries[static_cast<std::size_t>(8 * (end - 1 - begin))]) != 0) return end;
  }
  return first;
}

}  // namespace

Result<Qcow2Image> read_qcow2(io::ByteSource& file, const Limits& limits) {
  Table table;
  auto image = read_header(file, table);
  if (!image) return image;
  if (table.count > limits.max_snapshots)
    return fault(Errc::limit, 60, "qcow2.nb_snapshots",
                 fmt::format("max_snapshots: at most {} snapshots", limits.max_snapshots),
                 fmt::to_string(table.count));
  TableReader reader(file, *image, table, limits);
  for (std::uint32_t i = 0; i < table.count; ++i) {
    auto snapshot = reader.read(i);
    if (!snapshot) return std::move(snapshot.error());
    image->snapshots.push_back(std::move(*snapshot));
  }
  return image;
}

Status check_clusters(const Qcow2Image& image) {
  const auto refuse = [](std::uint64_t at, std::string field, std::string expected, std::string found) {
    return fault(Errc::unsupported, at, "qcow2." + std::move(field), std::move(expected), std::move(found));
  };
  if (image.encryption != 0)
    return refuse(32, "crypt_method", "an image that is not encrypted",
                  image.encryption == 1   ? "AES"
                  : image.encryption == 2 ? "LUKS"
                                          : fmt::to_string(image.encryption));
  constexpr std::uint64_t external_data = 4;
  if ((image.incompatible & external_data) != 0)
    return refuse(72, "incompatible_features", "clusters in the image", "an external data file");
  // Dirty, corrupt, compression type, extended L2.
  constexpr std::uint64_t known = 0b11011;
  if ((image.incompatible & ~known) != 0)
    return refuse(72, "incompatible_features", "features that are known",
                  fmt::format("{:#x}", image.incompatible & ~known));
  if (image.compression > 1)
    return refuse(v3_header_size, "compression_type", "deflate or zstd", fmt::to_string(image.compression));
  return {};
}

Result<std::size_t> choose_snapshot(const Qcow2Image& image, const std::string& wanted) {
  if (!wanted.empty()) {
    const auto found = find(image, wanted);
    if (found.size() != 1)
      return fault(Errc::usage, 0, "qcow2", fmt::format("one snapshot {}", wanted),
                   found.empty() ? "none" : fmt::format("{} of them: choose by id:", found.size()));
    if (has_state(image.snapshots[found[0]])) return found[0];
    return fault(Errc::unsupported, 0, fmt::format("qcow2.snapshot[{}]", found[0]),
                 "a snapshot with the state of a VM", "one of the disk alone");
  }
  const auto count = std::ranges::count_if(image.snapshots, has_state);
  if (count > 1) return fault(Errc::usage, 0, "qcow2", "one snapshot, by id:N or name:S", list_of(image));
  if (count == 1)
    return static_cast<std::size_t>(std::ranges::find_if(image.snapshots, has_state) -
                                    image.snapshots.begin());
  return fault(Errc::unsupported, 0, "qcow2", "a snapshot with the state of a VM",
               image.snapshots.empty() ? "a disk without snapshots"
                                       : fmt::format("{} of the disk alone", image.snapshots.size()));
}

Result<SnapshotState> open_state(io::ByteSource& file, const Qcow2Image& image, std::size_t index) {
  const Snapshot& snapshot = image.snapshots[index];
  const auto refuse = [index](std::string_view field, std::string expected, std::uint64_t found) {
    return bad(0, fmt::format("qcow2.snapshot[{}].{}", index, field), std::move(expected), found);
  };
  constexpr std::uint32_t most_l1 = (std::uint32_t{32} << 20U) / 8;
  if (snapshot.l1_size > most_l1)
    return refuse("l1_size", fmt::format("at most {} entries", most_l1), snapshot.l1_size);
  constexpr std::uint64_t most_disk = std::uint64_t{1} << 62U;
  if (snapshot.disk_size > most_disk)
    return refuse("disk_size", fmt::format("at most {}", most_disk), snapshot.disk_size);
  const ClusterMap map{image, snapshot, index};
  const std::uint64_t cover = map.bytes_of_table();
  const std::uint64_t begin = (snapshot.disk_size + cover - 1) / cover * cover;
  const std::uint64_t end = cover * snapshot.l1_size;
  const std::uint64_t room = end - std::min(begin, end);
  if (snapshot.state_size > room)
    return refuse("vm_state_size", fmt::format("at most {}, which the L1 table covers", room),
                  snapshot.state_size);
  SnapshotState state;
  state.bytes = std::make_unique<ClusterSource>(file, map, begin, snapshot.state_size);
  const auto tables_end = end_of_tables(file, snapshot, begin / cover);
  if (!tables_end) return tables_end.error();
  std::uint64_t extent_end = begin;
  if (*tables_end > begin / cover) {
    const auto clusters_end = ClusterSource(file, map, begin, room).end_of_table(*tables_end - 1);
    if (!clusters_end) return clusters_end.error();
    extent_end = std::max(begin, *clusters_end);
  }
  state.extent =
      std::make_unique<ClusterSource>(file, map, begin, std::max(extent_end - begin, snapshot.state_size));
  return state;
}

}  // namespace qember::container
