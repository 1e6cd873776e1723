// SPDX-License-Identifier: LGPL-2.1-or-later
#include "compile_schema.hpp"
#include "child.hpp"

#include <qember/advanced/ber/schema_data.hpp>
#include <qember/advanced/io/fd.hpp>
#include <qember/advanced/io/system_error.hpp>

#include <cerrno>
#include <filesystem>

#include <sys/wait.h>

namespace qember::cli {
namespace {

Error unsupported(std::string expected, std::string found) {
  return {Errc::unsupported, 0, "schema", std::move(expected), std::move(found)};
}

/// All that comes, up to one byte more than a schema has.
Result<Bytes> read_all(int descriptor) {
  Bytes all(ber::SchemaData::max_size + 1);
  std::size_t size = 0;
  while (size < all.size()) {
    const auto count = io::read_some(descriptor, MutableBytes(all).subspan(size), "cmake");
    if (!count) return count.error();
    if (*count == 0) break;
    size += *count;
  }
  all.resize(size);
  return all;
}

}  // namespace

bool is_asn1_text(std::string_view text) noexcept {
  return text.find("DEFINITIONS") != std::string_view::npos && text.find("::=") != std::string_view::npos;
}

Result<Bytes> compile_schema(const std::string& file) {
  namespace fs = std::filesystem;
  // The command is installed as PREFIX/bin/qember.
  std::error_code failed;
  const fs::path prefix =
      (fs::read_symlink("/proc/self/exe", failed).parent_path() / "..").lexically_normal();
  const fs::path script = prefix / "share/qember/cmake/SchemaData.cmake";
  if (failed || !fs::exists(script, failed))
    return unsupported("data of qember_add_schema, or the development files, with which ASN.1 is compiled",
                       "no " + script.string());
  const fs::path schema = fs::absolute(file, failed);
  Pipe pipe;
  if (failed || !pipe.open()) return io::system_error("schema");
  pid_t child = -1;
  const int error = start_child(
      {"cmake", "-DSCHEMA=" + schema.string(), "-DPREFIX=" + prefix.string(), "-P", script.string()},
      {.output = pipe.write_end.get()}, child);
  if (error != 0) return unsupported("cmake, which compiles ASN.1 with asn1c", "none: install it");
  pipe.write_end = io::Descriptor();
  auto data = read_all(pipe.read_end.get());
  pipe.read_end = io::Descriptor();
  const auto outcome = wait_for_child(child);
  if (!data) return data;
  if (!outcome || !WIFEXITED(*outcome) || WEXITSTATUS(*outcome) != 0)
    return Error{Errc::bad_value, 0, "schema", "ASN.1 that asn1c and the library take", "other"};
  return data;
}

}  // namespace qember::cli
