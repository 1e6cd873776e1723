// SPDX-License-Identifier: LGPL-2.1-or-later
#include "asn1c_peer.hpp"

#include "backend.h"

#include <array>
#include <stdexcept>
#include <string_view>
#include <utility>

extern "C" const qember_asn1c_backend QEMBER_BENCH_BACKEND;

namespace qember::bench {
namespace {

asn_TYPE_descriptor_t* file_type() {
  static asn_TYPE_descriptor_t* const type = [] {
    std::array<asn_TYPE_descriptor_t*, 128> room{};
    QEMBER_BENCH_BACKEND.warm_up(room.data(), room.size());
    asn_TYPE_descriptor_t** named = QEMBER_BENCH_BACKEND.named;
    while (*named != nullptr && std::string_view((*named)->name) != "QemuFile") ++named;
    return *named;
  }();
  return type;
}

int take(const void*, std::size_t, void*) { return 0; }

}  // namespace

Asn1cFile::Asn1cFile(ByteView ber) {
  asn_codec_ctx_t context{};
  const auto result = QEMBER_BENCH_BACKEND.ber_decode(&context, file_type(), &value_, ber.data(), ber.size());
  if (result.code != RC_OK) throw std::runtime_error("asn1c refuses the stream");
}

Asn1cFile::~Asn1cFile() {
  if (value_ != nullptr) file_type()->free_struct(file_type(), value_, 0);
}

Asn1cFile& Asn1cFile::operator=(Asn1cFile&& other) noexcept {
  std::swap(value_, other.value_);
  return *this;
}

std::int64_t Asn1cFile::encode() const {
  return QEMBER_BENCH_BACKEND.der_encode(file_type(), value_, take, nullptr).encoded;
}

}  // namespace qember::bench
