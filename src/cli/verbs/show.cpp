// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/listing.hpp>
#include <qember/advanced/vm/selector.hpp>
#include "../common_options.hpp"
#include "../render/show_output.hpp"
#include "../report.hpp"
#include "verbs.hpp"

#include <qember/advanced/ber/lookup.hpp>
#include <qember/advanced/event/pump.hpp>
#include <qember/advanced/event/section_collector.hpp>

#include <fmt/format.h>

#include <map>

namespace qember::cli {
namespace {

using event::BodyKind;
using event::Element;

struct ShowOptions {
  std::string file = "-";
  std::vector<std::string> devices;
  std::string field;
  bool json = false;
  bool offsets = false;
  ColorOption color;
  ReadOptions read;
};

/// A section that comes in parts.
struct OpenIterative {
  Iterated sum;
  std::vector<RamTally> tallies;
};

class Show final : public event::Handler<Show> {
 public:
  Show(const ShowOptions& options, vm::OpenedStream& stream, ShowOutput& out)
      : options_(options),
        limits_(options.read.stream_options().limits),
        field_(options.field),
        stream_(stream),
        out_(out),
        selector_(options.devices),
        collector_(stream, limits_, {.early_waits = true}, [this](event::CollectedSection&& section) {
          return section.fit == event::Fit::in_parts ? add_part(section) : show_device(section), Status();
        }) {}

  /// What had no end before the stream's.
  void finish();
  /// `Errc::usage` where what was asked for is not there.
  Status missed() const;

 private:
  friend class event::Handler<Show>;

  std::uint64_t offset() const { return stream_.offset(); }
  bool whole() const { return selector_.selects_all() && field_.selects_all(); }

  void on(const event::AnyOf<event::RamControl, event::MappedBitmap, event::MappedStale> auto&) {}
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
  void on(const event::RamPage& page) { iterative_->tallies[page.block].add(page); }
  void on(const event::Body& body) { collector_.on(body); }
  void on(const event::SchemaValue& value);
  void on(const event::SectionEnd& end);
  void on(const event::Eof& eof);
  void on(const event::DescriptionText& text);
  void on(const event::TrailingData& rest);
  void on(const event::StreamEnd&);

  void begin_part(const event::SectionBegin& section);
  void add_part(const event::CollectedSection& section);
  void show_device(const event::CollectedSection& section);
  void consider_description();
  void end_iterative();
  bool wants_part() {
    return field_.selects_all() && selector_.selects(place_.section.name, place_.section.instance);
  }

  const ShowOptions& options_;
  Limits limits_;
  vm::FieldSelector field_;
  vm::OpenedStream& stream_;
  ShowOutput& out_;
  vm::DeviceSelector selector_;
  bool found_ = false;

  event::SectionCollector collector_;
  const device::Description* considered_ = nullptr;  ///< that the selector knows

  std::map<std::uint32_t, OpenIterative> iteratives_;
  OpenIterative* iterative_ = nullptr;  ///< whose part is being read

  PlacedSection place_;  ///< of the section that is being read
  std::string name_;     ///< its name
  bool in_section_ = false;

