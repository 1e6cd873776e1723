// SPDX-License-Identifier: LGPL-2.1-or-later
/// Options that several verbs have.
#pragma once

#include <qember/advanced/vm/opened_stream.hpp>

#include <qember/advanced/ber/schema_data.hpp>

#include <CLI/CLI.hpp>

namespace qember::cli {

/// An option whose value is one of some words: help and manual have them all for its type.
void add_choice(CLI::App& verb, const std::string& name, std::string& value,
                const std::vector<std::string>& choices, const std::string& description);

/// `--device`, any number of times.
void add_devices(CLI::App& verb, std::vector<std::string>& devices, const std::string& description);

/// How a stream is read: `--limits`, `--page-size`, and where it is in what holds it.
class ReadOptions {
 public:
  void add_to(CLI::App& verb);
  vm::StreamOptions stream_options() const;
  bool allows_trailing() const noexcept { return allow_trailing_; }
  const std::string& snapshot() const noexcept { return snapshot_; }
  /// Of `--schema`; null without one.
  const qber::WireFormat* format() const noexcept { return format_ ? &*format_ : nullptr; }

 private:
  void add_schema_to(CLI::App& verb);
  Status read_schema(const std::string& file);

  std::string limits_ = "untrusted";
  std::unique_ptr<const ber::SchemaData> schema_;
  std::optional<qber::WireFormat> format_;
  std::optional<std::uint64_t> page_size_;
  std::optional<std::uint64_t> offset_;
  std::string snapshot_;
  bool allow_trailing_ = false;
};

/// Says on standard error what a user of that file should know, though it is no fault of the stream.
void say_notes(const std::string& file, const container::Contents& contents);

/// The same options for that file, whose name outlives them: what opens it says these notes.
vm::StreamOptions noted(const std::string& file, vm::StreamOptions options);

/// Opens a file, and says these notes.
Result<std::unique_ptr<vm::OpenedStream>> open_stream(const std::string& file, vm::StreamOptions options);

/// `--force`, which means the same in every verb: that a terminal may get bytes, and that files may be
/// replaced whose names the stream gives. A file that the command line names is replaced in any case, by a
/// whole one; the input never is.
void add_force(CLI::App& verb, bool& force);

}  // namespace qember::cli
