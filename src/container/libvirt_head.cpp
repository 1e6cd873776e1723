// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/container/libvirt_save.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace qember::container {
namespace {

constexpr std::string_view magic = "LibvirtQemudSave";
constexpr std::size_t header_size = 92;
/// What libvirt leaves for the XML to be edited.
constexpr std::size_t room_for_edits = std::size_t{64} << 10U;

bool is_text(ByteView text) { return std::ranges::find(text, std::uint8_t{0}) == text.end(); }

}  // namespace

Result<Bytes> head_of(const LibvirtSave& save, const Limits& limits) {
  if (save.is_text_left_out)
    return Error{Errc::unsupported, 0, "libvirt save.xml", "XML within the limits",
                 "more, which was not read"};
  if (save.xml.empty() || !is_text(save.xml) || !is_text(save.cookie))
    return Error{Errc::bad_value, 0, "libvirt save.xml", "a text without NUL", "none"};
  const std::size_t xml_size = save.xml.size() + 1;
  const std::size_t cookie_size = save.cookie.empty() ? 0 : save.cookie.size() + 1;
  const std::size_t size = xml_size + cookie_size + room_for_edits;
  if (size > limits.max_xml)
    return Error{Errc::limit, 0, "libvirt save.xml",
                 fmt::format("max_xml: XML, cookie and room of at most {} bytes", limits.max_xml),
                 fmt::to_string(size)};
  const std::array<std::uint32_t, 5> numbers{2, static_cast<std::uint32_t>(size), save.was_running ? 1U : 0U,
                                             static_cast<std::uint32_t>(save.format),
                                             cookie_size == 0 ? 0 : static_cast<std::uint32_t>(xml_size)};
  Bytes head(header_size + size);
  std::ranges::copy(magic, head.begin());
  std::uint8_t* to = head.data() + magic.size();
  for (const std::uint32_t number : numbers) {
    store_be(to, save.is_big_endian ? number : __builtin_bswap32(number));
    to += sizeof number;
  }
  std::ranges::copy(save.xml, head.begin() + header_size);
  std::ranges::copy(save.cookie, head.begin() + static_cast<std::ptrdiff_t>(header_size + xml_size));
  return head;
}

}  // namespace qember::container
