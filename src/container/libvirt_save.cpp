// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/container/libvirt_save.hpp>

#include "fault.hpp"
#include "xml.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace qember::container {
namespace {

constexpr std::size_t magic_size = 16;
constexpr std::size_t header_size = 92;
constexpr std::uint32_t last_version = 2;

/// The numbers behind the magic, in the order of the host that wrote them: one of the two has a version that
/// is known.
struct Numbers {
  enum Index : std::size_t { version, data_length, was_running, format, cookie_offset };

  explicit Numbers(ByteView header) : bytes(header.subspan(magic_size)) {
    if (at(version) > last_version) is_big_endian = true;
  }
  std::uint32_t at(Index index) const {
    const auto value = load_be<std::uint32_t>(bytes.data() + sizeof(std::uint32_t) * index);
    return is_big_endian ? value : __builtin_bswap32(value);
  }

  ByteView bytes;
  bool is_big_endian = false;
};

Bytes text_at(ByteView texts, std::size_t from) {
  const ByteView text = texts.subspan(std::min(from, texts.size()));
  const auto end = std::ranges::find(text, std::uint8_t{0});
  return {text.begin(), end};
}

/// A text that reaches to the other one has no NUL: it ends there.
void split_texts(LibvirtSave& save, ByteView texts, std::uint32_t cookie_offset) {
  const bool has_cookie = cookie_offset != 0 && cookie_offset < texts.size();
  save.xml = text_at(has_cookie ? texts.first(cookie_offset) : texts, 0);
  if (has_cookie) save.cookie = text_at(texts, cookie_offset);
  const DomainNames names = names_of_domain(as_text(save.xml));
  save.domain = names.name;
  save.uuid = names.uuid;
}

Status check(const Numbers& numbers, std::uint64_t offset) {
  const auto refuse = [offset](Errc code, Numbers::Index index, std::string_view field, std::string expected,
                               std::uint32_t found) {
    return fault(code, offset + magic_size + sizeof(std::uint32_t) * index,
                 fmt::format("libvirt save.{}", field), std::move(expected), fmt::to_string(found));
  };
  const std::uint32_t version = numbers.at(Numbers::version);
  if (version == 0 || version > last_version) {
    // In the order in which the number is the smaller one.
    return refuse(Errc::unsupported, Numbers::version, "version", "version 1 or 2",
                  std::min(version, __builtin_bswap32(version)));
  }
  if (numbers.at(Numbers::data_length) == 0)
    return refuse(Errc::bad_value, Numbers::data_length, "data_len", "the length of the XML", 0);
  if (const std::uint32_t format = numbers.at(Numbers::format);
      version > 1 && format > static_cast<std::uint32_t>(SaveFormat::sparse))
    return refuse(Errc::unsupported, Numbers::format, "format", "a format from 0 to 6", format);
  return {};
}

}  // namespace

std::string_view name_of(SaveFormat format) noexcept {
  switch (format) {
    case SaveFormat::raw: return "raw";
    case SaveFormat::gzip: return "gzip";
    case SaveFormat::bzip2: return "bzip2";
    case SaveFormat::xz: return "xz";
    case SaveFormat::lzop: return "lzop";
    case SaveFormat::zstd: return "zstd";
    case SaveFormat::sparse: return "sparse";
  }
  return {};
}

Result<LibvirtSave> read_libvirt_save(io::PeekedSource& file, const Limits& limits, std::uint64_t offset) {
  auto header = file.peek(header_size);
  if (!header) return header.error();
  LibvirtSave save;
  save.is_marked_complete = as_text(*header).starts_with("LibvirtQemudSave");
  if (header->size() < header_size)
    return ends_early(offset + header->size(), "libvirt save",
                      fmt::format("a header of {} bytes", header_size));
  const Numbers numbers(*header);
  if (auto status = check(numbers, offset); !status) return status.error();
  save.is_big_endian = numbers.is_big_endian;
  save.version = numbers.at(Numbers::version);
  save.was_running = numbers.at(Numbers::was_running) != 0;
  // Version 1 is from before there was compression.
  if (save.version > 1) save.format = static_cast<SaveFormat>(numbers.at(Numbers::format));
  const std::uint32_t cookie_offset = numbers.at(Numbers::cookie_offset);
  const std::uint32_t length = numbers.at(Numbers::data_length);
  save.data_offset = header_size + std::uint64_t{length};
  if (const auto size = file.size(); size && *size < save.data_offset)
    return ends_early(offset + *size, "libvirt save.xml",
                      fmt::format("{} bytes of XML, cookie and padding", length));
  save.is_text_left_out = length > limits.max_xml;
  if (save.is_text_left_out) return save;
  const auto head = file.peek(static_cast<std::size_t>(save.data_offset));
  if (!head) return head.error();
  if (head->size() < save.data_offset)
    return ends_early(offset + head->size(), "libvirt save.xml",
                      fmt::format("{} bytes of XML, cookie and padding", length));
  split_texts(save, head->subspan(header_size), cookie_offset);
  return save;
}

}  // namespace qember::container
