// SPDX-License-Identifier: LGPL-2.1-or-later
// Which kernel a guest runs, by the pages that it has in the end.
#include "support/events.hpp"
#include "support/samples.hpp"

#include <qember/advanced/vm/guest_facts.hpp>

#include <catch2/catch.hpp>

using namespace qember;
using namespace qember::test;
using Releases = std::vector<std::string>;

namespace {

constexpr std::uint64_t page = 4096;

/// A page that begins with the note of that text.
Bytes note(const std::string& text) {
  Bytes bytes{11, 0, 0, 0, static_cast<std::uint8_t>(text.size()), 0, 0, 0, 0, 0, 0, 0};
  for (const char c : std::string("VMCOREINFO\0\0", 12) + text) bytes.push_back(static_cast<std::uint8_t>(c));
  bytes.resize(page);
  return bytes;
}
Bytes kernel(const std::string& release) { return note("OSRELEASE=" + release + "\n"); }

struct Sent {
  std::uint64_t addr;
  Bytes bytes;
};

vm::GuestFacts facts_of(const std::vector<Sent>& pages) {
  NativeBuilder to;
  to.configuration("m", page).ram(1, {"r"}, 16 * page).part(1);
  for (const Sent& sent : pages) to.u64(sent.addr | 0x08).counted("r").raw(sent.bytes);
  const Bytes stream = to.eos().footer(1).ended(1).eof().bytes();
  Opened opened(stream);
  vm::GuestFactsReader reader(opened.source());
  CHECK(opened.each([&](const event::Event& event) { return reader.take(event); }));
  return reader.facts();
}

Releases releases_of(const std::vector<Sent>& pages) {
  Releases releases;
  for (const vm::KernelNote& each : facts_of(pages).kernels) releases.push_back(each.release);
  return releases;
}

}  // namespace

TEST_CASE("guest facts: a kernel is that of the note which its page has in the end") {
  CHECK(releases_of({{0, kernel("6.1")}, {page, kernel("5.10")}}) == Releases{"6.1", "5.10"});
  CHECK(releases_of({{0, kernel("6.1")}, {0, kernel("6.2")}}) == Releases{"6.2"});
  CHECK(releases_of({{0, kernel("6.1")}, {0, Bytes(page, 7)}}).empty());
}

TEST_CASE("guest facts: a note without a release that can be takes the place of one that had it") {
  CHECK(releases_of({{0, kernel(std::string(64, 'x'))}}) == Releases{std::string(64, 'x')});
  CHECK(releases_of({{0, kernel("6.1")}, {0, kernel(std::string(65, 'x'))}}).empty());
  CHECK(releases_of({{0, kernel("6.1")}, {0, kernel("")}}).empty());
  CHECK(releases_of({{0, kernel("6.1")}, {0, note("KERNELOFFSET=0\n")}}).empty());
}

TEST_CASE("guest facts: eight pages are kept, and it is said where another one was not") {
  std::vector<Sent> pages;
  for (std::uint64_t i = 0; i < 8; ++i) pages.push_back({i * page, kernel("6." + std::to_string(i))});
  pages.push_back(pages[3]);
  CHECK_FALSE(facts_of(pages).has_more_kernels);
  pages.push_back({8 * page, kernel("6.8")});
  CHECK(facts_of(pages).kernels.size() == 8);
  CHECK(facts_of(pages).has_more_kernels);
}
