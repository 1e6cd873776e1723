// SPDX-License-Identifier: LGPL-2.1-or-later
#include "qcow2_clusters.hpp"

#include "cluster_codec.hpp"
#include "fault.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace qember::container {
namespace {

constexpr std::uint64_t offset_mask = 0x00fffffffffffe00;
constexpr std::uint64_t sector = 512;
constexpr std::uint64_t is_compressed = std::uint64_t{1} << 62U;
constexpr std::uint64_t reads_as_zeros = 1;
constexpr std::uint64_t subclusters = 32;

/// What an entry says of a compressed cluster: where its data begins, at any byte, and how many sectors more
/// than one it takes.
struct Packed {
  Packed(std::uint64_t entry, std::uint32_t cluster_bits) {
    const std::uint32_t offset_bits = 62 - (cluster_bits - 8);
    const std::uint64_t more = (entry & (is_compressed - 1)) >> offset_bits;
    host = entry & ((std::uint64_t{1} << offset_bits) - 1);
    count = (more + 1) * sector - host % sector;
  }
  std::uint64_t host;
  std::uint64_t count;
};

}  // namespace

std::string ClusterSource::path() const { return fmt::format("qcow2.snapshot[{}]", map_.index); }

/// An L2 table may say of two clusters that they lie in the same place, which would be no end of bytes. The
/// data of one may end in the sector where the next begins.
Status ClusterSource::check_compressed_clusters() {
  std::vector<Packed> all;
  for (std::size_t at = 0; at < entries_.size(); at += map_.entry_size())
    if (const auto entry = load_be<std::uint64_t>(&entries_[at]); (entry & is_compressed) != 0)
      all.emplace_back(entry, map_.cluster_bits);
  std::ranges::sort(all, {}, &Packed::host);
  for (std::size_t i = 1; i < all.size(); ++i) {
    const Packed& before = all[i - 1];
    const std::uint64_t last_sector = (before.host + before.count - 1) / sector * sector;
    if (all[i].host > before.host && all[i].host >= last_sector) continue;
    return fault(Errc::bad_value, all[i].host, path() + ".l2", "compressed clusters that are apart",
                 fmt::format("one that overlaps that at {}", before.host));
  }
  return {};
}

/// Holds the L2 table of that number; returns whether there is one.
Result<bool> ClusterSource::load_table(std::uint64_t number) {
  if (table_ == number) return !entries_.empty();
  table_.reset();
  entries_.clear();
  std::array<std::uint8_t, 8> entry{};
  const std::uint64_t at = map_.l1_offset + 8 * number;
  auto count = file_.read_at(at, entry);
  if (!count) return count.error();
  if (*count < entry.size())
    return ends_early(at + *count, path() + ".l1", fmt::format("an entry at {}", at));
  const std::uint64_t offset = load_be<std::uint64_t>(entry.data()) & offset_mask;
  if (offset != 0) {
    if (offset % map_.cluster_size() != 0)
      return fault(Errc::bad_value, at, path() + ".l1", "the place of a cluster", fmt::to_string(offset));
    Bytes entries(static_cast<std::size_t>(map_.cluster_size()));
    count = file_.read_at(offset, entries);
    if (!count) return count.error();
    if (*count < entries.size())
      return ends_early(offset + *count, path() + ".l2", fmt::format("an L2 table at {}", offset));
    entries_ = std::move(entries);
    if (auto status = check_compressed_clusters(); !status) return status.error();
  }
  table_ = number;
  return !entries_.empty();
}

Result<std::uint64_t> ClusterSource::end_of_table(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  const auto has_table = load_table(number);
  if (!has_table) return has_table.error();
  std::uint64_t count = entries_.size() / map_.entry_size();
  const auto entry = [this](std::uint64_t index) {
    return load_be<std::uint64_t>(&entries_[static_cast<std::size_t>(index) * map_.entry_size()]);
  };
  while (count > 0 && entry(count - 1) == 0) --count;
  return number * map_.bytes_of_table() + count * map_.cluster_size();
}

/// From `within` on, to the end of the cluster or of the subcluster.
ClusterSource::Run ClusterSource::cluster(std::uint64_t entry, std::uint64_t bitmap,
                                          std::uint64_t within) const {
  const std::uint64_t left = map_.cluster_size() - within;
  if ((entry & is_compressed) != 0) {
    const Packed packed(entry, map_.cluster_bits);
    return {Run::compressed, packed.host, packed.count};
  }
  const std::uint64_t host = entry & offset_mask;
  if (!map_.has_extended_l2) {
    const bool is_zero = host == 0 || (map_.version > 2 && (entry & reads_as_zeros) != 0);
    return is_zero ? Run{Run::zeros, 0, left} : Run{Run::plain, host + within, left};
  }
  const std::uint64_t size = map_.cluster_size() / subclusters;
  const std::uint64_t number = within / size;
  const bool is_there =
      host != 0 && (bitmap >> number & 1U) != 0 && (bitmap >> (subclusters + number) & 1U) == 0;
  const std::uint64_t count = size - within % size;
  return is_there ? Run{Run::plain, host + within, count} : Run{Run::zeros, 0, count};
}

