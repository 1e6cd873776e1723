// SPDX-License-Identifier: LGPL-2.1-or-later
#include "extraction.hpp"

#include "../output.hpp"

#include <qember/advanced/vm/block_file_name.hpp>
#include <qember/advanced/vm/ram_files.hpp>
#include <qember/advanced/vm/ram_index.hpp>

#include <fmt/format.h>

#include <filesystem>

namespace qember::cli {
namespace {

using event::RamBlock;

class RamExtraction final : public Extraction {
 public:
  static Result<std::unique_ptr<Extraction>> open(const vm::OpenedStream& stream,
                                                  const ExtractOptions& options);

  using Sink::take;
  Status take(const event::Event& event) override {
    auto status = layout_.take(event);
    return status ? files_.take(event) : status;
  }
  Status finish() override;
  Status commit() override { return directory_.commit(made_); }
  std::span<const Error> lacking() const override { return lacking_; }
  void undo() noexcept override { directory_.undo(); }

 private:
  RamExtraction(const vm::OpenedStream& stream, const ExtractOptions& options, io::StagedDirectory directory)
      : context_(stream),
        options_(options),
        directory_(std::move(directory)),
        core_(name_of_core(options)),
        layout_(stream, options.place.layout_options(stream.contents()), options.read.limits()),
        files_(stream, directory_,
               {[this](const event::RamBlock& block) { return file_name(block); }, options.blocks},
               options.read.limits()) {}

  static std::string name_of_core(const ExtractOptions& options);
  Status check_core(const std::string& name) const;
  Result<std::string> file_name(const event::RamBlock& block) const;
  void tell_absent();

  const event::Context& context_;
  const ExtractOptions& options_;
  io::StagedDirectory directory_;
  std::string core_;  ///< in the directory, or empty
  vm::LayoutReader layout_;
  vm::RamFiles files_;
  std::vector<Error> lacking_;     ///< by blocks that were not asked for by name
  std::vector<std::string> made_;  ///< what is there in the end
};

Result<std::unique_ptr<Extraction>> RamExtraction::open(const vm::OpenedStream& stream,
                                                        const ExtractOptions& options) {
  auto directory = io::StagedDirectory::open(*options.ram, options.force, options.read.inputs(options.file));
  if (!directory) return std::move(directory.error());
  std::unique_ptr<RamExtraction> extraction(new RamExtraction(stream, options, std::move(*directory)));
  const std::string index(vm::index_file_name);
  if (auto status = extraction->check_core(index); !status) return std::move(status.error());
  if (auto status = extraction->directory_.check_free(index); !status) return std::move(status.error());
  return std::unique_ptr<Extraction>(std::move(extraction));
}

/// The name in the directory of `--ram` that the file of another form takes; empty where it is elsewhere.
std::string RamExtraction::name_of_core(const ExtractOptions& options) {
  if (!options.elf && !options.raw) return {};
  std::error_code unknown;
  const auto core = std::filesystem::weakly_canonical(options.elf ? *options.elf : *options.raw, unknown);
  const bool is_inside = core.parent_path() == std::filesystem::weakly_canonical(*options.ram, unknown);
  return is_inside ? core.filename().string() : std::string();
}

/// Of two files of one name one would take the other's place.
Status RamExtraction::check_core(const std::string& name) const {
  if (name != core_) return {};
  return Error{Errc::usage, 0, options_.elf ? *options_.elf : *options_.raw,
               "another file than those of --ram", "one of them"};
}

Result<std::string> RamExtraction::file_name(const RamBlock& block) const {
  std::string name = vm::block_file_name(block.name);
  if (auto status = check_core(name); !status) return std::move(status.error());
  return name;
}

Status RamExtraction::finish() {
  auto status = files_.finish();
  tell_absent();
  if (!status) return status;
  auto layout = layout_.layout();
  if (!layout) return std::move(layout.error());
  if (auto written = vm::write_ram_index(context_.session(), files_, std::move(*layout), directory_);
      !written)
    return written;
  for (std::uint32_t block = 0; block < context_.session().blocks().size(); ++block)
    if (files_.has_file(block)) made_.push_back(files_.name_of(block));
  made_.emplace_back(vm::index_file_name);
  return {};
}

void RamExtraction::tell_absent() {
  for (const auto& [block, absence] : files_.absent()) {
    const Error absent = vm::refuse_absent(context_.session().blocks()[block], absence.reason);
    if (absence.has_contents)
      lacking_.push_back(absent);
    else
      say_line(fmt::format("{}: {}: {}", options_.file, absent.path, absent.found));
  }
}

}  // namespace

Result<std::unique_ptr<Extraction>> open_ram_extraction(const vm::OpenedStream& stream,
                                                        const ExtractOptions& options) {
  return RamExtraction::open(stream, options);
}

}  // namespace qember::cli