  Digester digester_;  ///< of the rest
  std::uint64_t rest_size_ = 0;
  std::uint64_t rest_offset_ = 0;
  std::optional<bool> rest_;  ///< whether the rest of the stream is device state
};

void Show::on(const event::SectionBegin& section) {
  place_ = {section, offset()};
  in_section_ = true;
  name_ = section.name;
  place_.section.name = name_;
  iterative_ = nullptr;
  collector_.on(section);
  const BodyKind kind = event::body_kind(section.name, section.type);
  if (section.type != Element::section_full || kind == BodyKind::ram) begin_part(section);
}

void Show::begin_part(const event::SectionBegin& section) {
  iterative_ = &iteratives_[section.id];
  Iterated& sum = iterative_->sum;
  ++sum.parts;
  if (section.type != Element::section_start && section.type != Element::section_full) return;
  *iterative_ = {};
  sum.place = place_;
  sum.name = name_;
  sum.parts = 1;
  const bool is_ram = event::body_kind(section.name, section.type) == BodyKind::ram;
  if (!is_ram && wants_part()) out_.start(place_, {});
}

void Show::on(const event::RamBlocks& list) {
  iterative_->tallies.resize(list.blocks.size());
  if (wants_part()) out_.start(place_, list.blocks);
}

/// In a section other than RAM it is the state of a device.
void Show::on(const event::SchemaValue& value) {
  const ber::Schema& schema = options_.read.format()->schema();
  const bool is_state = in_section_ && iterative_ == nullptr;
  collector_.on(value);
  const bool is_shown =
      is_state ? field_.selects_all() && selector_.selects(place_.section.name, place_.section.instance)
               : whole();
  if (!is_shown) return;
  found_ = true;
  const ber::Type& full = *schema.find("SecFull");
  const ber::Type& type = is_state ? ber::lookup::type(schema, full, "contents") : *schema.find("Sections");
  out_.added(offset(), is_state ? &place_ : nullptr, {value, schema, type});
}

void Show::on(const event::SectionEnd& end) {
  in_section_ = false;
  static_cast<void>(collector_.on(end));
  if (iterative_ == nullptr || place_.section.type != Element::section_end) return;
  iterative_->sum.ended = true;
  end_iterative();
  iteratives_.erase(place_.section.id);
  iterative_ = nullptr;
}

void Show::add_part(const event::CollectedSection& section) {
  Iterated& sum = iterative_->sum;
  sum.bytes += section.size;
  if (section.size != 0) sum.digest = chain(sum.digest, section.digest);
}

void Show::show_device(const event::CollectedSection& section) {
  if (section.typed_size != 0) return;
  consider_description();
  if (!selector_.selects(section.name, section.instance)) return;
  const PlacedSection place{{section.type, section.id, section.name, section.instance, section.version},
                            section.offset};
  if (section.fit == event::Fit::fits) {
    const auto path = field_.path_in(*section.device);
    found_ |= path && out_.device(place, *section.device, section.body, *path);
  } else if (field_.selects_all()) {
    found_ = true;
    const bool is_other = section.fit == event::Fit::does_not_fit;
    out_.opaque(place,
                {section.size, section.digest, vm::reason_without_fields(section, collector_, limits_)},
                is_other ? section.device.get() : nullptr);
  }
}

/// Ahead of the first section that is shown by it.
void Show::consider_description() {
  if (considered_ == collector_.description()) return;
  considered_ = collector_.description();
  selector_.consider(*considered_);
  field_.consider(*considered_);
}

void Show::end_iterative() {
  Iterated& sum = iterative_->sum;
  if (!field_.selects_all() || !selector_.selects(sum.name, sum.place.section.instance)) return;
  found_ = true;
  sum.place.section.name = sum.name;
  const event::Session& session = stream_.session();
  if (!iterative_->tallies.empty()) sum.blocks = session.blocks().first(iterative_->tallies.size());
  sum.tallies = iterative_->tallies;
  sum.page_size = session.page_size_or_default();
  out_.iterated(sum);
}

void Show::finish() {
  static_cast<void>(collector_.finish());
  for (auto& [id, iterative] : iteratives_) {
    iterative_ = &iterative;
    end_iterative();
  }
  iteratives_.clear();
  if (rest_ && whole())
    out_.rest(rest_offset_, {rest_size_, digester_.digest(),
                             *rest_ ? "device state that nothing divides into sections" : ""});
  rest_.reset();
}

void Show::on(const event::Eof& eof) {
  static_cast<void>(collector_.on(eof));
  if (whole()) out_.end(offset());
}

void Show::on(const event::DescriptionText& text) {
  if (whole()) out_.description(offset(), {text.json.size(), digest_of(text.json), ""});
  static_cast<void>(collector_.on(text));
  consider_description();
}

void Show::on(const event::TrailingData& rest) {
  if (!rest_) {
    rest_ = rest.device_state;
    rest_offset_ = offset();
  }
  digester_.update(rest.data);
  rest_size_ += rest.data.size();
}

void Show::on(const event::StreamEnd&) { finish(); }

Status Show::missed() const {
  if (auto status = selector_.missed(); !status) return status;
  return found_ || field_.selects_all() ? Status() : field_.missed();
}

int show(const ShowOptions& options) {
  Lines lines;
  vm::StreamOptions stream_options = options.read.stream_options();
  stream_options.before_wait = [&lines] { return lines.flush(); };
  auto stream = open_stream(options.file, stream_options);
  if (!stream) return fail(options.file, stream.error());
  const Place place(options.file, **stream);
  const auto out = options.json ? make_show_json(lines, options.offsets)
                                : make_show_tree(lines, options.color.style(), options.offsets);
  Show show(options, **stream, *out);
  const Status status = event::pump(**stream, show);
  if (!status) show.finish();
  if (auto written = lines.flush(); !written) return fail("-", written.error());
  if (!status) return fail(place, status.error());
  const Status missed = show.missed();
  return missed ? exit_ok : fail(place, missed.error());
}

}  // namespace

void add_show(CLI::App& app, Action& action) {
  auto* verb = app.add_subcommand("show", "Show sections and devices, every field by its name");
  auto options = std::make_shared<ShowOptions>();
  verb->add_option("FILE", options->file, "The stream; - is standard input")->required();
  add_devices(*verb, options->devices, "Only these sections: NAME or NAME/INSTANCE, with * and ?");
  verb->add_option("--field", options->field,
                   "Only the fields at or below a path such as env.regs[3], or a register such as rip")
      ->type_name("[DEVICE:]FIELD");
  verb->add_flag("--json", options->json, "A JSON object a line");
  verb->add_flag("--offsets", options->offsets,
                 "Where sections are in the file, and fields in their section, in hexadecimal");
  options->color.add_to(*verb);
  options->read.add_to(*verb);
  verb->callback([&action, options] { action = [options] { return show(*options); }; });
}

}  // namespace qember::cli
