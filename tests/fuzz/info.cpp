// SPDX-License-Identifier: LGPL-2.1-or-later
// `info`, as text, as JSON and against the stream itself, which nothing stands against.
#include "verbs.hpp"

#include <nlohmann/json.hpp>

namespace qember::fuzz {

const Mutate structure = mutate_stream;

void fuzz(ByteView in) {
  const Stream stream(in);
  const Ran text = stream.run({"info", stream.path()});
  const Ran json = stream.run({"info", "--json", stream.path()});
  require(text.code == json.code, "the form of the output makes no difference");
  if (!json.out.empty()) require(nlohmann::json::accept(json.out), "JSON is JSON: " + json.out);
  if (stream.refusal()) return;
  require(text.code == 0, "what can be read can be told about: " + text.error);
  const Ran against = stream.run({"info", stream.path(), "--against", stream.path()});
  require(against.code == 0, "a machine takes its own stream: " + against.out);
}

}  // namespace qember::fuzz
