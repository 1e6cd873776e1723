// SPDX-License-Identifier: LGPL-2.1-or-later
/// What the verbs share that make one stream of another.
#pragma once

#include "../common_options.hpp"

#include <qember/advanced/vm/convert.hpp>

namespace qember::cli {

struct ConvertOptions {
  std::string input = "-";
  std::string output = "-";
  bool force = false;
  ReadOptions read;

  void add_to(CLI::App& verb);
};

/// Makes the one of the other; `with` says how the input is read.
using Conversion =
    std::function<Status(io::ByteSource& source, const vm::Drain& drain, const vm::ConvertOptions& with)>;

/// The one form to the other.
Status convert_stream(io::ByteSource& source, const vm::Drain& drain, const vm::ConvertOptions& with);

/// Opens both files and converts one into the other. The output gets its name only when all went well.
/// Returns the exit code, after a message. `with`: all but what `options` say.
int convert(const ConvertOptions& options, vm::ConvertOptions with,
            const Conversion& conversion = convert_stream);

}  // namespace qember::cli
