// SPDX-License-Identifier: LGPL-2.1-or-later
#include "common_options.hpp"

#include "output.hpp"

#include <qember/advanced/container/lzop.hpp>

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

void add_channels(CLI::App& verb, const std::string& name, std::vector<std::string>& channels,
                  const std::string& description) {
  verb.add_option(name, channels, description)->type_name("FILE");
}

std::vector<container::ChannelFile> channel_files(const std::vector<std::string>& names) {
  std::vector<container::ChannelFile> files;
  for (const std::string& name : names) files.push_back({name});
  return files;
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
  verb.add_option("--offset", offset_, "Where the stream begins in the file, if not where the file does")
      ->type_name("N");
  verb.add_option("--snapshot", snapshot_, "Of a qcow2 image: id:N, name:S, or a word that is one of them")
      ->type_name("WHICH");
  verb.add_flag("--allow-trailing", allow_trailing_, "Let other bytes than zeros follow, as on a volume");
  add_channels(verb, "--channels", channels_,
               "Of a multifd migration, whose main channel the stream is: all other channels, in any order");
}

void say_notes(const std::string& file, const container::Contents& contents) {
  const auto note = [&file](std::string_view text) { say_line(fmt::format("{}: note: {}", file, text)); };
  if (contents.libvirt && !contents.libvirt->is_marked_complete)
    note("libvirt marked the save as incomplete; what the stream is, its own end tells");
  constexpr std::uint64_t corrupt = 2;
  if (contents.qcow2 && (contents.qcow2->incompatible & corrupt) != 0)
    note("QEMU marked the image as corrupt");
}

vm::StreamOptions noted(Place& place, vm::StreamOptions options) {
  options.on_contents = [&place, also = std::move(options.on_contents)](
                            const std::shared_ptr<const container::Contents>& contents) {
    say_notes(place.file, *contents);
    if (also) also(contents);
  };
  options.on_opened = [&place](const vm::OpenedStream& stream) { place = Place(place.file, stream); };
  return options;
}

Result<std::unique_ptr<vm::OpenedStream>> open_stream(Place& place, vm::StreamOptions options) {
  return vm::OpenedStream::open(place.file, noted(place, std::move(options)));
}

void add_force(CLI::App& verb, bool& force) {
  verb.add_flag("--force", force, "Write to a terminal too, and over files whose names come from the stream");
}

vm::StreamOptions ReadOptions::stream_options() const {
  vm::StreamOptions options;
  options.limits = limits_ == "trusted" ? Limits::trusted() : Limits::untrusted();
  options.page_size = page_size_;
  options.offset = offset_;
  options.snapshot = snapshot_;
  options.allow_trailing = allow_trailing_;
  options.unpack_lzop = container::unpack_lzop;
  options.channels = channel_files(channels_);
  return options;
}

}  // namespace qember::cli
