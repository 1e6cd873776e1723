// SPDX-License-Identifier: LGPL-2.1-or-later
#include "../input_files.hpp"
#include "../report.hpp"
#include "convert.hpp"
#include "verb.hpp"

#include <qember/advanced/vm/unwrap.hpp>

#include <fmt/format.h>

#include <array>

namespace qember::cli {
namespace {

using container::SaveFormat;

constexpr std::array formats{SaveFormat::raw, SaveFormat::gzip, SaveFormat::bzip2,
                             SaveFormat::xz,  SaveFormat::zstd, SaveFormat::sparse};

struct WrapOptions : ConvertOptions {
  std::string like;
  std::string xml;
  std::string format = "raw";
};

/// The header of a save, whatever stream is in it.
Result<container::LibvirtSave> read_like(const std::string& file, const Limits& limits) {
  auto source = container::open_file(file);
  if (!source) return std::move(source.error());
  container::Contents contents;
  container::Options with;
  with.limits = limits;
  const auto opened = container::Opened::open(**source, with, contents);
  if (contents.libvirt && contents.libvirt->version != 0) return std::move(*contents.libvirt);
  if (!opened && opened.error().code != Errc::unsupported) return opened.error();
  return Error{Errc::usage, 0, "--like", "a libvirt save", "something else"};
}

Result<Bytes> read_text(const std::string& file, const Limits& limits) {
  auto text = read_begin(file, limits.max_xml + 1);
  if (text && text->size() > limits.max_xml)
    return Error{Errc::limit, 0, "xml", fmt::format("max_xml: at most {} bytes", limits.max_xml), "more"};
  return text;
}

int wrap(const WrapOptions& options) {
  const Limits limits = options.read.limits();
  std::vector<std::string> inputs = options.read.inputs(options.input);
  for (const std::string& other : {options.like, options.xml})
    if (!other.empty()) inputs.push_back(other);
  if (auto status = check_files(inputs, options.output); !status) return fail(options.output, status.error());
  auto like = read_like(options.like, limits);
  if (!like) return fail(options.like, like.error());
  if (!options.xml.empty()) {
    auto xml = read_text(options.xml, limits);
    if (!xml) return fail(options.xml, xml.error());
    like->xml = std::move(*xml);
  }
  for (const SaveFormat format : formats)
    if (name_of(format) == options.format) like->format = format;
  const auto run = [&like](io::ByteSource& source, const vm::Drain& drain, const vm::ConvertOptions& with) {
    return vm::wrap(source, drain, {with.read, *like, with.progress});
  };
  return convert(options, {}, run);
}

}  // namespace

void add_wrap(CLI::App& app, Action& action) {
  auto [verb, options] =
      add_verb(app, action, "wrap", "Put a stream into a save that libvirt restores", wrap);
  options.add_to(verb);
  verb.add_option("--like", options.like, "A libvirt save of that VM, which gives the XML and the cookie")
      ->type_name("FILE")
      ->required();
  verb.add_option("--xml", options.xml, "The XML of the domain, instead of that")->type_name("FILE");
  std::vector<std::string> names;
  names.reserve(formats.size());
  for (const SaveFormat format : formats) names.emplace_back(name_of(format));
  add_choice(verb, "--format", options.format, names, "How the stream is compressed, or sparse: mapped-ram");
}

}  // namespace qember::cli
