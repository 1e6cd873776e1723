// SPDX-License-Identifier: LGPL-2.1-or-later
/// Options that several verbs have.
#pragma once

#include <qember/vm/opened_stream.hpp>

#include <CLI/CLI.hpp>

namespace qember::cli {

/// An option whose value is one of some words: help and manual have them all for its type.
void add_choice(CLI::App& verb, const std::string& name, std::string& value,
                const std::vector<std::string>& choices, const std::string& description);

/// `--device`, any number of times.
void add_devices(CLI::App& verb, std::vector<std::string>& devices, const std::string& description);

/// `--limits` and `--page-size`.
class ReadOptions {
 public:
  void add_to(CLI::App& verb);
  vm::StreamOptions stream_options() const;

 private:
  std::string limits_ = "untrusted";
  std::optional<std::uint64_t> page_size_;
};

/// `--force`, which means the same in every verb: that a terminal may get bytes, and that files may be
/// replaced whose names the stream gives. A file that the command line names is replaced in any case, by a
/// whole one; the input never is.
void add_force(CLI::App& verb, bool& force);

}  // namespace qember::cli
