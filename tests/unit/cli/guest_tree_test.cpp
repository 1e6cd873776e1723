// SPDX-License-Identifier: LGPL-2.1-or-later
// What `mount` gives out, without a file system.
#include "../../../src/cli/guest_tree.hpp"
#include "../../../src/cli/rendered_texts.hpp"

#include <qember/advanced/io/memory_source.hpp>

#include "support/command.hpp"
#include "support/samples.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace qember;
using namespace qember::test;
using cli::FileTree;

namespace {

std::unique_ptr<io::ByteSource> empty() { return std::make_unique<io::MemorySource>(ByteView()); }

std::string text_of(const FileTree& tree, const std::string& path) {
  io::ByteSource* const file = tree.find(path);
  REQUIRE(file != nullptr);
  std::string text(static_cast<std::size_t>(file->size().value()), '\0');
  const auto count = file->read_at(0, {reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  REQUIRE(count.ok());
  CHECK(*count == text.size());
  return text;
}

cli::GuestTree tree_of(const Bytes& stream) {
  const auto vm = vm::SavedVm::open(stream).or_throw();
  return cli::make_guest_tree(vm, {"title", false}).or_throw();
}

/// The lines of `show --json` that are of devices.
std::vector<std::string> shown_devices(const Bytes& stream) {
  std::vector<std::string> lines;
  std::istringstream out(run({"show", "--json", "-"}, stream).out);
  for (std::string line; std::getline(out, line);)
    if (line.starts_with(R"({"record":"device")")) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("a tree has the directories that paths name") {
  FileTree tree;
  CHECK(tree.add("core", empty()));
  CHECK(tree.add("ram/pc.ram", empty()));
  CHECK(tree.add("ram/a", empty()));
  CHECK(tree.add("a/b/c", empty()));
  CHECK(tree.names_in("") == std::vector<std::string>{"a", "core", "ram"});
  CHECK(tree.names_in("ram") == std::vector<std::string>{"a", "pc.ram"});
  CHECK(tree.names_in("a/b") == std::vector<std::string>{"c"});
  CHECK(tree.is_directory(""));
  CHECK(tree.is_directory("a/b"));
  CHECK_FALSE(tree.is_directory("core"));
  CHECK(tree.find("core") != nullptr);
  CHECK(tree.find("ram") == nullptr);
  CHECK(tree.find("ram/none") == nullptr);
  CHECK(tree.names_in("none").empty());
}

TEST_CASE("a path is taken once") {
  FileTree tree;
  CHECK(tree.add("ram/a", empty()));
  CHECK_FALSE(tree.add("ram/a", empty()));
  CHECK_FALSE(tree.add("ram", empty()));
  CHECK(tree.names_in("ram").size() == 1);
}

TEST_CASE("texts are made when they are asked for, once") {
  const cli::RenderedTexts texts;
  int made = 0;
  const auto first = texts.file([&made](const device::WriteText& write) {
    ++made;
    for (int i = 0; i < 50000; ++i) write("abc");
  });
  const auto second = texts.file("second");
  CHECK(made == 0);
  CHECK(first->size() == 150000);
  CHECK(second->size() == 6);
  Bytes bytes(4);
  CHECK(*first->read_at(149998, bytes) == 2);
  CHECK(*second->read_at(0, bytes) == 4);
  CHECK(as_text(bytes) == "seco");
  CHECK(made == 1);
}

TEST_CASE("mount: the files of the sample") {
  const Bytes stream = sample();
  const cli::GuestTree tree = tree_of(stream);
  CHECK(tree.missing.empty());
  for (const char* const name : {"core", "description.json", "devices", "map.svg", "physical.raw", "ram"}) {
    INFO(name);
    const auto names = tree.files.names_in("");
    CHECK(std::ranges::find(names, name) != names.end());
  }
  CHECK(nlohmann::json::accept(text_of(tree.files, "description.json")));
  CHECK_THAT(text_of(tree.files, "map.svg"), Catch::StartsWith("<svg ") && Catch::EndsWith("</svg>\n"));
  const Scratch scratch;
  REQUIRE(run({"extract", "-", "--ram", scratch.path("ram")}, stream).code == 0);
  for (const std::string& name : tree.files.names_in("ram")) {
    INFO(name);
    const Bytes written = read_file(scratch.path("ram") / name);
    CHECK(text_of(tree.files, "ram/" + name) == as_text(written));
  }
}

TEST_CASE("mount: a device is what show --json prints of it, but for its section") {
  const Bytes stream = sample();
  const cli::GuestTree tree = tree_of(stream);
  std::size_t found = 0;
  for (const std::string& line : shown_devices(stream)) {
    auto shown = nlohmann::ordered_json::parse(line);
    if (shown.contains("digest")) continue;
    shown.erase("section");
    const std::string name = shown["name"].get<std::string>();
    if (name.find('/') != std::string::npos || name.front() == '.') continue;
    INFO(name);
    const std::string text = text_of(
        tree.files, "devices/" + name + "." + std::to_string(shown["instance"].get<unsigned>()) + ".json");
    CHECK(nlohmann::ordered_json::parse(text) == shown);
    ++found;
  }
  CHECK(found > 5);
}

TEST_CASE("mount: names of a stream are never paths") {
  NativeBuilder to;
  to.configuration("pc-i440fx-7.2", 4096).ram(1, {"../../etc", "pc.ram"}, 4096).part(1);
  to.page("../../etc", 0, 1).page("pc.ram", 0, 2).eos().footer(1).ended(1);
  to.device(2, "../x\x1b", Bytes{1, 2}).eof();
  const cli::GuestTree tree = tree_of(to.bytes());
  CHECK(tree.files.names_in("ram") == std::vector<std::string>{"%2E.%2F..%2Fetc", "pc.ram"});
  CHECK(tree.files.names_in("devices") == std::vector<std::string>{"%2E.%2Fx%1B.0.json"});
  CHECK(nlohmann::json::accept(text_of(tree.files, "devices/%2E.%2Fx%1B.0.json")));
}

TEST_CASE("mount: a stream with a fault is not given out") {
  Bytes stream = sample();
  stream.resize(stream.size() / 2);
  const auto vm = vm::SavedVm::open(stream).or_throw();
  CHECK(cli::make_guest_tree(vm, {}).error().code == Errc::truncated);
}
