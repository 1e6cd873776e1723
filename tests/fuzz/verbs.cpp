// SPDX-License-Identifier: LGPL-2.1-or-later
#include "verbs.hpp"

#include "support/sanitized.hpp"

#include <qember/advanced/vm/opened_stream.hpp>
#include "../../src/cli/report.hpp"

#include <qember/advanced/event/checker.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <sstream>

#include <malloc.h>
#include <stdlib.h>
#include <sys/resource.h>

namespace qember::fuzz {
namespace {

namespace fs = std::filesystem;

constexpr long most_resident_kib = 64 << 10;

#ifdef QEMBER_FUZZ
constexpr bool resident_memory_is_ours = false;  // libFuzzer has most of it
#else
constexpr bool resident_memory_is_ours = !test::is_sanitized;
#endif

void is_bounded() {
  if (!resident_memory_is_ours) return;
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  require(usage.ru_maxrss < most_resident_kib,
          "memory is bounded: " + std::to_string(usage.ru_maxrss) + " KiB are not");
}

void is_printable(const std::string& text) {
  const auto acts = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n') || byte == 0x7f;
  };
  const auto found = std::ranges::find_if(text, acts);
  require(found == text.end(), "no control character is printed: " + text);
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

}  // namespace

Stream::Stream(ByteView bytes) : file_(bytes) {
  vm::StreamOptions options;
  options.limits = Limits::untrusted();
  options.reorder = false;
  auto stream = vm::OpenedStream::open(path(), options);
  if (!stream) {
    refusal_ = std::move(stream.error());
    return;
  }
  event::Checker checker(**stream, options.limits, [this](const Error&) { return breaks_rules_ = true; });
  for (bool ends = false; !ends && !refusal_;) {
    auto event = (*stream)->next();
    if (event) {
      static_cast<void>(checker.take(*event));
      ends = std::holds_alternative<event::StreamEnd>(*event);
    } else {
      refusal_ = std::move(event.error());
    }
  }
}

Ran Stream::run(const std::vector<std::string>& arguments) const {
  Ran ran;
  // What making and reading the stream has left in the heap is not the verb's.
  ::malloc_trim(0);
  try {
    ran = fuzz::run(arguments);
  } catch (const std::exception& error) {
    require(false, joined(arguments) + " throws " + error.what());
  }
  const std::string what = joined(arguments) + ": exit " + std::to_string(ran.code) + ", " + ran.error;
  require(ran.code >= 0 && ran.code <= 5, "an exit code is one of those that are documented: " + what);
  is_printable(ran.out);
  is_printable(ran.error);
  is_bounded();
  is_answered(arguments[0], ran, what);
  return ran;
}

void Stream::is_answered(const std::string& verb, const Ran& ran, const std::string& what) const {
  const bool shows_all = verb == "show" || verb == "info";
  const bool is_unsupported = ran.code == cli::exit_unsupported && !shows_all;
  // Files of sizes that a stream may claim are not to be had everywhere, which the last line says.
  const auto last = ran.error.rfind('\n', ran.error.size() < 2 ? 0 : ran.error.size() - 2);
  const bool is_system =
      ran.code == cli::exit_usage &&
      ran.error.find(": expected ", last == std::string::npos ? 0 : last) == std::string::npos;
  // Deltas are applied by these, where `check` tells and goes on.
  const bool is_rule = breaks_rules_ && !shows_all && ran.code != 0;
  // What these are asked for need not be in a stream; `edit` may see that before the stream is at its end.
  const bool is_absent = ran.code == cli::exit_usage && ((verb == "read" && !refusal_) || verb == "edit" ||
                                                         what.find("--place") != std::string::npos);
  if (is_unsupported || is_system || is_rule || is_absent) return;
  if (!refusal_) return require(verb == "diff" || ran.code == 0, "what can be read is not refused: " + what);
  const std::string line = "qember: " + cli::line_of(path(), *refusal_) + "\n";
  require(ran.error.starts_with(line), "a verb refuses what check does: " + line + what);
  // To `diff`, 1 says that two streams differ.
  const cli::ExitCode code = cli::exit_code(refusal_->code);
  require(ran.code == (verb == "diff" && code == cli::exit_invalid ? cli::exit_usage : code),
          "with the same exit code: " + what);
}

Outputs::Outputs() {
  std::string name = (fs::temp_directory_path() / "qember-fuzz-XXXXXX").string();
  require(::mkdtemp(name.data()) != nullptr, "there is a temporary directory");
  directory_ = name;
}

Outputs::~Outputs() {
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

void Outputs::are_whole_or_none(const Ran& ran) const {
  require(are_none() == (ran.code != 0), "files are written by a verb that goes well, and only then");
  remove_all();
}

bool Outputs::are_none() const { return fs::is_empty(directory_); }

void Outputs::remove_all() const {
  for (const auto& entry : fs::directory_iterator(directory_)) fs::remove_all(entry.path());
}

test::Converted other_form(ByteView in) {
  const bool is_ber = !in.empty() && in[0] == 0x7f;
  return is_ber ? test::decode(in) : test::encode(in);
}

void is_json_lines(const Ran& ran) {
  std::istringstream lines(ran.out);
  for (std::string line; std::getline(lines, line);)
    require(nlohmann::json::accept(line), "a line is JSON: " + line);
}

}  // namespace qember::fuzz
