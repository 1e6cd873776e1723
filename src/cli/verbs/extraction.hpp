// SPDX-License-Identifier: LGPL-2.1-or-later
/// What the forms of `extract` have in common.
#pragma once

#include "../common_options.hpp"
#include "../output.hpp"

#include <qember/advanced/event/sink.hpp>
#include <qember/advanced/io/output_file.hpp>
#include <qember/advanced/io/sparse_file.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

namespace qember::cli {

struct ExtractOptions {
  std::string file = "-";
  std::optional<std::string> ram;  ///< the directory
  std::optional<std::string> elf;  ///< the core
  std::optional<std::string> raw;  ///< the image; not with a core
  std::vector<std::string> blocks;
  PlaceOptions place;
  bool paging = false;  ///< of a core
  bool force = false;
  bool partial = false;
  ReadOptions read;
};

/// Something that a stream's memory is taken out to, event by event.
class Extraction : public event::Sink {
 public:
  /// Writes what is known last; then all is written, and has no name yet.
  virtual Status finish() = 0;
  /// Gives the files their names; without it nothing stays.
  virtual Status commit() = 0;
  /// Takes that back.
  virtual void undo() noexcept = 0;
  /// Memory that the guest has and the files have not, once all is written.
  virtual std::span<const Error> lacking() const { return {}; }
};

/// Opens a file of the forms, to be written here and there.
Result<io::OutputFile> open_seekable(const std::string& path, const ExtractOptions& options);

struct FileWords {
  std::string_view file;    ///< what it is
  std::string_view unsent;  ///< what pages are in it that the stream does not hold
};

/// One file that a `Writer`, a sink, writes here and there.
template <class Writer>
class FileExtraction : public Extraction {
 public:
  /// `words` are for what the file lacks; `arguments` are the writer's, behind the context and the file.
  template <class... Arguments>
  FileExtraction(const vm::OpenedStream& stream, const ExtractOptions& options, const FileWords& words,
                 const std::string& path, io::OutputFile output, Arguments&&... arguments)
      : options_(options),
        words_(words),
        output_(std::move(output)),
        file_(output_.fd(), path),
        writer_(stream, file_, std::forward<Arguments>(arguments)..., options.read.limits()) {}

  using Sink::take;
  Status take(const event::Event& event) override { return writer_.take(event); }
  Status finish() override {
    if (auto status = writer_.finish(); !status) return status;
    tell_lacking(writer_.notices());
    tell(writer_.notices());
    return output_.finish();
  }
  Status commit() override { return output_.commit(); }
  /// It is the last that gets its name.
  void undo() noexcept override {}

 private:
  using Notices = std::remove_cvref_t<decltype(std::declval<const Writer&>().notices())>;

  void tell_lacking(const Notices& notices) const {
    if (!notices.left_out.empty())
      say(fmt::format("blocks that are not in the {}: {}", words_.file, fmt::join(notices.left_out, ", ")));
    if (notices.unsent != 0)
      say(fmt::format("{} pages that the stream does not hold are {} in the {}", notices.unsent,
                      words_.unsent, words_.file));
  }
  /// Says what else there is to say of the file.
  virtual void tell(const Notices& /*notices*/) const {}

 protected:
  const ExtractOptions& options() const noexcept { return options_; }
  void say(const std::string& what) const { say_line(fmt::format("{}: {}", options_.file, what)); }

 private:
  const ExtractOptions& options_;
  FileWords words_;
  io::OutputFile output_;
  io::SparseFile file_;
  Writer writer_;
};

/// `--ram`: one sparse file for each RAM block, and an index of them. `stream` and `options` outlive it.
Result<std::unique_ptr<Extraction>> open_ram_extraction(const vm::OpenedStream& stream,
                                                        const ExtractOptions& options);
/// `--elf`: the guest's RAM and registers as a core. The same; it is the last that gets its name.
Result<std::unique_ptr<Extraction>> open_elf_extraction(const vm::OpenedStream& stream,
                                                        const ExtractOptions& options);
/// `--raw`: the guest's RAM in the order of its addresses. The same, of which nothing that may fail comes
/// after.
Result<std::unique_ptr<Extraction>> open_raw_extraction(const vm::OpenedStream& stream,
                                                        const ExtractOptions& options);

}  // namespace qember::cli
