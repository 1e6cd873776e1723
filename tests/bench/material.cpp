// SPDX-License-Identifier: LGPL-2.1-or-later
#include "material.hpp"

#include <qember/advanced/qber/reader.hpp>
#include <qember/advanced/qevm/reader.hpp>

#include <algorithm>
#include <fstream>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace qember::bench {

Mapped::Mapped(const std::filesystem::path& path) {
  const auto size = std::filesystem::file_size(path);
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  void* const memory = ::mmap(nullptr, size, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);
  ::close(fd);
  if (memory == MAP_FAILED) throw std::runtime_error("cannot map " + path.string());
  bytes_ = {static_cast<const std::uint8_t*>(memory), size};
}

Mapped::Mapped(Mapped&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

Mapped::~Mapped() {
  if (!bytes_.empty()) ::munmap(const_cast<std::uint8_t*>(bytes_.data()), bytes_.size());
}

void run(const std::vector<std::string>& command, const std::filesystem::path& out) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (!out.empty())
    posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  pid_t child = 0;
  int status = posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (status != 0 || ::waitpid(child, &status, 0) < 0 || status != 0)
    throw std::runtime_error(command[0] + " failed");
}

Material::Material(const std::filesystem::path& stream, std::uint64_t bytes)
    : directory_("/dev/shm/qember-bench-" + std::to_string(::getpid())) {
  std::filesystem::create_directories(directory_);
  grow(stream, bytes);
  run({QEMBER_BENCH_COMMAND, "encode", native(), "-o", ber()});
  native_size = std::filesystem::file_size(native());
  ber_size = std::filesystem::file_size(ber());
  mapped_.emplace_back(ber());
  ber_bytes = mapped_.back().bytes();
  read_pages();
}

Material::~Material() {
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

/// What is repeated are the rounds after the first one, as of a migration that goes on: whole PART sections
/// of RAM, from the first one after a step back in addresses to the last.
void Material::grow(const std::filesystem::path& stream, std::uint64_t bytes) const {
  const Mapped mapped(stream);
  const ByteView whole = mapped.bytes();
  io::Input input = io::Input::over(whole);
  qevm::Reader reader(input, Limits::trusted());
  std::pair<std::uint64_t, std::uint64_t> rounds{0, 0};
  std::pair<std::uint32_t, std::uint64_t> last{0, 0};
  bool first_round = true;
  bool in_rounds = false;
  for (;;) {
    const event::Event event = reader.next().or_throw();
    if (std::holds_alternative<event::StreamEnd>(event)) break;
    if (const auto* page = std::get_if<event::RamPage>(&event)) {
      const std::pair<std::uint32_t, std::uint64_t> at{page->block, page->addr};
      if (at < last) first_round = false;
      last = at;
    } else if (const auto* section = std::get_if<event::SectionBegin>(&event)) {
      const bool part = section->type == event::Element::section_part && section->name == "ram";
      if (in_rounds) rounds.second = reader.offset();
      if (part && !first_round && rounds.first == 0) rounds.first = reader.offset();
      in_rounds = part && rounds.first != 0;
    }
  }
  std::ofstream to(native(), std::ios::binary);
  const auto write = [&to](ByteView bytes) {
    to.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  };
  const ByteView round = whole.subspan(rounds.first, rounds.second - rounds.first);
  write(whole.first(rounds.first));
  for (std::uint64_t written = whole.size(); !round.empty() && written + round.size() / 2 < bytes;
       written += round.size())
    write(round);
  write(whole.subspan(rounds.first));
  if (!to.flush()) throw std::runtime_error("no room on tmpfs");
}

std::size_t Material::block(std::string_view name) const {
  const auto found = std::ranges::find(blocks, name, &Block::name);
  if (found == blocks.end()) throw std::runtime_error("a block that is not in the list");
  return static_cast<std::size_t>(found - blocks.begin());
}

void Material::read_pages() {
  io::Input input = io::Input::over(ber_bytes);
  qber::Reader decoder(input, Limits::trusted());
  for (;;) {
    const event::Event event = decoder.next().or_throw();
    if (std::holds_alternative<event::StreamEnd>(event)) break;
    page_size = decoder.session().page_size_or_default();
    if (const auto* list = std::get_if<event::RamBlocks>(&event)) {
      for (const event::RamBlock& block : list->blocks) blocks.push_back({block.name, block.length});
    } else if (const auto* page = std::get_if<event::RamPage>(&event)) {
      ram::PageKind kind = ram::PageKind::zero;
      if (page->kind == event::RamPageKind::full) kind = ram::PageKind::full;
      if (page->kind == event::RamPageKind::xbzrle) kind = ram::PageKind::xbzrle;
      pages.push_back({{kind, page->addr, page->data}, page->block});
      page_bytes += page->data.size();
      std::uint8_t header[ram::max_page_header];
      page_overhead += static_cast<std::uint64_t>(ram::put_page(header, pages.back().view) - header);
    }
  }
}

}  // namespace qember::bench
