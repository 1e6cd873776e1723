// SPDX-License-Identifier: LGPL-2.1-or-later
/// Values of the types of a schema, from bytes and to bytes; and the fast path for the pages of any schema,
/// which the compiler makes of the schema as data.
///
///     #include <qember/advanced/asn1/types.hpp>
///
///     auto section = qember::Value<qember::asn1::SecMin>::make();
///     section->set_sectionid(7);
///     static_cast<void>(section->contents().make_ramsec());
///     const qember::Bytes der = qember::encode(*section).or_throw();
///     const auto again = qember::decode<qember::asn1::SecMin>(der).or_throw();
///     if (again->sectionid().as_unsigned() != 7) return 1;
///
/// `qember_add_schema` of CMake makes such types of a schema of your own, and the data that
/// `PageCodec<vmm::data::schema>` and `WireFormat::of(vmm::data::schema)` take: by the latter readers,
/// writers, sender and receiver go, see `SavedVmOptions` and `ConvertOptions`.
///
/// - BER is checked before anything is made of it, within `Limits`, then the value by the schema's
///   constraints; an error says where and what. What is written is DER.
/// - A `Value` owns all that is in it; its parts are valid as long as it is, and as its structure stays.
/// - To read a value is thread-safe while no thread writes to it.
/// - Decoding takes memory and time for the bytes that are there, not for what they claim.
#pragma once

#include <qember/advanced/core/cxx20.hpp>

#include <qember/advanced/asn1/node.hpp>
#include <qember/advanced/asn1/value.hpp>
#include <qember/advanced/qber/wire_format.hpp>
#include <qember/advanced/ram/page.hpp>
#include <qember/advanced/ram/page_codec.hpp>

namespace qember {

using asn1::decode;
using asn1::encode;
/// What readers and writers of BER go by.
using qber::WireFormat;
/// Owns a value of a type of a schema.
using asn1::Value;
/// The fast path for the pages of a schema.
using ram::PageCodec;
/// What a page is on the wire.
using ram::PageKind;
/// A page on the wire.
using ram::PageView;

}  // namespace qember
