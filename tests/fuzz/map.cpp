// SPDX-License-Identifier: LGPL-2.1-or-later
// `map`, as text and drawn.
#include "verbs.hpp"

namespace qember::fuzz {

const Mutate structure = mutate_stream;

void fuzz(ByteView in) {
  static const Outputs outputs;
  const Stream stream(in);
  const Ran text = stream.run({"map", stream.path()});
  const Ran drawn = stream.run({"map", stream.path(), "--svg", outputs.path("map.svg")});
  outputs.are_whole_or_none(drawn);
  require(text.code == drawn.code, "the form of the output makes no difference");
}

}  // namespace qember::fuzz
