// SPDX-License-Identifier: LGPL-2.1-or-later
#include "common_options.hpp"

#include <fmt/ranges.h>

namespace qember::cli {

void add_choice(CLI::App& verb, const std::string& name, std::string& value,
                const std::vector<std::string>& choices, const std::string& description) {
  verb.add_option(name, value, description)
      ->check(CLI::IsMember(choices).description(""))
      ->type_name(fmt::format("{}", fmt::join(choices, "|")))
      ->capture_default_str();
}

void add_devices(CLI::App& verb, std::vector<std::string>& devices, const std::string& description) {
  verb.add_option("--device", devices, description)->type_name("DEVICE")->allow_extra_args(false);
}

void ReadOptions::add_to(CLI::App& verb) {
  add_choice(verb, "--limits", limits_, {"untrusted", "trusted"},
             "How much of anything a stream may claim: untrusted or trusted");
  verb.add_option("--page-size", page_size_,
                  "The target's page size in bytes, for a native stream that does not tell")
      ->check(CLI::Validator(
          [](const std::string& text) -> std::string {
            std::uint64_t size = 0;
            const bool good = CLI::detail::lexical_cast(text, size) && event::is_page_size(size);
            return good ? "" : "a power of two from 256 to 65536 is expected";
          },
          ""))
      ->type_name("SIZE");
}

void add_force(CLI::App& verb, bool& force) {
  verb.add_flag("--force", force, "Write to a terminal too, and over files whose names come from the stream");
}

vm::StreamOptions ReadOptions::stream_options() const {
  vm::StreamOptions options;
  options.limits = limits_ == "trusted" ? Limits::trusted() : Limits::untrusted();
  options.page_size = page_size_;
  return options;
}

}  // namespace qember::cli
