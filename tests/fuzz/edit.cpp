// SPDX-License-Identifier: LGPL-2.1-or-later
// `edit`: what it makes of a sound stream is sound, and without an edit the same. Any bytes are a script or
// none.
#include "fuzz.hpp"

#include "support/findings.hpp"

#include <qember/advanced/io/memory_source.hpp>
#include <qember/advanced/vm/edit.hpp>
#include <qember/advanced/vm/opened_stream.hpp>

namespace qember::fuzz {
namespace {

/// What the edits make of the stream; nothing where they are refused.
std::optional<Bytes> edited(ByteView in, std::span<const vm::Edit> edits) {
  io::MemorySource source(in);
  Bytes out;
  const auto drain = [&out](io::Output& output) {
    for (const iovec& piece : output.pieces()) {
      const auto* const bytes = static_cast<const std::uint8_t*>(piece.iov_base);
      out.insert(out.end(), bytes, bytes + piece.iov_len);
    }
    output.clear();
    return Status();
  };
  const auto status = vm::edit(source, drain, edits);
  return status ? std::optional(std::move(out)) : std::nullopt;
}

/// Edits of what is in the stream: of some sections and blocks each kind that is about such.
std::vector<vm::Edit> edits_of(ByteView in) {
  std::vector<vm::Edit> edits{vm::SetMachine{"another"}, vm::DropCommand{"ping"},
                              vm::DropConfiguration{"configuration"}, vm::DropConfiguration{"uuid"},
                              vm::DropConfiguration{"capabilities"}};
  io::MemorySource source(in);
  auto stream = vm::OpenedStream::open(source, {});
  constexpr std::size_t most = 48;
  while (stream && edits.size() < most) {
    const auto event = (*stream)->next();
    if (!event || std::holds_alternative<event::StreamEnd>(*event)) break;
    if (const auto* section = std::get_if<event::SectionBegin>(&*event)) {
      const std::string name(section->name);
      edits.push_back(vm::DropSection{name});
      edits.push_back(vm::RenameSection{name, "another name", 7});
      edits.push_back(vm::SetField{name + ":size", "1"});
      edits.push_back(vm::SetBytes{name + "+1", {0, 1, 2}});
      edits.push_back(vm::SetVectors{name, 3});
      edits.push_back(vm::SetVectors{name, 0});
      edits.push_back(vm::MendRequests{name});
      edits.push_back(vm::AddDefault{name + ":core.timadj"});
      edits.push_back(vm::AddDefault{name + ":acpi_pci_hotplug.acpi_index"});
      edits.push_back(vm::ClearFeature{name + ":1"});
    }
    if (const auto* list = std::get_if<event::RamBlocks>(&*event))
      for (const event::RamBlock& block : list->blocks.first(std::min<std::size_t>(list->blocks.size(), 2))) {
        edits.push_back(vm::DropBlock{block.name});
        edits.push_back(vm::RenameBlock{block.name, "m"});
        edits.push_back(vm::ResizeBlock{block.name, block.length / 2 + 1});
        edits.push_back(vm::SetMemory{block.name + "+1", {0, 1, 2}});
      }
  }
  return edits;
}

/// Whether `edit` keeps what tells the page size of the stream; without that a reader may need to be told.
bool keeps_page_size(const vm::Edit& edit) {
  const auto* const drop = std::get_if<vm::DropConfiguration>(&edit);
  return drop == nullptr || drop->name != "configuration";
}

void require_sound(ByteView out, const vm::Edit& edit) {
  for (const Error& finding : test::findings(out))
    require(!keeps_page_size(edit) && finding.code == Errc::page_size_unknown,
            "what was edited is sound: " + std::string(vm::to_words(edit).first) + ' ' +
                vm::to_words(edit).second);
}

}  // namespace

const Mutate structure = mutate_stream;

void fuzz(ByteView in) {
  io::MemorySource script(in);
  static_cast<void>(vm::read_script(script, {}).ok());
  if (!test::findings(in).empty()) return;
  const auto same = edited(in, {});
  require(same.has_value(), "a sound stream can be written again");
  require(test::findings(*same).empty(), "and is sound");
  const bool is_native = in[0] == 0x51;
  require(!is_native || std::ranges::equal(*same, in), "a native one is the same");
  for (const vm::Edit& edit : edits_of(in))
    if (const auto out = edited(in, std::span(&edit, 1))) require_sound(*out, edit);
}

}  // namespace qember::fuzz
