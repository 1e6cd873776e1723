// SPDX-License-Identifier: LGPL-2.1-or-later
// `show`, as text and as JSON.
#include "verbs.hpp"

namespace qember::fuzz {

const Mutate structure = mutate_stream;

void fuzz(ByteView in) {
  const Stream stream(in);
  const Ran text = stream.run({"show", stream.path()});
  const Ran json = stream.run({"show", "--json", stream.path()});
  require(text.code == json.code, "the form of the output makes no difference");
  if (!stream.refusal()) require(text.code == 0, "what can be read can be shown: " + text.error);
  is_json_lines(json);
}

}  // namespace qember::fuzz
