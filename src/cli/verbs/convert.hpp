// SPDX-License-Identifier: LGPL-2.1-or-later
/// What `encode` and `decode` share.
#pragma once

#include "../common_options.hpp"

#include <qember/event/sink.hpp>
#include <qember/io/output.hpp>

namespace qember::cli {

struct ConvertOptions {
  std::string input = "-";
  std::string output = "-";
  bool force = false;
  ReadOptions read;

  void add_to(CLI::App& verb);
};

/// Makes the sink once the stream is open.
using MakeSink =
    std::function<Result<std::unique_ptr<event::Sink>>(vm::OpenedStream& stream, io::Output& output)>;

/// Opens both files, gives every event to the sink and passes on what it writes. The output gets its name
/// only when all went well. Returns the exit code, after a message.
int convert(const ConvertOptions& options, vm::Format from, const MakeSink& make_sink);

}  // namespace qember::cli
