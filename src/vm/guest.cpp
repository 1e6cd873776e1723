// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/event/pump.hpp>
#include <qember/vm/guest.hpp>

#include <qember/device/state.hpp>
#include <qember/io/descriptor_source.hpp>

namespace qember::vm {
namespace {

using event::BodyKind;
using event::Element;

/// Notes what a stream says of a guest but its RAM.
class GuestReader final : public event::Handler<GuestReader> {
 public:
  GuestReader(Guest& guest, const Limits& limits) : guest_(guest), limits_(limits) {}

 private:
  friend class event::Handler<GuestReader>;

  // How the guest was sent is not what it is.
  void on(const event::AnyOf<event::StreamBegin, event::Command, event::RamControl, event::RamPage,
                             event::MappedBitmap, event::MappedStale, event::Eof, event::StreamEnd> auto&) {}
  void on(const event::Configuration& configuration) { guest_.configuration = configuration; }
  void on(const event::RamBlocks& list) { guest_.blocks.assign(list.blocks.begin(), list.blocks.end()); }
  void on(const event::DescriptionText& text);
  void on(const event::SectionBegin& section);
  void on(const event::Body& body);
  void on(const event::SectionEnd&);
  void on(const event::TrailingData& rest);

  GuestSection& section() { return guest_.sections[index_]; }

  Guest& guest_;
  Limits limits_;
  std::optional<device::DeviceMatcher> matcher_;
  std::map<std::uint32_t, std::size_t> parted_;  ///< sections that come in parts, by id
  std::size_t index_ = 0;                        ///< of the section that is being read
  bool is_ram_ = false;
  std::uint64_t size_ = 0;
  std::uint64_t held_ = 0;  ///< bytes of all bodies
  Digester digester_;
};

void GuestReader::on(const event::DescriptionText& text) {
  auto parsed = device::Description::parse(text.json, limits_);
  if (!parsed || guest_.description) return;
  guest_.description = std::make_unique<device::Description>(std::move(*parsed));
  matcher_.emplace(*guest_.description);
}

void GuestReader::on(const event::SectionBegin& section) {
  is_ram_ = event::body_kind(section.name, section.type) == BodyKind::ram;
  digester_.reset();
  size_ = 0;
  if (is_ram_) return;
  const bool is_whole = section.type == Element::section_full;
  if (is_whole || section.type == Element::section_start) {
    index_ = guest_.sections.size();
    const auto* device = is_whole && matcher_ ? matcher_->match(section.name, section.instance) : nullptr;
    guest_.sections.push_back(
        {std::string(section.name), section.instance, section.version, 0, {}, {}, device});
    if (!is_whole) parted_[section.id] = index_;
  } else {
    index_ = parted_[section.id];
  }
}

void GuestReader::on(const event::Body& body) {
  digester_.update(body.data);
  size_ += body.data.size();
  if (is_ram_ || section().device == nullptr) return;
  held_ += body.data.size();
  if (size_ > limits_.max_section || held_ > limits_.max_held) {
    held_ -= size_;
    section().device = nullptr;
    section().body = {};
  } else {
    section().body.insert(section().body.end(), body.data.begin(), body.data.end());
  }
}

void GuestReader::on(const event::SectionEnd&) {
  if (is_ram_) return;
  GuestSection& section = this->section();
  section.size += size_;
  if (size_ != 0) section.digest = chain(section.digest, digester_.digest());
  if (section.device == nullptr) return;
  const auto measured = device::measure_state(*section.device, section.body);
  if (measured && *measured == section.body.size()) return;
  held_ -= section.body.size();
  section.device = nullptr;
  section.body = {};
}

/// Device state that nothing divides into sections is one to us; what follows the stream is none of it.
void GuestReader::on(const event::TrailingData& rest) {
  if (!rest.device_state) return;
  if (guest_.sections.empty() || !guest_.sections.back().name.empty()) {
    index_ = guest_.sections.size();
    guest_.sections.push_back({});
    digester_.reset();
  }
  digester_.update(rest.data);
  section().size += rest.data.size();
  section().digest = digester_.digest();
}

Status read_pages_again(Guest& guest, io::ByteSource& source, StreamOptions options) {
  options.arrange = false;
  auto stream = OpenedStream::open(source, std::move(options));
  if (!stream) return std::move(stream.error());
  guest.ram.begin(**stream);
  return event::pump(**stream, guest.ram);
}

}  // namespace

Result<std::unique_ptr<Guest>> read_guest(const std::string& file, const StreamOptions& options,
                                          std::uint64_t seed) {
  auto source = io::open_source(file);
  if (!source) return std::move(source.error());
  auto stream = OpenedStream::open(**source, options);
  if (!stream) return std::move(stream.error());
  auto guest = std::make_unique<Guest>(
      (*source)->is_seekable() ? DigestedRam::Keep::none : DigestedRam::Keep::all, seed, options.limits);
  GuestReader reader(*guest, options.limits);
  guest->ram.begin(**stream);
  if (auto status = event::pump(**stream, reader, guest->ram); !status) return std::move(status.error());
  if (guest->ram.sent_elsewhere())
    return Error{Errc::unsupported, 0, "ram", "the contents of memory",
                 std::string(event::sent_elsewhere_text)};
  guest->page_size = (*stream)->session().page_size_or_default();
  if (guest->ram.needs_second_pass())
    if (auto again = read_pages_again(*guest, **source, options); !again) return std::move(again.error());
  guest->ram.finish();
  return guest;
}

}  // namespace qember::vm
