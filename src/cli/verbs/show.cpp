// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/vm/selector.hpp>
#include "../common_options.hpp"
#include "../render/show_output.hpp"
#include "../report.hpp"
#include "verbs.hpp"

#include <qember/device/state.hpp>

#include <fmt/format.h>

#include <deque>
#include <map>

namespace qember::cli {
namespace {

using event::BodyKind;
using event::Element;

constexpr auto unlisted = "the description does not have it";

struct ShowOptions {
  std::string file = "-";
  std::string device;
  std::string field;
  bool json = false;
  bool offsets = false;
  ColorOption color;
  ReadOptions read;
};

/// Device state ahead of its description, such as that of virtio-mem before RAM.
struct EarlyDevice {
  PlacedSection place;
  std::string name;
  Bytes body;
  Digest digest;
};

/// A section that comes in parts.
struct OpenIterable {
  Iterated sum;
  std::vector<RamTally> tallies;
};

class Show {
 public:
  Show(const ShowOptions& options, vm::OpenedStream& stream, ShowOutput& out)
      : limits_(options.read.stream_options().limits),
        field_(options.field),
        stream_(stream),
        out_(out),
        selector_(options.device) {}

  void take(const event::Event& event) {
    std::visit([this](const auto& each) { on(each); }, event);
  }
  /// What had no end before the stream's.
  void finish();
  bool found() const noexcept { return found_; }

 private:
  std::uint64_t offset() const { return stream_.offset(); }
  bool whole() const { return selector_.selects_all() && field_.empty(); }

  template <class Other>
  void on(const Other&) {}  // what has nothing to show
  void on(const event::StreamBegin&) {
    if (whole()) out_.begin();
  }
  void on(const event::Configuration& configuration) {
    if (whole()) out_.configuration(offset(), configuration);
  }
  void on(const event::Command& command) {
    if (whole()) out_.command(offset(), command);
  }
  void on(const event::SectionBegin& section);
  void on(const event::RamBlocks& list);
  void on(const event::RamPage& page) { iterable_->tallies[page.block].add(page); }
  void on(const event::Body& body);
  void on(const event::SectionEnd&);
  void on(const event::Eof&);
  void on(const event::DescriptionText& text);
  void on(const event::TrailingData& rest);
  void on(const event::StreamEnd&);

  void begin_device(const event::SectionBegin& section);
  void begin_part(const event::SectionBegin& section);
  void end_device();
  void show_device(const device::Device* device, ByteView body, Opaque state);
  void show_early();
  void end_iterable();
  bool wants_part() const {
    return field_.empty() && selector_.selects(place_.section.name, place_.section.instance);
  }

  Limits limits_;
  std::string field_;
  vm::OpenedStream& stream_;
  ShowOutput& out_;
  vm::DeviceSelector selector_;
  bool found_ = false;

  std::optional<device::Description> description_;
  std::optional<device::DeviceMatcher> matcher_;
  std::string no_description_ = "the stream has no description of it";
  std::deque<EarlyDevice> early_;
  std::size_t early_octets_ = 0;
  bool may_be_described_ = true;  ///< a description may still come

  std::map<std::uint32_t, OpenIterable> iterables_;
  OpenIterable* iterable_ = nullptr;  ///< whose part is being read

  PlacedSection place_;                     ///< of the section that is being read
  std::string name_;                        ///< its name
  const device::Device* device_ = nullptr;  ///< its description
  Bytes body_;
  bool keeps_body_ = false;
  std::string reason_;  ///< why it is not
  Digester digester_;   ///< of its body
  std::uint64_t size_ = 0;

