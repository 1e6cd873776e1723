// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/unwrap.hpp>

#include <qember/advanced/core/text.hpp>
#include <qember/advanced/event/pump.hpp>
#include <qember/advanced/qevm/writer.hpp>

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
  std::uint64_t base = 0;  ///< of such a stream in its file
};

/// Passes on what is of the stream, and nothing that follows it.
class StreamAlone final : public event::Sink {
 public:
  StreamAlone(const event::Context& context, event::Sink& to, const Form& form, bool allow_trailing)
      : context_(context), to_(to), form_(form), allow_trailing_(allow_trailing) {}

  Status take(const event::Event& event) override {
    if (const auto* list = std::get_if<event::RamBlocks>(&event))
      if (auto status = check(*list); !status) return status;
    const auto* const rest = std::get_if<event::TrailingData>(&event);
    if (rest == nullptr || rest->device_state) return to_.take(event);
    const auto other = std::ranges::find_if(rest->data, [](std::uint8_t byte) { return byte != 0; });
    if (allow_trailing_ || other == rest->data.end()) return {};
    return refuse(Errc::trailing_data, "the end of the stream", hex_excerpt(rest->data));
  }
  Status take(std::span<const event::RamPage> pages) override { return to_.take(pages); }
  bool takes_batches() const noexcept override { return to_.takes_batches(); }

 private:
  Status check(const event::RamBlocks& list) const {
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
};

Status copy(OpenedStream& from, io::Output& output, const Drain& drain) {
  for (;;) {
    const auto bytes = from.next_bytes();
    if (!bytes) return bytes.error();
    if (bytes->empty()) return drain(output);
    output.borrow(*bytes);
    if (auto status = drain(output); !status) return status;
  }
}

Status write(io::ByteSource& source, const Drain& drain, const UnwrapOptions& options, const Form& form) {
  io::Output output;
  auto stream = open_to_write(source, options.read, false, output, drain);
  if (!stream) return std::move(stream.error());
  const bool is_set = !options.read.channels.empty();
  if ((*stream)->format() == Format::ber && !form.is_plain && !form.is_mapped && !is_set)
    return copy(**stream, output, drain);
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
  auto save = SaveWriter::begin(options.like, drain);
  if (!save) return std::move(save.error());
  const bool is_sparse = options.like.format == container::SaveFormat::sparse;
  const Form form{.is_plain = !is_sparse, .is_mapped = is_sparse, .base = is_sparse ? save->base() : 0};
  const Drain pack = [&save](io::Output& out) { return save->take(out); };
  const UnwrapOptions with{options.read, false, options.progress};
  if (auto status = write(source, pack, with, form); !status) return status;
  return save->finish();
}

}  // namespace qember::vm
