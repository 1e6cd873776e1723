// SPDX-License-Identifier: LGPL-2.1-or-later
#include "writer_state.hpp"

#include "../event/description_text.hpp"
#include "translation.hpp"

#include <qember/advanced/ber/validate.hpp>

#include <fmt/format.h>

namespace qember::qber {

using extension::Kind;

/// No reader takes a larger section whole.
Status Writer::State::fits(std::size_t section_size, const Limits& as_read) const {
  if (section_size <= as_read.max_section) return {};
  std::string most = fmt::format("what takes at most {} bytes in BER", as_read.max_section);
  return place({Errc::limit, 0, {}, std::move(most), fmt::to_string(section_size)});
}

/// Writes a section, which is one that a reader with these limits takes.
Status Writer::State::put(Result<Bytes> section_der, const Limits& as_read) {
  const WireFormat& format = writer.format();
  if (section_der && !format.has_own_tags())
    section_der = translate_full(*section_der, WireFormat::own(), format);
  if (!section_der) return place(std::move(section_der.error()));
  if (auto status = fits(section_der->size(), as_read); !status) return status;
  if (auto taken = ber::validate(*section_der, format.schema(), format.full_type(), as_read); !taken)
    return place(std::move(taken.error()));
  writer.section(std::move(*section_der));
  return {};
}

Status Writer::State::on(const event::StreamBegin&) {
  writer.begin_file();
  return {};
}

Status Writer::State::on(const event::Configuration& configuration) {
  if (auto status = head.note(configuration); !status) return status;
  return put(extension::encode(configuration));
}

Status Writer::State::on(const event::Command& command) {
  if (auto status = head.note(command); !status) return status;
  return put(extension::encode(command));
}

Status Writer::State::on(const event::SectionBegin& begin) {
  section_name = begin.name;
  section_offset = context.offset();
  section_path = context.path();
  in_section = true;
  section = begin;
  section.name = section_name;
  in_ram = body_kind(begin.name, begin.type) == event::BodyKind::ram;
  began = streaming = false;
  is_typed = false;
  list.reset();
  list_controls.clear();
  body.clear();
  note = {};
  if (begin.type == event::Element::section_end) note.type = begin.type;
  return {};
}

Status Writer::State::on(const event::SectionEnd& end) {
  Status status;
  in_section = false;
  if (in_ram) {
    if (list) {
      status = begin_blocks();
    } else if (!began || !note.controls.empty()) {
      end_min();
      status = begin_min();
    }
    end_min();
  } else {
    status = is_typed ? typed_device() : section.type == event::Element::section_full ? device() : end_body();
  }
  if (status) section_path.clear();
  if (!status || footers) return status;
  footers = end.footer;
  if (end.footer) return {};
  return put(extension::encode(extension::fields(Kind::no_footers), {}));
}

Status Writer::State::on(const event::DescriptionText& text) {
  // One that cannot be read is carried all the same.
  if (auto read = description_of(text, limits)) {
    if (const auto page_size = (*read)->page_size()) {
      if (auto status = context.session().check_described_page_size(*page_size); !status) {
        status.error().offset = context.offset();
        return std::move(status.error()).within(context.path());
      }
    }
    description = std::move(*read);
    matcher.emplace(*description);
  }
  streamed_rest = Kind::description;
  body.clear();
  if (auto status = append(text.json); !status) return status;
  auto status = end_body();
  streamed_rest.reset();
  body.clear();
  return status;
}

Status Writer::State::on(const event::TrailingData& rest) {
  if (!streamed_rest) body.clear();
  streamed_rest = rest.device_state ? Kind::device_state : Kind::trailing;
  return append(rest.data);
}

Status Writer::State::on(const event::StreamEnd&) {
  if (streamed_rest) {
    if (auto status = end_body(); !status) return status;
  }
  return writer.end_file();
}

Writer::Writer(const event::Context& context, SectionWriter& writer, const Limits& limits,
               WriterOptions options)
    : state_(std::make_unique<State>(context, writer, limits, options)) {}

Writer::~Writer() = default;

Status Writer::take(const event::Event& event) {
  if (state_->would_lose_types)
    return Error{Errc::usage, 0, "event", "a source with the description first, such as a ReorderingBuffer",
                 "one that has it last"};
  if (auto status = state_->order.note(event); !status) return status;
  return std::visit([this](const auto& each) { return state_->on(each); }, event);
}

Status Writer::take(std::span<const event::RamPage> pages) {
  for (const event::RamPage& page : pages) {
    auto status = state_->order.note(page);
    if (status) status = state_->on(page);
    if (!status) return status;
  }
  return {};
}

}  // namespace qember::qber
