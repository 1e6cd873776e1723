// SPDX-License-Identifier: LGPL-2.1-or-later
/// A migration stream in either form, from a file or a pipe, bare or in a container, as events.
#pragma once

#include <qember/advanced/container/channel.hpp>
#include <qember/advanced/container/open.hpp>
#include <qember/advanced/io/byte_source.hpp>

#include <qember/advanced/event/reordering.hpp>
#include <qember/advanced/qber/reader.hpp>
#include <qember/advanced/qevm/reader.hpp>
#include <qember/advanced/vm/format.hpp>
#include <qember/advanced/vm/stream_options.hpp>

namespace qember::vm {

class MergedStream;

/// Reads from its first byte on, and waits for input by itself: no call answers `Errc::need_more`. Where the
/// system can't read, the error is `Errc::io`.
class OpenedStream final : public event::Source {
 public:
  /// Opens a file, `-` for standard input, and tells containers and the form by what they begin with;
  /// `Errc::unknown_magic` where that is not known.
  static Result<std::unique_ptr<OpenedStream>> open(const std::string& path, StreamOptions options);
  /// The same of a source, which outlives the stream. One that is seekable may be opened any number of times.
  static Result<std::unique_ptr<OpenedStream>> open(io::ByteSource& source, StreamOptions options);
  /// The same of a source that is the stream's from here on.
  static Result<std::unique_ptr<OpenedStream>> open(std::unique_ptr<io::ByteSource> source,
                                                    StreamOptions options);
  ~OpenedStream() override;

  /// The form of the stream.
  Format format() const noexcept {
    return opened_->kind() == container::Kind::ber ? Format::ber : Format::native;
  }
  /// What streams in BER are by here.
  const qber::WireFormat& wire_format() const noexcept {
    return options_.wire_format == nullptr ? qber::WireFormat::own() : *options_.wire_format;
  }
  /// What has been read so far, and its offset.
  const io::Input& input() const noexcept { return input_; }
  /// What is read from, containers and all, for another pass where it is seekable.
  io::ByteSource& bytes() const noexcept { return source_; }
  /// Where a stream in BER has ended, as positions of `input` are; nothing before.
  std::optional<std::uint64_t> end() const noexcept { return end_; }
  /// How many bytes of channels were read, with the contents of pages as they are decompressed.
  std::uint64_t channel_bytes() const noexcept;
  /// The page size in bytes that options or channels tell.
  std::optional<std::uint64_t> told_page_size() const noexcept { return options_.page_size; }
  /// Whether pages come without their data, as `StreamOptions::skims_pages` has it.
  bool skims_pages() const noexcept { return options_.skims_pages && is_mapped_ram_; }
  /// What was found on the way to the stream.
  const container::Contents& contents() const noexcept { return *contents_; }
  /// Whether offsets are those of the file; else they count from the first byte of the stream.
  bool has_file_offsets() const noexcept { return opened_->is_in_file(); }

  Result<event::Event> next() override;
  /// As many pages as the input has in their common form.
  std::size_t next_pages(std::span<event::RamPage> room) override { return events_->next_pages(room); }
  bool in_sync() const override { return events_->in_sync(); }
  std::uint64_t offset() const override { return events_->offset(); }
  std::string path() const override { return events_->path(); }
  const event::Session& session() const override { return events_->session(); }
  std::optional<event::DeviceForm> device_form() const override { return events_->device_form(); }
  bool is_description_first() const override { return events_->is_description_first(); }

 private:
  OpenedStream(io::ByteSource& source, StreamOptions options,
               std::shared_ptr<const container::Contents> contents,
               std::unique_ptr<container::Opened> opened);
  Status choose_bytes();
  void begin_reader();
  Status open_channels();
  void merge();
  Status wait();
  Result<io::ByteSource*> spool();
  Status check_trailing(const event::Event& event);
  Status add_trailing(std::size_t count);
  Status read_rest();

  std::unique_ptr<io::ByteSource> owned_;  ///< what was opened by its path
  io::ByteSource& source_;
  std::shared_ptr<const container::Contents> contents_;  ///< of `source_`
  std::unique_ptr<container::Opened> opened_;
  std::unique_ptr<io::ByteSource> spooled_;     ///< what can be read in order alone, in a file
  io::ByteSource* bytes_ = nullptr;             ///< of the stream
  std::unique_ptr<io::ByteSource> read_ahead_;  ///< of them, where they are many
  StreamOptions options_;
  std::uint64_t trailing_ = 0;        ///< bytes behind the stream
  std::optional<std::uint64_t> end_;  ///< of a stream in BER, once it has been read
  io::Input input_;
  bool is_mapped_ram_ = false;  ///< as far as that is known when it is opened
  std::optional<qevm::Reader> native_;
  std::optional<event::ReorderingBuffer> reordered_;
  std::optional<qber::Reader> ber_;
  std::vector<std::unique_ptr<container::Channel>> channels_;  ///< as long as they are not merged
  std::unique_ptr<MergedStream> merged_;
  event::Source* events_ = nullptr;
};

}  // namespace qember::vm
