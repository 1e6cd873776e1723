// SPDX-License-Identifier: LGPL-2.1-or-later
/// What `encode` and `decode` share.
#pragma once

#include "../common_options.hpp"

#include <qember/io/output.hpp>

namespace qember::cli {

struct ConvertOptions {
  std::string input = "-";
  std::string output = "-";
  bool force = false;
  ReadOptions read;

  void add_to(CLI::App& verb);
};

/// Takes the events of a stream; what it writes is in the output that it was made with.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual Status write(const event::Event& event) = 0;
  virtual Status write(std::span<const event::RamPage> pages) = 0;
};

/// Makes the sink once the stream is open.
using MakeSink = std::function<Result<std::unique_ptr<Sink>>(vm::OpenedStream& stream, io::Output& output)>;

/// Opens both files, gives every event to the sink and passes on what it writes. The output gets its name
/// only when all went well. Returns the exit code, after a message.
int convert(const ConvertOptions& options, vm::Format from, const MakeSink& make_sink);

}  // namespace qember::cli
