// SPDX-License-Identifier: LGPL-2.1-or-later
/// `show` for people.
#include "show_output.hpp"
#include "show_schema_value.hpp"
#include "show_state_tree.hpp"

#include <qember/advanced/core/text.hpp>
#include <qember/advanced/event/meanings.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace qember::cli {
namespace {

using event::RamBlock;

std::string percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? ""
                    : fmt::format("{:.1f}%", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

class ShowTree final : public vm::SectionVisitor {
 public:
  ShowTree(Lines& out, const Style& style, bool offsets, const ber::Schema& schema)
      : out_(out), style_(style), offsets_(offsets), schema_(schema) {}

  void begin() override {}
  void configuration(std::uint64_t offset, const event::Configuration& configuration) override;
  void command(std::uint64_t offset, const event::Command& command) override;
  void start(const vm::PlacedSection& place, std::span<const RamBlock> blocks) override;
  void iterated(const vm::Iterated& section) override;
  bool device(const vm::PlacedSection& place, const device::Device& device, ByteView body,
              const std::string& selected) override;
  void opaque(const vm::PlacedSection& place, const vm::Opaque& body, const device::Device* device) override;
  void added(std::uint64_t offset, const vm::PlacedSection* place, const event::SchemaValue& value) override;
  void end(std::uint64_t offset) override { head(offset, "end of stream", ""); }
  void description(std::uint64_t offset, const vm::Opaque& text) override {
    head(offset, "description", fmt::format("{}, {}", size_text(text.size), digest(text.digest)));
  }
  void rest(std::uint64_t offset, const vm::Opaque& rest) override {
    head(offset, "rest", fmt::format("{}, {}", size_text(rest.size), digest(rest.digest)));
    if (!rest.reason.empty()) line(style_.paint(Paint::yellow, printable(rest.reason)));
  }

 private:
  void head(std::uint64_t offset, std::string_view name, std::string_view facts);
  void section_head(const vm::PlacedSection& place, std::string_view facts);
  void line(std::string_view text) { out_.write(fmt::format("{}  {}\n", gutter(""), text)); }
  std::string gutter(std::string_view text) const {
    return offsets_ ? style_.paint(Paint::dim, fmt::format("{:>8} ", text)) : "";
  }
  std::string digest(const Digest& digest) const {
    return style_.paint(Paint::dim, fmt::format("digest {:016x}", digest.high));
  }
  void block(const RamBlock& block, const vm::RamTally& tally, std::uint64_t page_size, std::size_t width);

  Lines& out_;
  Style style_;
  bool offsets_;
  const ber::Schema& schema_;
};

void ShowTree::head(std::uint64_t offset, std::string_view name, std::string_view facts) {
  out_.write(fmt::format("{}{}{}{}\n", gutter(fmt::format("{:x}", offset)),
                         style_.paint(Paint::bold, printable(name)), facts.empty() ? "" : "  ", facts));
}

void ShowTree::section_head(const vm::PlacedSection& place, std::string_view facts) {
  const auto& section = place.section;
  head(place.offset, fmt::format("{}/{}", section.name, section.instance),
       fmt::format("version {}, {}", section.version, facts));
}

void ShowTree::configuration(std::uint64_t offset, const event::Configuration& configuration) {
  head(offset, "configuration", "");
  line(
      fmt::format("{}  {}", style_.paint(Paint::cyan, "machine"), printable(as_text(configuration.machine))));
  for (const auto& subsection : configuration.subsections) {
    line(fmt::format("{}  {}", style_.paint(Paint::cyan, printable(subsection.name)), text_of(subsection)));
  }
}

void ShowTree::command(std::uint64_t offset, const event::Command& command) {
  const std::string_view name = event::name_of_command(command.id);
  std::string text = name.empty() ? fmt::to_string(command.id) : std::string(name);
  if (!command.payload.empty()) text += "  " + hex_excerpt(command.payload, 16);
  head(offset, "command", text);
}

void ShowTree::start(const vm::PlacedSection& place, std::span<const RamBlock> blocks) {
  std::uint64_t total = 0;
  for (const RamBlock& block : blocks) total += block.length;
  section_head(place, blocks.empty()
                          ? "begins"
                          : fmt::format("begins: {}, {}", counted(blocks.size(), "block"), size_text(total)));
}

void ShowTree::iterated(const vm::Iterated& section) {
  const std::string ends = section.ended ? "" : ", without an end";
  if (section.tallies.empty()) {
    section_head(section.place, fmt::format("{}{}: {}, {}", counted(section.parts, "part"), ends,
                                            size_text(section.bytes), digest(section.digest)));
    return;
  }
  section_head(section.place, fmt::format("{}{}, pages of {}", counted(section.parts, "part"), ends,
                                          size_text(section.page_size)));
  std::size_t width = 0;
  for (const RamBlock& block : section.blocks) width = std::max(width, columns(printable(block.name)));
  for (std::size_t i = 0; i < section.blocks.size(); ++i)
    block(section.blocks[i], section.tallies[i], section.page_size, std::min<std::size_t>(width, 40));
}

void ShowTree::block(const RamBlock& block, const vm::RamTally& tally, std::uint64_t page_size,
                     std::size_t width) {
  std::string name = printable(block.name);
  name.append(width - std::min(width, columns(name)), ' ');
  std::string counts;
  const auto add = [&counts](std::uint64_t count, std::string_view what) {
    if (count != 0) counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", grouped(count), what);
  };
  add(tally.full, "full");
  add(tally.zero, "zero");
  add(tally.xbzrle, "deltas");
  add(tally.compressed, "compressed");
  const std::uint64_t sent = tally.records();
  const std::uint64_t pages = page_size == 0 ? 0 : (block.length + page_size - 1) / page_size;
  // Each page once is what one expects.
  if (sent != pages) counts += fmt::format(" ({} of its size)", percent(sent, pages));
  line(fmt::format("{}  {:>9}  {}", style_.paint(Paint::cyan, name), size_text(block.length),
                   sent == 0 ? style_.paint(Paint::dim, "nothing sent")
                             : fmt::format("{}  {}", counts, digest(tally.digest))));
}

bool ShowTree::device(const vm::PlacedSection& place, const device::Device& device, ByteView body,
                      const std::string& selected) {
  bool begun = false;
  const auto begin = [&] {
    if (!std::exchange(begun, true))
      section_head(place, fmt::format("section {}, {}", place.section.id, size_text(body.size())));
  };
  if (selected.empty()) begin();
  StateTree tree(
      [&](std::string_view text) {
        begin();
        out_.write(text);
      },
      style_, offsets_, selected);
  tree.print(device, body);
  return begun;
}

void ShowTree::opaque(const vm::PlacedSection& place, const vm::Opaque& body, const device::Device* device) {
  section_head(
      place, fmt::format("section {}, {}, {}", place.section.id, size_text(body.size), digest(body.digest)));
  line(style_.paint(Paint::yellow, printable(body.reason)));
  if (device == nullptr) return;
  StateTree([this](std::string_view text) { out_.write(text); }, style_, offsets_, {})
      .print_names(device->state);
}

void ShowTree::added(std::uint64_t offset, const vm::PlacedSection* place, const event::SchemaValue& value) {
  const std::string size = size_text(value.encoded.size());
  if (place != nullptr)
    section_head(*place, fmt::format("section {}, {}", place->section.id, size));
  else
    head(offset, value.name, size);
  print_schema_value({value, schema_, place != nullptr}, [this](std::size_t depth, std::string_view name,
                                                                std::string_view text) {
    line(fmt::format("{:{}}{}{}{}", "", 2 * depth, style_.paint(Paint::cyan, printable(name)),
                     text.empty() ? "" : "  ", text));
  });
}

}  // namespace

std::unique_ptr<vm::SectionVisitor> make_show_tree(Lines& out, const Style& style, bool offsets,
                                                   const ber::Schema& schema) {
  return std::make_unique<ShowTree>(out, style, offsets, schema);
}

}  // namespace qember::cli
