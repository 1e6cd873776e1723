// SPDX-License-Identifier: LGPL-2.1-or-later
// `extract`: all files or none, but for what `--partial` keeps.
#include "verbs.hpp"

namespace qember::fuzz {

const Mutate structure = mutate_stream;

void fuzz(ByteView in) {
  static const Outputs outputs;
  const Stream stream(in);
  outputs.are_whole_or_none(stream.run({"extract", stream.path(), "--ram", outputs.path("ram")}));
  outputs.are_whole_or_none(stream.run({"extract", stream.path(), "--elf", outputs.path("core")}));
  outputs.are_whole_or_none(stream.run({"extract", stream.path(), "--raw", outputs.path("image")}));
  stream.run({"extract", stream.path(), "--ram", outputs.path("ram"), "--partial"});
  outputs.remove_all();
}

}  // namespace qember::fuzz
