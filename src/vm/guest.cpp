// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/event/pump.hpp>
#include <qember/advanced/event/section_collector.hpp>
#include <qember/advanced/vm/guest.hpp>
#include <qember/advanced/vm/opened_stream.hpp>
#include <qember/advanced/vm/ram_presence.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace qember::vm {
namespace {

using event::Element;

/// Notes what a stream says of a guest but its RAM.
class GuestReader final : public event::Handler<GuestReader> {
 public:
  GuestReader(Guest& guest, const event::Context& context, const Limits& limits)
      : guest_(guest),
        collector_(context, limits, {.taker_keeps = true},
                   [this](event::CollectedSection&& section) { return add(std::move(section)), Status(); }) {}

 private:
  friend class event::Handler<GuestReader>;

  // How the guest was sent is not what it is.
  void on(const event::AnyOf<event::StreamBegin, event::Command, event::RamControl, event::RamPage,
                             event::MappedBitmap, event::MappedStale, event::Eof, event::StreamEnd> auto&) {}
  void on(const event::SchemaValue& value);
  void on(const event::Configuration& configuration) { guest_.configuration = configuration; }
  void on(const event::RamBlocks& list) { guest_.blocks.assign(list.blocks.begin(), list.blocks.end()); }
  Status on(const event::DescriptionText& text) { return collector_.on(text); }
  void on(const event::SectionBegin& section) {
    in_device_ = event::body_kind(section.name, section.type) != event::BodyKind::ram;
    collector_.on(section);
  }
  void on(const event::Body& body) { collector_.on(body); }
  Status on(const event::SectionEnd& end) {
    in_device_ = false;
    return collector_.on(end);
  }
  void on(const event::TrailingData& rest);

  void add(event::CollectedSection&& section);
  GuestSection& find(const event::CollectedSection& section);

  Guest& guest_;
  event::SectionCollector collector_;
  std::map<std::uint32_t, std::size_t> parted_;  ///< sections that come in parts, by id
  bool in_device_ = false;
  Digest typed_;       ///< of the last state in a type that the schema adds
  Digester digester_;  ///< of device state that nothing divides
};

/// The one that a PART or END goes on, or a new one.
GuestSection& GuestReader::find(const event::CollectedSection& section) {
  const bool is_part = section.type == Element::section_part || section.type == Element::section_end;
  if (const auto known = parted_.find(section.id); is_part && known != parted_.end())
    return guest_.sections[known->second];
  if (section.type != Element::section_full) parted_[section.id] = guest_.sections.size();
  return guest_.sections.emplace_back(
      GuestSection{section.name, section.instance, section.version, 0, {}, {}, {}});
}

void GuestReader::add(event::CollectedSection&& section) {
  GuestSection& to = find(section);
  to.size += section.size;
  if (section.typed_size != 0) {
    to.size += section.typed_size;
    to.digest = chain(to.digest, typed_);
  }
  if (section.size != 0) to.digest = chain(to.digest, section.digest);
  if (section.fit != event::Fit::fits) return;
  to.body = std::move(section.body);
  to.device = std::move(section.device);
}

/// Device state that nothing divides into sections is one to us; what follows the stream is none of it.
void GuestReader::on(const event::TrailingData& rest) {
  if (!rest.device_state) return;
  if (guest_.sections.empty() || !guest_.sections.back().name.empty()) guest_.sections.emplace_back();
  digester_.update(rest.data);
  guest_.sections.back().size += rest.data.size();
  guest_.sections.back().digest = digester_.digest();
}

/// By what they are in BER. Those that stand by themselves are one section to us for each alternative.
void GuestReader::on(const event::SchemaValue& value) {
  const Digest digest = digest_of(value.encoded);
  if (in_device_) {
    collector_.on(value);
    typed_ = digest;
    return;
  }
  const std::string name = fmt::format("QemuFile.top.{}", value.name);
  auto known = std::ranges::find(guest_.sections, name, &GuestSection::name);
  if (known == guest_.sections.end())
    known = guest_.sections.insert(known, GuestSection{name, 0, 0, 0, {}, {}, {}});
  known->size += value.encoded.size();
  known->digest = chain(known->digest, digest);
}

Status read_pages_again(Guest& guest, io::ByteSource& source, StreamOptions options) {
  options.reorder = false;
  auto stream = OpenedStream::open(source, std::move(options));
  if (!stream) return std::move(stream.error());
  guest.ram.begin(**stream);
  return event::pump(**stream, guest.ram);
}

}  // namespace

Result<std::unique_ptr<Guest>> read_guest(io::ByteSource& source, const StreamOptions& options,
                                          std::uint64_t seed, bool ram) {
  auto stream = OpenedStream::open(source, options);
  if (!stream) return std::move(stream.error());
  auto guest = std::make_unique<Guest>(
      source.is_seekable() ? DigestedRam::Keep::none : DigestedRam::Keep::all, seed, options.limits);
  GuestReader reader(*guest, **stream, options.limits);
  guest->ram.begin(**stream);
  std::vector<event::Sink*> sinks{&reader};
  if (ram) sinks.push_back(&guest->ram);
  if (auto status = event::pump(**stream, sinks); !status) return std::move(status.error());
  if (guest->ram.sent_elsewhere()) return check_included(true).error();
  guest->page_size = (*stream)->session().page_size_or_default();
  if (guest->ram.needs_second_pass())
    if (auto again = read_pages_again(*guest, source, options); !again) return std::move(again.error());
  guest->ram.finish();
  return guest;
}

}  // namespace qember::vm