  std::uint64_t rest_offset_ = 0;
  std::optional<bool> rest_;  ///< whether the rest of the stream is device state
};

void Show::on(const event::SectionBegin& section) {
  place_ = {section, offset()};
  name_ = section.name;
  place_.section.name = name_;
  iterable_ = nullptr;
  digester_.reset();
  size_ = 0;
  const BodyKind kind = event::body_kind(section.name, section.type);
  const bool is_device = section.type == Element::section_full && kind != BodyKind::ram;
  is_device ? begin_device(section) : begin_part(section);
}

void Show::begin_device(const event::SectionBegin& section) {
  body_.clear();
  device_ = matcher_ ? matcher_->match(section.name, section.instance) : nullptr;
  reason_ = matcher_ ? unlisted : no_description_;
  keeps_body_ = device_ != nullptr || may_be_described_;
}

void Show::begin_part(const event::SectionBegin& section) {
  iterable_ = &iterables_[section.id];
  Iterated& sum = iterable_->sum;
  ++sum.parts;
  if (section.type != Element::section_start && section.type != Element::section_full) return;
  *iterable_ = {};
  sum.place = place_;
  sum.name = name_;
  sum.parts = 1;
  const bool is_ram = event::body_kind(section.name, section.type) == BodyKind::ram;
  if (!is_ram && wants_part()) out_.start(place_, {});
}

void Show::on(const event::RamBlocks& list) {
  iterable_->tallies.resize(list.blocks.size());
  if (wants_part()) out_.start(place_, list.blocks);
}

void Show::on(const event::Body& body) {
  digester_.update(body.data);
  size_ += body.data.size();
  if (!keeps_body_ || iterable_ != nullptr) return;
  if (size_ > limits_.max_section) {
    device_ = nullptr;
    keeps_body_ = false;
    reason_ = fmt::format("larger than the limit of {} bytes", limits_.max_section);
    body_ = {};
    return;
  }
  body_.insert(body_.end(), body.data.begin(), body.data.end());
}

void Show::on(const event::SectionEnd&) {
  if (iterable_ == nullptr) return end_device();
  Iterated& sum = iterable_->sum;
  sum.octets += size_;
  if (size_ != 0) sum.digest = chain(sum.digest, digester_.digest());
  if (place_.section.type == Element::section_end) {
    sum.ended = true;
    end_iterable();
    iterables_.erase(place_.section.id);
  }
}

void Show::end_device() {
  if (!selector_.selects(place_.section.name, place_.section.instance)) return;
  const std::size_t cost = sizeof(EarlyDevice) + name_.size() + body_.size();
  const bool is_early = keeps_body_ && device_ == nullptr && early_octets_ + cost <= limits_.max_held;
  if (!is_early) return show_device(device_, body_, {size_, digester_.digest(), reason_});
  early_octets_ += cost;
  early_.push_back({place_, name_, std::move(body_), digester_.digest()});
}

void Show::show_device(const device::Device* device, ByteView body, Opaque state) {
  if (device != nullptr) {
    const auto measured = device::measure_state(*device, body);
    if (measured && *measured == body.size()) {
      found_ |= out_.device(place_, *device, body, field_);
      return;
    }
    state.reason = "does not fit its description: ";
    state.reason += measured ? fmt::format("{} bytes more than it has fields for", body.size() - *measured)
                             : fmt::format("at +{:x} expected {}, found {}", measured.error().offset,
                                           measured.error().expected, measured.error().found);
  }
  if (!field_.empty()) return;
  found_ = true;
  out_.opaque(place_, state, device);
}

void Show::show_early() {
  may_be_described_ = false;
  for (; !early_.empty(); early_.pop_front()) {
    const EarlyDevice& early = early_.front();
    place_ = early.place;
    place_.section.name = early.name;
    const auto* device = matcher_ ? matcher_->match(early.name, place_.section.instance) : nullptr;
    const std::string reason = matcher_ ? unlisted : no_description_;
    show_device(device, early.body, {early.body.size(), early.digest, reason});
  }
}

void Show::end_iterable() {
  Iterated& sum = iterable_->sum;
  if (!field_.empty() || !selector_.selects(sum.name, sum.place.section.instance)) return;
  found_ = true;
  sum.place.section.name = sum.name;
  const event::Session& session = stream_.session();
  if (!iterable_->tallies.empty()) sum.blocks = session.blocks().first(iterable_->tallies.size());
  sum.tallies = iterable_->tallies;
  sum.page_size = session.page_size_or_default();
  out_.iterated(sum);
}

void Show::finish() {
  show_early();
  for (auto& [id, iterable] : iterables_) {
    iterable_ = &iterable;
    end_iterable();
  }
  iterables_.clear();
  if (rest_ && whole())
    out_.rest(rest_offset_,
              {size_, digester_.digest(), *rest_ ? "device state that nothing divides into sections" : ""});
  rest_.reset();
}

void Show::on(const event::Eof&) {
  show_early();
  if (whole()) out_.end(offset());
}

void Show::on(const event::DescriptionText& text) {
  if (whole()) out_.description(offset(), {text.json.size(), digest_of(text.json), ""});
  auto parsed = device::Description::parse(text.json, limits_);
  if (parsed) {
    description_ = std::move(*parsed);
    matcher_.emplace(*description_);
    selector_.consider(*description_);
  } else {
    no_description_ = fmt::format("the description can't be read: {}", parsed.error().found);
  }
  show_early();
}

void Show::on(const event::TrailingData& rest) {
  if (!rest_) {
    rest_ = rest.device_state;
    rest_offset_ = offset();
    digester_.reset();
    size_ = 0;
  }
  digester_.update(rest.data);
  size_ += rest.data.size();
}

void Show::on(const event::StreamEnd&) { finish(); }

std::string wanted(const ShowOptions& options) {
  const std::string device =
      options.device.empty() ? "a section" : "the section " + printable(options.device);
  return options.field.empty() ? device : device + " with the field " + printable(options.field);
}

int show(const ShowOptions& options) {
  Lines lines;
  vm::StreamOptions stream_options = options.read.stream_options();
  stream_options.before_wait = [&lines] { return lines.flush(); };
  auto stream = vm::OpenedStream::open(options.file, stream_options);
  if (!stream) return fail(options.file, stream.error());
  const auto out = options.json ? make_show_json(lines, options.offsets)
                                : make_show_tree(lines, options.color.style(), options.offsets);
  Show show(options, **stream, *out);
  Status status;
  for (bool ends = false; !ends && status;) {
    auto event = (*stream)->next();
    if (event) {
      ends = std::holds_alternative<event::StreamEnd>(*event);
      show.take(*event);
    } else {
      status = std::move(event.error());
      show.finish();
    }
  }
  if (auto written = lines.flush(); !written) return fail("-", written.error());
  if (!status) return fail(options.file, status.error());
  if (!show.found() && !(options.device.empty() && options.field.empty()))
    return fail(options.file, {Errc::usage, 0, "show", wanted(options), "none"});
  return exit_ok;
}

}  // namespace

void add_show(CLI::App& app, Action& action) {
  auto* verb = app.add_subcommand("show", "Show sections and devices, every field by its name");
  auto options = std::make_shared<ShowOptions>();
  verb->add_option("FILE", options->file, "The stream; - is standard input");
  verb->add_option("--device", options->device, "Only the section NAME, of all instances or one")
      ->type_name("NAME[/INSTANCE]");
  verb->add_option("--field", options->field, "Only the fields at or below a path such as env.regs[3]")
      ->type_name("PATH");
  verb->add_flag("--json", options->json, "A JSON object a line");
  verb->add_flag("--offsets", options->offsets,
                 "Where sections are in the file, and fields in their section, in hexadecimal");
  options->color.add_to(*verb);
  options->read.add_to(*verb);
  verb->callback([&action, options] { action = [options] { return show(*options); }; });
}

}  // namespace qember::cli
