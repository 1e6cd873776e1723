// SPDX-License-Identifier: LGPL-2.1-or-later
/// A multifd set as one stream.
#pragma once

#include <qember/advanced/container/channel.hpp>
#include <qember/advanced/event/source.hpp>

namespace qember::vm {

using Channels = std::vector<std::unique_ptr<container::Channel>>;

/// The events of a main channel, with the pages of the channels beside it in their places, and without the
/// records of multifd: the same RAM, in a stream that needs no channels.
///
/// On every channel there is a SYNC where the main channel has a sync point: MULTIFD_FLUSH, or the end of
/// each section `ram` where the first one has no such record (QEMU up to 8.0, and machine types of these).
/// Between two of them no page comes twice, so that channels are read one after the other, up to their SYNC.
class MergedStream final : public event::Source {
 public:
  /// `main` outlives this.
  MergedStream(event::Source& main, Channels channels);

  Result<event::Event> next() override;
  std::size_t next_pages(std::span<event::RamPage> room) override;
  bool in_sync() const override { return !failed_ && !is_reading_ && main_.in_sync(); }
  /// Of what a channel has, the offset is in the channel's file.
  std::uint64_t offset() const override { return is_reading_ ? current().offset() : main_.offset(); }
  std::string path() const override;
  const event::Session& session() const override { return main_.session(); }
  std::optional<event::DeviceForm> device_form() const override { return main_.device_form(); }
  /// See `Channel::bytes_read`; of all channels.
  std::uint64_t channel_bytes() const noexcept;
  bool is_description_first() const override { return main_.is_description_first(); }

 private:
  /// Of the packets between two sync points.
  struct Numbers {
    std::uint64_t count = 0, sum = 0, squares = 0;
    std::uint64_t with_pages = 0;      ///< packets
    std::vector<std::uint64_t> syncs;  ///< of the SYNC of each channel
    bool are_sure = true;
  };

  Result<event::Event> read();
  Result<std::optional<event::Event>> pass(event::Event event);
  Status note(const event::Configuration& configuration) const;
  Status note(const event::RamBlocks& list);
  Status check_flush() const;
  void begin_reading();
  Result<std::optional<event::Event>> read_channels();
  Result<bool> next_packet();
  Status check_packet();
  Result<event::Event> read_page();
  event::RamPage make_page();
  event::RamPage next_place() const;
  void name_block(event::RamPage& page);
  Status check_numbers();
  Status check_all(const Numbers& found);
  Status check_syncs(const Numbers& found);
  Status finish();
  container::Channel& current() const { return *channels_[channel_]; }
  std::size_t pages_left() const { return current().packet().offsets.size() - page_; }

  event::Source& main_;
  Channels channels_;
  std::optional<event::Session> blocks_;  ///< what pages have to fit
  bool in_ram_ = false;
  std::optional<bool> syncs_sections_;       ///< the end of each is a sync point; else records are
  bool has_flush_ = false;                   ///< this section has
  std::uint64_t sync_points_ = 0;            ///< so far
  std::optional<std::uint32_t> last_block_;  ///< of this section's pages

  bool is_reading_ = false;  ///< channels, up to a SYNC
  std::size_t channel_ = 0;
  bool has_packet_ = false;
  std::uint32_t block_ = 0;              ///< of the packet
  std::size_t page_ = 0;                 ///< of the packet, which comes next
  ByteView contents_;                    ///< of the pages that come next
  std::optional<event::Event> waiting_;  ///< comes behind what the channels have
  Numbers numbers_;
  std::uint64_t used_ = 0;  ///< numbers, up to the last sync point
  bool finished_ = false;
  std::optional<Error> failed_;
};

}  // namespace qember::vm
