// SPDX-License-Identifier: LGPL-2.1-or-later
#include "../report.hpp"
#include "convert.hpp"
#include "verb.hpp"

#include <qember/advanced/io/file_checks.hpp>

namespace qember::cli {
namespace {

struct EncodeOptions : ConvertOptions {
  bool der = false;
  bool opaque = false;
};

int encode(const EncodeOptions& options) {
  if (options.der) {
    for (const std::string& input : options.read.inputs(options.input)) {
      const auto can_be_read_twice = io::is_seekable(input);
      if (!can_be_read_twice) return fail(input, can_be_read_twice.error());
      if (!*can_be_read_twice)
        return fail(input,
                    {Errc::usage, 0, input, "a file for --der, which reads it twice", "something else"});
    }
  }
  vm::ConvertOptions with;
  with.from = vm::Format::native;
  with.der = options.der;
  with.opaque = options.opaque;
  return convert(options, std::move(with));
}

}  // namespace

void add_encode(CLI::App& app, Action& action) {
  auto [verb, options] = add_verb(app, action, "encode", "From QEMU's native stream to BER", encode);
  options.add_to(verb);
  verb.add_flag("--der", options.der, "Write DER: all lengths definite. Reads the input twice");
  verb.add_flag("--opaque", options.opaque, "Leave device state as blobs");
}

}  // namespace qember::cli
