// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/edit.hpp>

#include <qember/advanced/event/pump.hpp>
#include <qember/advanced/vm/opened_stream.hpp>

#include "../../container/xml.hpp"
#include "../rewriting.hpp"
#include "../save_writer.hpp"
#include "../written.hpp"
#include "editing_source.hpp"
#include "names.hpp"
#include "refusal.hpp"

#include <fmt/format.h>

namespace qember::vm {

namespace {

/// A libvirt save with the same texts, but for the machine type that an edit gives the stream.
Result<container::LibvirtSave> edited_save(container::LibvirtSave save, std::span<const Edit> edits) {
  for (const Edit& each : edits) {
    const auto* const machine = std::get_if<SetMachine>(&each);
    if (machine == nullptr) continue;
    auto xml = container::with_machine(as_text(save.xml), machine->name);
    if (!xml)
      return refuse_edit("machine",
                         "a save whose XML names its machine type once, and a name that XML can have",
                         machine->name);
    save.xml.assign(xml->begin(), xml->end());
  }
  return save;
}

/// The stream with its edits, in the form that it had.
Status write(OpenedStream& stream, std::span<const Edit> edits, const EditOptions& options,
             io::Output& output, const Drain& drain, std::optional<std::uint64_t> mapped_base) {
  const Format format = stream.format();
  EditingSource edited(stream, edits, options.read.limits, format);
  std::optional<Encoding> ber;
  std::optional<qevm::Writer> native;
  std::optional<MovedBlocks> moved;
  event::Sink* writer = nullptr;
  if (format == Format::ber) {
    writer = &ber.emplace(edited, qber::SectionWriter(output, stream.wire_format()), options.read.limits);
  } else {
    writer = &native.emplace(output);
    if (mapped_base) writer = &moved.emplace(*native, output, *mapped_base);
  }
  Passing passing(stream, output, drain, options.progress);
  const std::array<event::Sink*, 2> sinks{writer, &passing};
  return event::pump(edited, sinks);
}

}  // namespace

Status edit(io::ByteSource& source, const Drain& drain, std::span<const Edit> edits,
            const EditOptions& options) {
  if (edits.size() > most_edits)
    return Error{Errc::limit, 0, "edit", fmt::format("at most {} edits", most_edits),
                 fmt::to_string(edits.size())};
  for (const Edit& each : edits)
    if (auto status = check_name(each); !status) return status;
  io::Output output;
  std::optional<SaveWriter> save;
  const Drain pass = [&](io::Output& out) { return save ? save->take(out) : drain(out); };
  auto stream = open_to_write(source, options.read, true, output, pass);
  if (!stream) return std::move(stream.error());
  std::optional<std::uint64_t> mapped_base;
  if (const auto& held = (*stream)->contents().libvirt) {
    const auto like = edited_save(*held, edits);
    if (!like) return like.error();
    auto begun = SaveWriter::begin(*like, options.read.limits, drain);
    if (!begun) return std::move(begun.error());
    save.emplace(std::move(*begun));
    if (like->format == container::SaveFormat::sparse) mapped_base = save->base();
  }
  auto status = write(**stream, edits, options, output, pass, mapped_base);
  if (!status) (void)pass(output);
  return status && save ? save->finish() : status;
}

}  // namespace qember::vm
