// SPDX-License-Identifier: LGPL-2.1-or-later
// Which channels belong together.
#include <qember/advanced/container/channel.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace qember::container {
namespace {

using Channels = std::vector<std::unique_ptr<Channel>>;

/// The first of those that differ from most others, or from the first one. What is not known of a channel
/// differs from nothing.
template <class Of>
const Channel* find_other(const Channels& channels, Of of) {
  std::map<typename decltype(of(*channels.front()))::value_type, std::size_t> counts;
  for (const auto& each : channels)
    if (const auto value = of(*each)) ++counts[*value];
  if (counts.size() < 2) return nullptr;
  const auto most = std::ranges::max_element(counts, {}, [](const auto& each) { return each.second; });
  const auto first =
      std::ranges::find_if(channels, [&of](const auto& each) { return of(*each).has_value(); });
  const auto usual = most->second > 1 ? most->first : *of(**first);
  return std::ranges::find_if(channels, [&](const auto& each) { return of(*each).value_or(usual) != usual; })
      ->get();
}

Status check_ids(const Channels& channels) {
  for (std::size_t i = 0; i < channels.size(); ++i) {
    const Channel& each = *channels[i];
    if (i > 0 && channels[i - 1]->id() == each.id())
      return each.refuse(Errc::bad_value, "id", "each channel once",
                         fmt::format("{} again, which is {} too", each.id(), channels[i - 1]->name()));
    if (each.id() != i)
      return Error{Errc::bad_value, 0, "channels", fmt::format("the channels 0 to {}", channels.back()->id()),
                   fmt::format("no channel {}", i)};
  }
  return {};
}

Status check_alike(const Channels& channels) {
  const auto uuid = [](const Channel& each) { return std::optional(each.uuid()); };
  if (const Channel* const other = find_other(channels, uuid))
    return other->refuse(Errc::bad_value, "uuid", "the uuid of the other channels", "that of another VM");
  const auto page_size = [](const Channel& each) {
    return each.page_size() == 0 ? std::nullopt : std::optional(each.page_size());
  };
  if (const Channel* const other = find_other(channels, page_size))
    return other->refuse(Errc::page_size_unknown, "pages_alloc", "the page size of the other channels",
                         fmt::to_string(other->page_size()));
  return {};
}

}  // namespace

std::optional<std::uint64_t> page_size_of(std::span<const std::unique_ptr<Channel>> channels) noexcept {
  for (const auto& each : channels)
    if (each->page_size() != 0) return each->page_size();
  return std::nullopt;
}

Result<std::vector<std::unique_ptr<Channel>>> open_channels(std::span<const ChannelFile> files,
                                                            ChannelOptions options) {
  options.channels = files.size();
  Channels channels;
  for (const ChannelFile& file : files) {
    auto channel = Channel::open(file, options);
    if (!channel) return std::move(channel.error());
    channels.push_back(std::move(*channel));
  }
  std::ranges::stable_sort(channels, {}, [](const auto& each) { return each->id(); });
  if (channels.empty()) return channels;
  if (auto status = check_alike(channels); !status) return std::move(status.error());
  if (auto status = check_ids(channels); !status) return std::move(status.error());
  return channels;
}

}  // namespace qember::container
