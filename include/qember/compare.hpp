// SPDX-License-Identifier: LGPL-2.1-or-later
/// The differences of two saved VMs: facts, RAM blocks, ranges of pages, devices, fields by name.
///
///     #include <iostream>
///
///     struct Printer final : qember::DifferenceSink {
///       void fact(std::string_view name, const std::string& a, const std::string& b) override {
///         std::cout << name << ": " << a << ", " << b << '\n';
///       }
///       void subsection(const Subsection*, const Subsection*) override {}
///       void block(const qember::RamBlock* a, const qember::RamBlock* b) override {
///         std::cout << (a != nullptr ? a : b)->name << '\n';
///       }
///       void pages(const qember::RamBlock& block, std::uint64_t, const Ranges&) override {
///         std::cout << block.name << '\n';
///       }
///       void section(const Section* a, const Section* b, const Changes& fields) override {
///         std::cout << (a != nullptr ? a : b)->name << '\n';
///         fields.visit([](const auto& field) { std::cout << "  " << field.path << '\n'; });
///       }
///     } printer;
///     const auto a = qember::SavedVm::open(argv[1]).or_throw();
///     const auto b = qember::SavedVm::open(argv[1]).or_throw();
///     if (qember::compare(a, b, printer).or_throw()) return 1;
///
/// - Returns whether the two differ. They are the same where configuration, memory and devices are, however
///   each was sent: a native stream and its BER form are.
/// - The path of an error begins with `a` or `b` where it is of that VM. `Errc::unsupported` where RAM is not
///   in a stream, `Errc::limit` for a device of more values than `Limits::max_compared`.
/// - What the sink gets is valid during the call.
/// - Each stream is read once, or twice where pages got deltas; pages are compared by digests with a random
///   seed. Memory stays within `Limits`.
#pragma once

#include <qember/advanced/core/cxx20.hpp>

#include <qember/advanced/vm/compare.hpp>
#include <qember/saved_vm.hpp>

namespace qember {

using vm::compare;
/// How two VMs are compared.
using vm::CompareOptions;
/// Takes the differences.
using vm::DifferenceSink;

}  // namespace qember