Result<ClusterSource::Run> ClusterSource::run_at(std::uint64_t guest) {
  const std::uint64_t table_bytes = map_.bytes_of_table();
  const auto has_table = load_table(guest / table_bytes);
  if (!has_table) return has_table.error();
  const std::uint64_t within_table = guest % table_bytes;
  if (!*has_table) return Run{Run::zeros, 0, table_bytes - within_table};
  const std::uint64_t index = within_table >> map_.cluster_bits;
  const std::uint8_t* const entry = &entries_[static_cast<std::size_t>(index) * map_.entry_size()];
  const Run run =
      cluster(load_be<std::uint64_t>(entry), map_.has_extended_l2 ? load_be<std::uint64_t>(entry + 8) : 0,
              guest & (map_.cluster_size() - 1));
  const std::uint64_t cluster_begin = run.host - (guest & (map_.cluster_size() - 1));
  if (run.form == Run::plain && cluster_begin % map_.cluster_size() != 0)
    return fault(Errc::bad_value, run.host, path() + ".l2", "the place of a cluster",
                 fmt::to_string(cluster_begin));
  return run;
}

/// That `bytes` of the file were given for what is read for the first time, up to `end`. A cluster that is in
/// use twice would make of a small file any number of bytes.
Status ClusterSource::note_given(std::uint64_t host, std::uint64_t end, std::uint64_t bytes) {
  given_ += bytes;
  high_ = std::max(high_, end);
  if (const auto whole = file_.size(); whole && given_ > *whole)
    return fault(Errc::bad_value, host, path() + ".cluster", "clusters that are in use once",
                 "more bytes of them than the file has");
  return {};
}

Result<std::size_t> ClusterSource::read_plain(const Run& run, MutableBytes to, std::uint64_t offset) {
  auto count = file_.read_some(run.host, to);
  if (!count) return count;
  if (*count == 0) return ends_early(run.host, path() + ".cluster", fmt::format("a cluster at {}", run.host));
  const std::uint64_t end = offset + *count;
  if (auto status = note_given(run.host, end, end - std::min(end, std::max(high_, offset))); !status)
    return std::move(status.error());
  return count;
}

/// Holds a compressed cluster. Its data may claim to reach beyond the end of the file, up to a sector's end.
Status ClusterSource::unpack(const Run& run) {
  if (unpacked_ == run.host) return {};
  unpacked_.reset();
  packed_.resize(static_cast<std::size_t>(run.count));
  cluster_.resize(static_cast<std::size_t>(map_.cluster_size()));
  const auto count = file_.read_at(run.host, packed_);
  if (!count) return count.error();
  if (*count == 0)
    return ends_early(run.host, path() + ".cluster", fmt::format("a compressed cluster at {}", run.host));
  const ByteView data = ByteView(packed_).first(*count);
  const auto taken =
      map_.compression == 0 ? inflate_cluster(data, cluster_) : unpack_zstd_cluster(data, cluster_);
  if (!taken)
    return fault(Errc::bad_value, run.host, path() + ".cluster",
                 fmt::format("a compressed cluster of {} bytes", cluster_.size()), "other data");
  unpacked_ = run.host;
  taken_ = *taken;
  return {};
}

Result<std::size_t> ClusterSource::read_some(std::uint64_t offset, MutableBytes to) {
  if (offset >= size_) return std::size_t{0};
  to = to.first(static_cast<std::size_t>(std::min<std::uint64_t>(to.size(), size_ - offset)));
  const std::lock_guard lock(mutex_);
  auto run = run_at(begin_ + offset);
  if (!run) return std::move(run.error());
  if (run->form == Run::compressed) {
    if (auto status = unpack(*run); !status) return std::move(status.error());
    const auto within = static_cast<std::size_t>((begin_ + offset) % cluster_.size());
    const ByteView rest = ByteView(cluster_).subspan(within);
    const std::size_t count = std::min(rest.size(), to.size());
    const bool is_new = within == 0 && offset >= high_;
    if (auto status = note_given(run->host, offset + count, is_new ? taken_ : 0); !status)
      return std::move(status.error());
    std::copy_n(rest.begin(), count, to.begin());
    return count;
  }
  // Clusters that follow one another are read at once.
  while (run->count < to.size()) {
    const auto next = run_at(begin_ + offset + run->count);
    // What is wrong with it comes when it is asked for.
    if (!next || !run->goes_on(*next)) break;
    run->count += next->count;
  }
  to = to.first(static_cast<std::size_t>(std::min<std::uint64_t>(to.size(), run->count)));
  if (run->form == Run::plain) return read_plain(*run, to, offset);
  std::ranges::fill(to, std::uint8_t{0});
  return to.size();
}

}  // namespace qember::container
