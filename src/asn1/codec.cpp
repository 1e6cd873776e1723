// SPDX-License-Identifier: LGPL-2.1-or-later
#include "layout.hpp"

#include <qember/advanced/asn1/value.hpp>
#include <qember/advanced/ber/header.hpp>
#include <qember/advanced/ber/validate.hpp>
#include <qember/advanced/core/text.hpp>

#include <fmt/format.h>

#include <exception>
#include <memory>
#include <new>

namespace qember::asn1 {
namespace {

// OCTET_STRING_decode_ber refuses 2^30 bytes and more.
constexpr std::size_t max_input = (std::size_t{1} << 30U) - 1;

std::string_view root_path(const Layout& layout, std::string_view path) {
  return path.empty() ? layout.type->name : path;
}

struct Destroy {
  Node node;
  ~Destroy() { detail::destroy(node); }
};

/// `in` is valid and nothing but the value.
Result<Node> run_decoder(const Layout& layout, ByteView in, std::uint64_t offset, std::string_view path) {
  // With a stack limit of 0 asn1c does not measure its stack, which compilers and sanitizers change; the
  // depth is bounded already.
  asn_codec_ctx_t context{};
  void* data = nullptr;
  const asn_dec_rval_t result =
      layout.compiled->backend().ber_decode(&context, layout.descriptor, &data, in.data(), in.size());
  const Node root = data ? Node(layout, data) : Node();
  if (result.code == RC_OK && result.consumed == in.size()) return root;
  detail::destroy(root);
  // What asn1c holds as a long is an INTEGER with a constraint, which such a value breaks.
  return Error{Errc::constraint, offset, std::string(root_path(layout, path)),
               "integers within the schema's constraints", hex_excerpt(in)};
}

struct Sink {
  Bytes& out;
  std::exception_ptr failure;
};

extern "C" int qember_append(const void* data, std::size_t size, void* key) noexcept {
  Sink& sink = *static_cast<Sink*>(key);
  try {
    const auto* from = static_cast<const std::uint8_t*>(data);
    if (size > 0) sink.out.insert(sink.out.end(), from, from + size);
    return 0;
  } catch (...) {
    sink.failure = std::current_exception();
    return -1;
  }
}

}  // namespace

bool append_der(const Node& node, Bytes& out) {
  const Layout& layout = *node.layout_of_value();
  Sink sink{out, nullptr};
  const asn_enc_rval_t result =
      layout.compiled->backend().der_encode(layout.descriptor, node.data_of_value(), qember_append, &sink);
  if (sink.failure) std::rethrow_exception(sink.failure);
  return result.encoded >= 0;
}

namespace detail {

Result<Node> decode_front(const Layout& layout, ByteView& in, const Limits& limits, std::uint64_t offset,
                          std::string_view path) {
  const ber::Schema& schema = layout.compiled->schema();
  const auto size = ber::validate(in, schema, *layout.type, limits, offset, path);
  if (!size) return size.error();
  const std::size_t most = std::min(limits.max_section, max_input);
  if (*size > most)
    return Error{Errc::limit, offset, std::string(root_path(layout, path)),
                 fmt::format("at most {} bytes", most), fmt::format("{}", *size)};
  const ByteView value = in.first(*size);
  auto root = run_decoder(layout, value, offset, path);
  if (!root) return root;
  if (const Refused refused = check_constraints(*root); refused.any) {
    const Destroy destroy{*root};
    const Place place = find(*root, refused.descriptor, refused.data);
    return ber::refuse(place.index, value, schema, *layout.type, limits, offset, path);
  }
  in = in.subspan(*size);
  return root;
}

Error trailing_data(const Layout& layout, ByteView rest, std::uint64_t offset, std::string_view path) {
  return {Errc::trailing_data, offset, std::string(root_path(layout, path)), "the end of the input",
          hex_excerpt(rest)};
}

}  // namespace detail

Status encode_into(const Node& node, Bytes& out, const Limits& limits) {
  if (Status status = check(node, limits); !status) return status;
  const std::size_t before = out.size();
  try {
    if (append_der(node, out)) return {};
  } catch (...) {
    out.resize(before);
    throw;
  }
  out.resize(before);
  return Error{Errc::internal, 0, std::string(node.type().name), "a value that asn1c encodes", "another"};
}

Result<Bytes> encode(const Node& node, const Limits& limits) {
  Bytes out;
  if (Status status = encode_into(node, out, limits); !status) return std::move(status.error());
  return out;
}

}  // namespace qember::asn1
