// SPDX-License-Identifier: LGPL-2.1-or-later
#include "common_options.hpp"

#include "output.hpp"
#include "render/style.hpp"
#include "unpack_lzop.hpp"

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
  verb.add_option("--offset", offset_, "Where the stream begins in the file, if not where the file does")
      ->type_name("N");
  verb.add_option("--snapshot", snapshot_, "Of a qcow2 image: id:N, name:S, or a word that is one of them")
      ->type_name("WHICH");
  verb.add_flag("--allow-trailing", allow_trailing_, "Let other bytes than zeros follow, as on a volume");
  add_schema_to(verb);
}

void ReadOptions::add_schema_to(CLI::App& verb) {
  verb.add_option_function<std::string>(
          "--schema",
          [this](const std::string& file) {
            if (auto status = read_schema(file); !status)
              throw CLI::ValidationError("--schema", printable_line(to_string(status.error())));
          },
          "The schema of a stream in BER that extends the library's own: a schema.data of qember_add_schema")
      ->type_name("FILE");
}

/// What the errors of a file's own have is the place in it.
Status ReadOptions::read_schema(const std::string& file) {
  const auto source = container::open_file(file);
  if (!source) return source.error();
  Bytes text(ber::SchemaData::max_size + 1);
  const auto size = (*source)->read_at(0, text);
  if (!size) return size.error();
  auto schema = ber::SchemaData::parse(as_text(ByteView(text).first(*size)));
  if (!schema) return std::move(schema.error()).within(file + ": ");
  auto format = qber::WireFormat::of((*schema)->schema());
  if (!format) return std::move(format.error()).within(file + ": ");
  schema_ = std::move(*schema);
  format_ = std::move(*format);
  return {};
}

void say_notes(const std::string& file, const container::Contents& contents) {
  const auto note = [&file](std::string_view text) {
    say(fmt::format("qember: {}\n", printable_line(fmt::format("{}: note: {}", file, text))));
  };
  if (contents.libvirt && !contents.libvirt->is_marked_complete)
    note("libvirt marked the save as incomplete; what the stream is, its own end tells");
  constexpr std::uint64_t corrupt = 2;
  if (contents.qcow2 && (contents.qcow2->incompatible & corrupt) != 0)
    note("QEMU marked the image as corrupt");
}

vm::StreamOptions noted(const std::string& file, vm::StreamOptions options) {
  options.on_contents = [&file, also = std::move(options.on_contents)](
                            const std::shared_ptr<const container::Contents>& contents) {
    say_notes(file, *contents);
    if (also) also(contents);
  };
  return options;
}

Result<std::unique_ptr<vm::OpenedStream>> open_stream(const std::string& file, vm::StreamOptions options) {
  return vm::OpenedStream::open(file, noted(file, std::move(options)));
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
  options.format = format();
  options.allow_trailing = allow_trailing_;
  options.unpack_lzop = unpack_lzop;
  return options;
}

}  // namespace qember::cli
