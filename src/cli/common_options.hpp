// SPDX-License-Identifier: LGPL-2.1-or-later
/// Options that several verbs have.
#pragma once

#include "report.hpp"

#include <qember/advanced/ber/schema_data.hpp>
#include <qember/advanced/vm/layout_reader.hpp>
#include <qember/advanced/vm/opened_stream.hpp>
#include <qember/advanced/vm/saved_vm.hpp>

#include <CLI/CLI.hpp>

namespace qember::cli {

/// An option whose value is one of some words: help and manual have them all for its type.
void add_choice(CLI::App& verb, const std::string& name, std::string& value,
                const std::vector<std::string>& choices, const std::string& description);

/// An option whose text `parse` reads into `value`; it returns what is wrong with that text, or nothing.
template <class T>
CLI::Option* add_parsed(CLI::App& verb, const std::string& name, T& value,
                        std::string (*parse)(const std::string& text, T& value),
                        const std::string& description) {
  const auto read = [&value, parse, name](const std::string& text) {
    const std::string wrong = parse(text, value);
    if (!wrong.empty()) throw CLI::ValidationError(name, wrong);
  };
  return verb.add_option_function<std::string>(name, read, description);
}

/// `--device`, any number of times.
void add_devices(CLI::App& verb, std::vector<std::string>& devices, const std::string& description);

/// An option whose values are the channels of a multifd migration.
void add_channels(CLI::App& verb, const std::string& name, std::vector<std::string>& channels,
                  const std::string& description);

/// How a stream is read: `--limits`, `--page-size`, where it is in what holds it, and `--progress`.
class ReadOptions {
 public:
  void add_to(CLI::App& verb);
  /// Opens the channels, which are read by these options alone.
  vm::StreamOptions stream_options() const;
  /// The same for another file, which `--offset`, `--snapshot` and `--channels` are not of.
  vm::StreamOptions options_for_another() const;
  Limits limits() const;
  /// The files that are read for that one: it and its channels.
  std::vector<std::string> inputs(const std::string& file) const;
  bool allows_trailing() const noexcept { return allow_trailing_; }
  std::optional<std::uint64_t> offset() const noexcept { return offset_; }
  const std::string& snapshot() const noexcept { return snapshot_; }
  const std::vector<std::string>& channels() const noexcept { return channels_; }

 private:
  void add_schema_to(CLI::App& verb);
  static void add_progress_to(CLI::App& verb);
  Status read_schema(const std::string& file);

  std::string limits_ = "untrusted";
  std::unique_ptr<const ber::SchemaData> schema_;
  std::optional<qber::WireFormat> format_;  ///< of `--schema`
  std::optional<std::uint64_t> page_size_;
  std::optional<std::uint64_t> offset_;
  std::string snapshot_;
  bool allow_trailing_ = false;
  std::vector<std::string> channels_;
};

/// Opens a file that is read for long: the user sees how far that is, see `Progress`.
Result<std::unique_ptr<io::ByteSource>> open_input(const std::string& file);

/// Files of a multifd migration's channels, for `StreamOptions`. Those that can't be opened are refused when
/// the stream is.
std::vector<container::ChannelFile> channel_files(const std::vector<std::string>& names);
/// What is told of where RAM is: `--place` and `--hole`.
class PlaceOptions {
 public:
  void add_to(CLI::App& verb);
  /// With what the file around the stream says.
  vm::LayoutOptions layout_options(const container::Contents& contents) const;
  void apply_to(vm::SavedVmOptions& options) const;

 private:
  std::optional<vm::Hole> hole_;
  std::vector<vm::GivenPlace> places_;
};

/// Says on standard error what a user of that file should know, though it is no fault of the stream.
void say_notes(const std::string& file, const container::Contents& contents);

/// The same options for the file of `place`, which outlives them: what opens it says these notes, and `place`
/// gets to know what holds the stream.
vm::StreamOptions noted(Place& place, vm::StreamOptions options);

/// The VM in a file that is all of its stream and can be read from anywhere; nothing for what is not so, or
/// can't be opened.
std::optional<vm::SavedVm> open_one_file(const std::string& file, const ReadOptions& read);

/// Opens the file of `place` with these.
Result<std::unique_ptr<vm::OpenedStream>> open_stream(Place& place, vm::StreamOptions options);

/// `--force`, which means the same in every verb: that a terminal may get bytes, and that files may be
/// replaced whose names the stream gives. A file that the command line names is replaced in any case, by a
/// whole one; the input never is.
void add_force(CLI::App& verb, bool& force);

}  // namespace qember::cli
