// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/unwrap.hpp>

#include <qember/advanced/core/text.hpp>
#include <qember/advanced/event/channels.hpp>
#include <qember/advanced/event/pump.hpp>
#include <qember/advanced/qevm/writer.hpp>
#include <qember/advanced/vm/opened_stream.hpp>
#include <qember/advanced/vm/ram_presence.hpp>

#include "passing.hpp"
#include "rewriting.hpp"
#include "save_writer.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace qember::vm {
namespace {

/// How a stream is written.
struct Form {
  bool is_plain = false;
  bool is_mapped = false;  ///< it has to be a mapped-ram stream
  bool is_save = false;    ///< libvirt restores it, which knows no RAM elsewhere
  std::uint64_t base = 0;  ///< of such a stream in its file
};

/// Passes on what is of the stream, and nothing that follows it.
class StreamAlone final : public event::Sink {
 public:
  StreamAlone(const event::Context& context, event::Sink& to, const Form& form, bool allow_trailing)
      : context_(context), to_(to), form_(form), allow_trailing_(allow_trailing) {}

  Status take(const event::Event& event) override {
    if (auto status = note(event); !status) return status;
    const auto* const rest = std::get_if<event::TrailingData>(&event);
    if (rest == nullptr || rest->device_state) return to_.take(event);
    const auto other = std::ranges::find_if(rest->data, [](std::uint8_t byte) { return byte != 0; });
    if (allow_trailing_ || other == rest->data.end()) return {};
    return refuse(Errc::trailing_data, "the end of the stream", hex_excerpt(rest->data));
  }
  Status take(std::span<const event::RamPage> pages) override {
    for (const event::RamPage& page : pages) channels_.note(page);
    return to_.take(pages);
  }
  bool takes_batches() const noexcept override { return to_.takes_batches(); }

 private:
  Status note(const event::Event& event) {
    if (const auto* list = std::get_if<event::RamBlocks>(&event)) return check(*list);
    if (const auto* page = std::get_if<event::RamPage>(&event)) channels_.note(*page);
    if (const auto* control = std::get_if<event::RamControl>(&event)) channels_.note(*control);
    if (const auto* section = std::get_if<event::SectionBegin>(&event)) channels_.note(*section);
    const bool is_end = std::holds_alternative<event::StreamEnd>(event);
    // The same bytes may be a main channel alone; what is to be loaded has its RAM.
    if (!is_end || (!form_.is_plain && !form_.is_mapped)) return {};
    return check_included(channels_.sent_elsewhere(context_.session()));
  }
  Status check(const event::RamBlocks& list) const {
    if (form_.is_save && context_.session().ignore_shared())
      return refuse(Errc::unsupported, "a stream with all of its RAM",
                    "one without shared memory (x-ignore-shared)");
    const bool is_mapped = !list.blocks.empty() && list.blocks.front().mapped;
    if (is_mapped || !form_.is_mapped) return {};
    return refuse(Errc::unsupported, "a mapped-ram stream, which the format sparse needs", "another");
  }
  Error refuse(Errc code, std::string expected, std::string found) const {
    return {code, context_.offset(), context_.path(), std::move(expected), std::move(found)};
  }

  const event::Context& context_;
  event::Sink& to_;
  const Form& form_;
  bool allow_trailing_;
  event::Channels channels_;
};

/// Passes on what was written, or the bytes of a stream in BER as they are read, up to its end.
class Copying {
 public:
  Copying(io::Output& output, const Drain& drain) : output_(output), drain_(drain) {}

  /// Before more is waited for: what was read is there until then.
  Status pass() {
    if (stream_ != nullptr) {
      const std::uint64_t position = stream_->input().position();
      const std::uint64_t end = std::max(stream_->end().value_or(position), passed_);
      output_.borrow(stream_->input().consumed_since(passed_).first(static_cast<std::size_t>(end - passed_)));
      passed_ = position;
    }
    return drain_(output_);
  }

  Status copy(OpenedStream& stream, const std::function<void(std::uint64_t)>& progress) {
    stream_ = &stream;
    const Drain nothing = [](io::Output&) { return Status(); };
    Passing passing(stream, output_, nothing, progress);
    if (auto status = event::pump(stream, passing); !status) return status;
    return pass();
  }

 private:
  io::Output& output_;
  const Drain& drain_;
  const OpenedStream* stream_ = nullptr;
  std::uint64_t passed_ = 0;  ///< of the input
};

Status write(io::ByteSource& source, const Drain& drain, const UnwrapOptions& options, const Form& form) {
  io::Output output;
  Copying copying(output, drain);
  StreamOptions read = options.read;
  read.reorder = false;
  read.before_wait = [&copying] { return copying.pass(); };
  auto stream = OpenedStream::open(source, std::move(read));
  if (!stream) return std::move(stream.error());
  const bool is_same = !form.is_plain && !form.is_mapped && options.read.channels.empty();
  if (is_same && (*stream)->format() == Format::ber) return copying.copy(**stream, options.progress);
  qevm::Writer writer(output);
  Passing passing(**stream, output, drain, options.progress);
  MovedBlocks moved(writer, output, form.base);
  PlainPages plain(**stream, writer, [&passing] { return passing.pass(); });
  event::Sink& pages = form.is_plain ? static_cast<event::Sink&>(plain) : moved;
  StreamAlone alone(**stream, pages, form, options.read.allow_trailing);
  auto status = event::pump(**stream, alone, passing);
  if (!status) (void)drain(output);
  return status;
}

}  // namespace

Status unwrap(io::ByteSource& source, const Drain& drain, const UnwrapOptions& options) {
  return write(source, drain, options, {.is_plain = options.plain});
}

Status wrap(io::ByteSource& source, const Drain& drain, const WrapOptions& options) {
  auto save = SaveWriter::begin(options.like, options.read.limits, drain);
  if (!save) return std::move(save.error());
  const bool is_sparse = options.like.format == container::SaveFormat::sparse;
  const Form form{
      .is_plain = !is_sparse, .is_mapped = is_sparse, .is_save = true, .base = is_sparse ? save->base() : 0};
  const Drain pack = [&save](io::Output& out) { return save->take(out); };
  const UnwrapOptions with{options.read, false, options.progress};
  if (auto status = write(source, pack, with, form); !status) return status;
  return save->finish();
}

}  // namespace qember::vm
