// SPDX-License-Identifier: LGPL-2.1-or-later
// What a user of the library sees: its own headers and none of asn1c's.
#include <qember/advanced/asn1/types.hpp>
#include <qember/advanced/asn1/value.hpp>

#if __has_include("NULL.h") || __has_include(<asn_application.h>) || defined(ASN_APPLICATION_H) || defined(MIN)
#error "asn1c's headers are in reach"
#endif

#include <catch2/catch.hpp>

// Names of asn1c's runtime, which a user may have as well.
extern "C" {
int asn_DEF_INTEGER = 0;
void asn_set_add() {}
void der_encode() {}
void ber_decode() {}
void INTEGER_free() {}
}

TEST_CASE("a program has asn1c's names to itself") {
  CHECK(qember::asn1::Value<qember::asn1::SectionID>::make()->type().name == "SectionID");
  CHECK(asn_DEF_INTEGER == 0);
}
