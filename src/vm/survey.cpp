// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/survey.hpp>

#include <qember/advanced/event/pump.hpp>

namespace qember::vm {
namespace {

std::uint64_t bytes_read(const io::Input& input, const std::optional<Error>& error) {
  if (!error) return input.position();
  if (error->code == Errc::truncated) return input.received();
  const bool is_placed = !error->in_container && error->code != Errc::io;
  return is_placed ? error->offset - input.base() : input.position();
}

}  // namespace

Survey survey(OpenedStream& stream, const Limits& limits, SurveyWants wants) {
  Census census(stream, limits);
  MachineReader machine(stream, limits);
  std::vector<event::Sink*> sinks;
  if (wants.summary) sinks.push_back(&census);
  if (wants.machine) sinks.push_back(&machine);
  Survey found;
  if (auto status = event::pump(stream, sinks); !status) found.error = std::move(status.error());
  if (!found.error) found.machine = machine.take_state();
  found.summary = census.take_summary();
  found.bytes_in = bytes_read(stream.input(), found.error);
  return found;
}

}  // namespace qember::vm
