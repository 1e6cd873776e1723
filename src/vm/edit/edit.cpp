// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/edit.hpp>

#include <qember/advanced/event/pump.hpp>

#include "../written.hpp"
#include "editing_source.hpp"
#include "names.hpp"

#include <fmt/format.h>

namespace qember::vm {

Status edit(io::ByteSource& source, const Drain& drain, std::span<const Edit> edits,
            const EditOptions& options) {
  if (edits.size() > most_edits)
    return Error{Errc::limit, 0, "edit", fmt::format("at most {} edits", most_edits),
                 fmt::to_string(edits.size())};
  for (const Edit& each : edits)
    if (auto status = check_name(each); !status) return status;
  io::Output output;
  auto stream = open_to_write(source, options.read, true, output, drain);
  if (!stream) return std::move(stream.error());
  const Format format = (*stream)->format();
  EditingSource edited(**stream, edits, options.read.limits, format);
  std::optional<Encoding> ber;
  std::optional<qevm::Writer> native;
  event::Sink* writer = nullptr;
  if (format == Format::ber) {
    writer = &ber.emplace(edited, qber::SectionWriter(output, (*stream)->wire_format()), options.read.limits);
  } else {
    writer = &native.emplace(output);
  }
  Passing passing(**stream, output, drain, options.progress);
  const std::array<event::Sink*, 2> sinks{writer, &passing};
  auto status = event::pump(edited, sinks);
  if (!status) (void)drain(output);
  return status;
}

}  // namespace qember::vm
