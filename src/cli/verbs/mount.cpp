// SPDX-License-Identifier: LGPL-2.1-or-later
#include "../fuse_mount.hpp"
#include "../guest_tree.hpp"
#include "../input_files.hpp"
#include "../output.hpp"
#include "../render/progress.hpp"
#include "verb.hpp"

#include <fmt/format.h>

#include <filesystem>

#include <sys/stat.h>

namespace qember::cli {
namespace {

struct MountVerbOptions {
  std::string file;
  std::string directory;
  bool foreground = false;
  bool search = false;
  PlaceOptions place;
  ReadOptions read;
};

Result<std::string> directory_of(const std::string& name) {
  std::error_code error;
  const auto path = std::filesystem::canonical(name, error);
  if (error) return Error{Errc::io, 0, name, {}, error.message()};
  if (std::filesystem::is_directory(path, error)) return path.string();
  return Error{Errc::usage, 0, name, "a directory", "something else"};
}

std::int64_t modified(const std::string& file) {
  struct stat found{};
  return file != "-" && ::stat(file.c_str(), &found) == 0 ? found.st_mtime : std::time(nullptr);
}

int mount(const MountVerbOptions& options) {
  if (auto status = check_files(options.read.inputs(options.file)); !status)
    return fail("mount", status.error());
  const auto directory = directory_of(options.directory);
  if (!directory) return fail(options.directory, directory.error());
  auto source = open_input(options.file);
  if (!source) return fail(options.file, source.error());
  auto with = vm::SavedVmOptions::of(options.read.stream_options());
  options.place.apply_to(with);
  auto vm = vm::SavedVm::open(**source, with);
  if (!vm) return fail(options.file, vm.error());
  say_notes(options.file, vm->contents());
  if (vm->is_spooled())
    say_line(fmt::format("{}: note: it can't be sought in, and is kept in a temporary file", options.file));
  const std::string name = std::filesystem::path(options.file).filename().string();
  auto tree = make_guest_tree(*vm, {options.file == "-" ? "standard input" : name, options.search});
  if (!tree) return fail(options.file, tree.error());
  for (const Error& missing : tree->missing) fail(options.file, missing);
  for (const std::string& note : tree->notes) say_line(fmt::format("{}: note: {}", options.file, note));
  Progress::of_process().finish();
  const auto status = serve_files(tree->files, {*directory, options.foreground, modified(options.file)});
  return status ? exit_ok : fail(options.directory, status.error());
}

}  // namespace

void add_mount(CLI::App& app, Action& action) {
  auto [verb, options] =
      add_verb(app, action, "mount", "Memory, devices and a core of a stream as files, by FUSE", mount);
  add_file(verb, options.file);
  verb.add_option("DIR", options.directory, "The directory that has the files until it is unmounted")
      ->required();
  verb.add_flag("--foreground", options.foreground, "Stay, and unmount on SIGINT");
  verb.add_flag("--search", options.search,
                "Look for VMCOREINFO in all of the memory of a mapped-ram file too");
  options.place.add_to(verb);
  options.read.add_to(verb);
}

}  // namespace qember::cli
