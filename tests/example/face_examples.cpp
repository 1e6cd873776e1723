// SPDX-License-Identifier: LGPL-2.1-or-later
// Runs the example of a header of the face: qember_face_examples NAME ARGUMENT...
#include <exception>
#include <iostream>
#include <map>
#include <string>

// One for each header, from its comment.
#define EXAMPLE(name) int example_##name(char** argv);
#include "examples.inc"
#undef EXAMPLE

int main(int argc, char** argv) try {
  const std::map<std::string, int (*)(char**)> examples{
#define EXAMPLE(name) {#name, example_##name},
#include "examples.inc"
#undef EXAMPLE
  };
  if (argc < 3) return 2;
  return examples.at(argv[1])(argv + 1);
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
