// SPDX-License-Identifier: LGPL-2.1-or-later
#include "input_files.hpp"

#include <qember/advanced/io/file_checks.hpp>

namespace qember::cli {

Status check_files(std::span<const std::string> inputs, const std::string& output) {
  for (const std::string& input : inputs)
    if (auto status = io::check_not_input(output, input); !output.empty() && !status) return status;
  return io::check_read_once(inputs);
}

}  // namespace qember::cli
