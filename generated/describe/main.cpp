// SPDX-License-Identifier: LGPL-2.1-or-later
// Writes C++ for a compiled schema; see cmake/Asn1c.cmake. Linked with the object it describes.
#include "backend.h"
#include "model.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <stdexcept>

extern "C" const qember_asn1c_backend QEMBER_BACKEND;

namespace {

using namespace qember::describe;

struct Arguments {
  std::map<std::string, std::string> options;
  std::vector<std::string> shapes;
};

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word.substr(0, 2) != "--")
      arguments.shapes.push_back(word);
    else if (i + 1 < argc)
      arguments.options[word.substr(2)] = argv[++i];
  }
  return arguments;
}

/// Leaves a file that would not change alone, so that nothing that depends on it is rebuilt.
void write(const std::filesystem::path& file, const std::string& text) {
  if (std::ifstream old(file, std::ios::binary); old) {
    const std::string before{std::istreambuf_iterator<char>(old), {}};
    if (before == text) return;
  }
  std::filesystem::create_directories(file.parent_path());
  std::ofstream out(file, std::ios::binary);
  if (!(out << text).flush()) throw std::runtime_error(file.string() + ": cannot be written");
}

void run(int argc, char** argv) {
  const Arguments arguments = parse(argc, argv);
  const auto& option = arguments.options;
  const Names names{option.at("schema"),         option.at("backend"),    option.at("namespace"),
                    option.at("data-namespace"), option.at("types-name"), option.at("data-name")};
  const Model model = read_model(QEMBER_BACKEND);
  const SourceText text = read_source_text(option.at("text"));
  for (const std::string& shapes : arguments.shapes) check_shapes(model, names.schema, shapes);
  const Classes classes = name_classes(model);
  write(option.at("data"), emit_data(model, text, names));
  write(option.at("lines"), emit_lines(model, text));
  write(option.at("types"), emit_types(model, classes, text, names));
  write(option.at("bodies"), emit_bodies(model, classes, names));
}

}  // namespace

int main(int argc, char** argv) try {
  run(argc, argv);
  return 0;
} catch (const std::exception& e) {
  std::cerr << "error: " << e.what() << '\n';
  return 1;
}
