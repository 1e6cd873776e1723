// SPDX-License-Identifier: LGPL-2.1-or-later
#include "input_files.hpp"

#include <qember/advanced/container/open.hpp>
#include <qember/advanced/io/file_checks.hpp>

namespace qember::cli {

Status check_files(std::span<const std::string> inputs, const std::string& output) {
  for (const std::string& input : inputs)
    if (auto status = io::check_not_input(output, input); !output.empty() && !status) return status;
  return io::check_read_once(inputs);
}

Result<Bytes> read_begin(const std::string& file, std::size_t most) {
  const auto source = container::open_file(file);
  if (!source) return source.error();
  // The size that is told may be less than what there is.
  const std::uint64_t told = (*source)->size().value_or(most);
  for (std::size_t room = std::min<std::uint64_t>(told, most - 1) + 1;; room = most) {
    Bytes bytes(room);
    const auto count = (*source)->read_at(0, bytes);
    if (!count) return count.error();
    bytes.resize(*count);
    if (*count < room || room == most) return bytes;
  }
}

}  // namespace qember::cli
