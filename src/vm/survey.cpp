// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/survey.hpp>

#include <qember/advanced/event/pump.hpp>
#include <qember/advanced/vm/opened_stream.hpp>

namespace qember::vm {
namespace {

/// Up to what was refused, however much more is there; all of a stream that ends early.
std::uint64_t bytes_of_main(const io::Input& input, const std::optional<Error>& error) {
  if (!error || container::is_in_channel(*error)) return input.position();
  if (error->code == Errc::truncated) return input.received();
  const bool is_placed = !error->in_container && error->code != Errc::io;
  return is_placed ? error->offset - input.base() : input.position();
}

}  // namespace

Result<Survey> survey(OpenedStream& stream, const Limits& limits, SurveyWants wants) {
  GuestFactsReader guest(stream);
  Census census(stream, limits, [&guest](const event::CollectedSection& section) { guest.add(section); });
  MachineReader machine(stream, limits);
  std::optional<LayoutReader> layout;
  std::vector<event::Sink*> sinks;
  if (wants.layout) wants.layout->has_pages = !stream.skims_pages();
  if (wants.layout) sinks.push_back(&layout.emplace(stream, std::move(*wants.layout), limits));
  if (wants.summary) sinks.insert(sinks.end(), {&census, &guest});
  if (wants.machine) sinks.push_back(&machine);
  Survey found;
  if (auto status = event::pump(stream, sinks); !status) found.error = std::move(status.error());
  if (!found.error) found.machine = machine.take_state();
  if (layout) {
    auto made = layout->layout();
    if (!made) return std::move(made.error());
    found.layout = std::move(*made);
  }
  found.summary = census.take_summary();
  found.guest = guest.facts();
  found.bytes_in = bytes_of_main(stream.input(), found.error) + stream.channel_bytes();
  return found;
}

}  // namespace qember::vm
