// SPDX-License-Identifier: LGPL-2.1-or-later
/// The guest's bytes of a qcow2 image, through the tables of one snapshot.
#pragma once

#include <qember/advanced/container/qcow2.hpp>

#include <mutex>

namespace qember::container {

/// Where clusters are found. The L1 table has an entry for each L2 table, and these one for each cluster.
struct ClusterMap {
  ClusterMap(const Qcow2Image& image, const Snapshot& snapshot, std::size_t index)
      : cluster_bits(image.cluster_bits),
        version(image.version),
        compression(image.compression),
        has_extended_l2(image.has_extended_l2()),
        l1_offset(snapshot.l1_offset),
        index(index) {}

  std::uint64_t cluster_size() const { return std::uint64_t{1} << cluster_bits; }
  std::size_t entry_size() const { return has_extended_l2 ? 16 : 8; }
  /// Entries of an L2 table, which takes a cluster.
  std::uint64_t entries() const { return cluster_size() / entry_size(); }
  /// Bytes of the guest that an L2 table maps.
  std::uint64_t bytes_of_table() const { return entries() << cluster_bits; }

  // Of the image, and of the snapshot in it.
  std::uint32_t cluster_bits;
  std::uint32_t version;
  std::uint8_t compression;
  bool has_extended_l2;
  std::uint64_t l1_offset;
  std::size_t index;
};

class ClusterSource final : public io::ByteSource {
 public:
  /// `size` bytes from the guest's `begin` on, which is aligned to what an L2 table maps. `file` outlives
  /// this.
  ClusterSource(io::ByteSource& file, const ClusterMap& map, std::uint64_t begin, std::uint64_t size)
      : file_(file), map_(map), begin_(begin), size_(size) {}

  std::optional<std::uint64_t> size() const override { return size_; }
  bool is_seekable() const override { return true; }
  Result<std::size_t> read_some(std::uint64_t offset, MutableBytes to) override;

  /// Bytes of the guest up to the end of the last cluster that the L2 table of that number has.
  Result<std::uint64_t> end_of_table(std::uint64_t number);

 private:
  /// Bytes that stand in the file as they are, or are zeros, or are a part of a compressed cluster.
  struct Run {
    enum Form : std::uint8_t { zeros, plain, compressed } form = zeros;
    std::uint64_t host = 0;   ///< of the run in the file; of a compressed cluster, of its data
    std::uint64_t count = 0;  ///< of bytes of the guest; of a compressed cluster, of its data
    bool goes_on(const Run& next) const {
      return form == next.form && form != compressed && (form == zeros || host + count == next.host);
    }
  };

  Result<Run> run_at(std::uint64_t guest);
  Result<bool> load_table(std::uint64_t number);
  Status check_compressed_clusters();
  Run cluster(std::uint64_t entry, std::uint64_t bitmap, std::uint64_t within) const;
  Result<std::size_t> read_plain(const Run& run, MutableBytes to, std::uint64_t offset);
  Status unpack(const Run& run);
  Status note_given(std::uint64_t host, std::uint64_t end, std::uint64_t bytes);
  std::string path() const;

  io::ByteSource& file_;
  ClusterMap map_;
  std::uint64_t begin_;
  std::uint64_t size_;

  std::mutex mutex_;                       ///< of all below
  std::optional<std::uint64_t> table_;     ///< number of the L2 table that is held
  Bytes entries_;                          ///< of that; empty where there is none
  std::optional<std::uint64_t> unpacked_;  ///< place in the file of the compressed cluster that is held
  std::size_t taken_ = 0;                  ///< bytes of the file that it is made of
  Bytes cluster_;
  Bytes packed_;
  std::uint64_t high_ = 0;   ///< how far has been read
  std::uint64_t given_ = 0;  ///< bytes of the file that were given for that, each once
};

}  // namespace qember::container
