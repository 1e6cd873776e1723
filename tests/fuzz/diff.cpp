// SPDX-License-Identifier: LGPL-2.1-or-later
// `diff` of a stream with itself and with its other form, which are the same, and with a stream that is not.
#include "verbs.hpp"

namespace qember::fuzz {
namespace {

/// QEMU's magic and version, the end.
const Bytes empty{0x51, 0x45, 0x56, 0x4d, 0, 0, 0, 3, 0};

}  // namespace

const Mutate structure = mutate_stream;

void fuzz(ByteView in) {
  const Stream stream(in);
  const Ran same = stream.run({"diff", stream.path(), stream.path()});
  if (stream.refusal() || same.code >= 2) return;
  require(same.code == 0 && same.out.empty(), "a guest is the same as itself: " + same.out);
  if (const test::Converted other = other_form(in); !other.error) {
    const MemoryFile file(other.out);
    std::vector<std::string> words{"diff", stream.path(), file.path()};
    // What no page has told is not to be told otherwise than the description does.
    if (other.page_size) words.insert(words.end(), {"--page-size", std::to_string(*other.page_size)});
    const Ran ran = stream.run(words);
    require(ran.code == 0 && ran.out.empty(), "in both forms it is the same guest: " + ran.out + ran.error);
  }
  const MemoryFile file(empty);
  const Ran ran = stream.run({"diff", "--json", stream.path(), file.path()});
  require(ran.code <= 1 && (ran.code == 1) == !ran.out.empty(), "what differs is said: " + ran.error);
  is_json_lines(ran);
}

}  // namespace qember::fuzz
