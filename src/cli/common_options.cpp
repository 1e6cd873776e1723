// SPDX-License-Identifier: LGPL-2.1-or-later
#include "common_options.hpp"

#include "compile_schema.hpp"
#include "input_files.hpp"
#include "output.hpp"
#include "render/progress.hpp"
#include "unpack_lzop.hpp"

#include <qember/advanced/core/printable.hpp>
#include <qember/advanced/vm/selector.hpp>

#include <fmt/ranges.h>

#include <filesystem>

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
  for (const std::string& name : names) {
    auto opened = open_input(name);
    files.push_back({name, opened ? std::move(*opened) : nullptr});
  }
  return files;
}

Result<std::unique_ptr<io::ByteSource>> open_input(const std::string& file) {
  auto source = container::open_file(file);
  if (!source || !Progress::of_process().is_wanted()) return source;
  return std::unique_ptr<io::ByteSource>(std::make_unique<MeteredSource>(std::move(*source), file));
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
  add_schema_to(verb);
  add_progress_to(verb);
}

void ReadOptions::add_progress_to(CLI::App& verb) {
  static const std::map<std::string, ProgressMode> modes{
      {"auto", ProgressMode::automatic}, {"json", ProgressMode::json}, {"never", ProgressMode::never}};
  verb.add_option_function<std::string>(
          "--progress", [](const std::string& mode) { Progress::of_process().set_mode(modes.at(mode)); },
          "How far reading is, on standard error: a line where that is a terminal, or JSON lines")
      ->check(CLI::IsMember({"auto", "json", "never"}).description(""))
      ->type_name("auto|json|never")
      ->default_str("auto");
}

void ReadOptions::add_schema_to(CLI::App& verb) {
  verb.add_option_function<std::string>(
          "--schema",
          [this](const std::string& file) {
            if (auto status = read_schema(file); !status)
              throw CLI::ValidationError("--schema", printable_line(to_string(status.error())));
          },
          "The schema of a stream in BER that extends the library's own: a schema.data of qember_add_schema, "
          "or its ASN.1, which cmake and asn1c compile first")
      ->type_name("FILE");
}

/// What the errors of a file's own have is the place in it.
Status ReadOptions::read_schema(const std::string& file) {
  auto text = read_begin(file, ber::SchemaData::max_size + 1);
  if (text && is_asn1_text(as_text(*text))) text = compile_schema(file);
  if (!text) return std::move(text.error());
  auto schema = ber::SchemaData::parse(as_text(*text));
  if (!schema) return std::move(schema.error()).within(file + ": ");
  schema_ = std::move(*schema);  // which an error refers to
  auto format = qber::WireFormat::of(schema_->schema());
  if (!format) return std::move(format.error()).within(file + ": ");
  format_ = std::move(*format);
  return {};
}

namespace {

/// `START:END`, decimal or hexadecimal.
std::string parse_hole(const std::string& text, std::optional<vm::Hole>& hole) {
  const auto colon = text.find(':');
  vm::Hole parsed;
  const bool good =
      colon != std::string::npos && CLI::detail::lexical_cast(text.substr(0, colon), parsed.begin) &&
      CLI::detail::lexical_cast(text.substr(colon + 1), parsed.end) && parsed.begin < parsed.end &&
      parsed.end <= vm::most_address && parsed.begin % 4096 == 0 && parsed.end % 4096 == 0;
  if (good) hole = parsed;
  return good ? "" : "START:END is expected, multiples of 4096 up to 2^52, such as 0xc0000000:0x100000000";
}

/// `NAME=ADDRESS`: names may have = in them.
std::string parse_place(const std::string& text, std::vector<vm::GivenPlace>& places) {
  const auto equals = text.rfind('=');
  const auto address = equals == std::string::npos
                           ? std::nullopt
                           : vm::parse_number(std::string_view(text).substr(equals + 1));
  if (!address || equals == 0) return "NAME=ADDRESS is expected, such as dimm0=0x100000000";
  places.push_back({text.substr(0, equals), *address});
  return "";
}

/// An option is refused where a function that reads its value says what is wrong with it.
void require_right(const std::string& name, const std::string& wrong) {
  if (!wrong.empty()) throw CLI::ValidationError(name, wrong);
}

}  // namespace

void PlaceOptions::add_to(CLI::App& verb) {
  verb.add_option_function<std::vector<std::string>>(
          "--place",
          [this](const std::vector<std::string>& texts) {
            for (const std::string& text : texts) require_right("--place", parse_place(text, places_));
          },
          "The guest-physical address of a RAM block, where nothing else tells it")
      ->type_name("NAME=ADDRESS")
      ->allow_extra_args(false);
  verb.add_option_function<std::string>(
          "--hole", [this](const std::string& text) { require_right("--hole", parse_hole(text, hole_)); },
          "Guest-physical addresses that RAM goes around, where machine and size do not tell")
      ->type_name("START:END");
}

vm::LayoutOptions PlaceOptions::layout_options(const container::Contents& contents) const {
  vm::LayoutOptions options{hole_, places_, {}};
  if (contents.libvirt) options.domain = as_text(contents.libvirt->xml);
  return options;
}

void PlaceOptions::apply_to(vm::SavedVmOptions& options) const {
  options.hole = hole_;
  options.places = places_;
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
  options.on_opened = [&place](const vm::OpenedStream& stream) {
    place = Place(place.file, stream);
    const container::Contents& contents = stream.contents();
    if (contents.snapshot)
      Progress::of_process().expect_scattered(contents.qcow2->snapshots[*contents.snapshot].state_size);
  };
  return options;
}

Result<std::unique_ptr<vm::OpenedStream>> open_stream(Place& place, vm::StreamOptions options) {
  auto source = open_input(place.file);
  if (!source) return std::move(source.error());
  return vm::OpenedStream::open(std::move(*source), noted(place, std::move(options)));
}

std::optional<vm::SavedVm> open_one_file(const std::string& file, const ReadOptions& read) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored) || !read.channels().empty()) return std::nullopt;
  auto vm = vm::SavedVm::open(file, vm::SavedVmOptions::of(read.stream_options()));
  return vm ? std::optional(std::move(*vm)) : std::nullopt;
}

void add_force(CLI::App& verb, bool& force) {
  verb.add_flag("--force", force, "Write to a terminal too, and over files whose names come from the stream");
}

Limits ReadOptions::limits() const { return limits_ == "trusted" ? Limits::trusted() : Limits::untrusted(); }

vm::StreamOptions ReadOptions::stream_options() const {
  vm::StreamOptions options = options_for_another();
  options.offset = offset_;
  options.snapshot = snapshot_;
  options.channels = channel_files(channels_);
  return options;
}

vm::StreamOptions ReadOptions::options_for_another() const {
  vm::StreamOptions options;
  options.limits = limits();
  options.page_size = page_size_;
  options.wire_format = format_ ? &*format_ : nullptr;
  options.allow_trailing = allow_trailing_;
  options.unpack_lzop = unpack_lzop;
  return options;
}

std::vector<std::string> ReadOptions::inputs(const std::string& file) const {
  std::vector<std::string> files{file};
  files.insert(files.end(), channels_.begin(), channels_.end());
  return files;
}

}  // namespace qember::cli
