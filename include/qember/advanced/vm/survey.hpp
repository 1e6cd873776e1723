// SPDX-License-Identifier: LGPL-2.1-or-later
/// What can be learnt of a stream in one pass, also of one that has a fault.
#pragma once

#include <qember/advanced/vm/census.hpp>
#include <qember/advanced/vm/guest_facts.hpp>
#include <qember/advanced/vm/layout_reader.hpp>
#include <qember/advanced/vm/machine_state.hpp>
#include <qember/advanced/vm/stream_options.hpp>

namespace qember::vm {

/// What is asked of a stream.
struct SurveyWants {
  bool summary = false;
  bool machine = false;
  std::optional<LayoutOptions> layout{};  ///< with what is told of it
};

struct Survey {
  Summary summary;       ///< up to the error, where there is one
  MachineState machine;  ///< empty where there is an error
  RamLayout layout;      ///< by what was read
  GuestFacts guest;      ///< with the summary
  /// Bytes of the input: up to what was refused, however much more is there; all of a stream that ends early.
  std::uint64_t bytes_in = 0;
  std::optional<Error> error;
};

/// Reads a stream that was just opened to its end. The error is that of `SurveyWants::layout`, which does not
/// fit the stream.
Result<Survey> survey(OpenedStream& stream, const Limits& limits, SurveyWants wants);

}  // namespace qember::vm
