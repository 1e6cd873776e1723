// SPDX-License-Identifier: LGPL-2.1-or-later
// What QMP says of virtio devices, in all the shapes that a file may have it in.
#include <qember/advanced/io/memory_source.hpp>
#include <qember/advanced/vm/virtio_status.hpp>

#include <catch2/catch.hpp>

using namespace qember;

namespace {

Result<std::vector<vm::VirtioStatus>> read(const std::string& text, const Limits& limits = {}) {
  io::MemorySource source(as_bytes(text));
  return vm::read_virtio_status(source, limits);
}

const std::string status =
    R"({"name": "virtio-net", "guest-features": {"dev-features": ["VIRTIO_NET_F_GSO: no"], "transports": []},)"
    R"( "host-features": {"unknown-dev-features": 1099511627776, "dev-features": ["VIRTIO_NET_F_MTU: text: more"],)"
    R"( "transports": ["VIRTIO_RING_F_EVENT_IDX"]}, "status": {"statuses": ["DRIVER"]}, "num-vqs": 3})";

}  // namespace

TEST_CASE("virtio status: what a device offers, and nothing else of the answer") {
  for (const std::string& text : {status, R"({"return": )" + status + "}", "[" + status + "]",
                                  R"({"QMP": {"version": {}, "capabilities": []}} {"return": {}})"
                                  "\n"
                                  R"({"return": )" +
                                      status +
                                      R"(, "id": 1})"
                                      "\n"
                                      R"({"timestamp": {"seconds": 1}, "event": "SHUTDOWN"})"
                                      "\n"}) {
    const auto found = read(text);
    REQUIRE(found.ok());
    REQUIRE(found->size() == 1);
    CHECK(found->front().device == "virtio-net");
    CHECK(found->front().features == std::vector<std::string>{"VIRTIO_NET_F_MTU", "VIRTIO_RING_F_EVENT_IDX"});
    CHECK(found->front().unnamed == std::uint64_t{1} << 40U);
  }
  CHECK(read(status + status)->size() == 2);
}

TEST_CASE("virtio status: what is none") {
  for (const std::string& text :
       {std::string(), std::string("{}"), std::string("1"), std::string("\"host-features\""),
        std::string(R"({"host-features": 1})"), std::string(R"({"name": "x"})"),
        std::string(R"([[{"name": 1, "host-features": {}}]])")}) {
    INFO(text);
    CHECK(read(text).error().code == Errc::bad_value);
  }
  CHECK(read(status + "\n{").error().offset == status.size() + 1);
  for (const std::string& text :
       {std::string("no"), std::string("{"), status.substr(0, status.size() - 1), std::string("\xff"),
        std::string(1U << 16U, '['), std::string("{\"a\":\0}", 7)})
    CHECK(read(text).error().code == Errc::bad_value);
  Limits limits;
  limits.max_blob = status.size();
  CHECK(read(status, limits).ok());
  limits.max_blob = status.size() - 1;
  CHECK(read(status, limits).error().code == Errc::limit);
}

TEST_CASE("virtio status: features that are not what they should be are none that the device lacks") {
  const auto with = [](const std::string& features) {
    return R"({"name": "virtio-net", "host-features": {)" + features + "}}";
  };
  CHECK(read(with(R"("transports": [])")).ok());
  CHECK(read(with(R"("transports": [], "unknown-dev-features": 18446744073709551615)")).ok());
  CHECK(read(with(R"("transports": [], "status": null, "more": [1, {"a": []}])")).ok());
  const std::string type = "a value of another type among the features";
  for (const char* const value : {"null", "true", "-1", "1.5", "18446744073709551616", "\"1\"", "[1]", "{}"})
    CHECK(read(with(R"("transports": [], "unknown-dev-features": )" + std::string(value))).error().found ==
          type);
  for (const char* const value : {"null", "1", "\"a\"", "{}", "[null]", "[1]", "[[\"a\"]]", "[{}]"})
    for (const char* const list : {"\"transports\": ", "\"transports\": [], \"dev-features\": "})
      CHECK(read(with(list + std::string(value))).error().found == type);
  for (const char* const value : {"null", "1", "\"a\"", "[]"})
    CHECK(read(R"({"name": "virtio-net", "host-features": )" + std::string(value) + "}").error().found ==
          type);
  CHECK(read(with(R"("dev-features": ["VIRTIO_NET_F_MTU"])")).error().found ==
        "features without those of the transport");
  CHECK(read(R"({"name": "virtio-net", "host-features": {"transports": []}, "name": "virtio-blk"})")
            .error()
            .found == "a status with two of name");
  CHECK(read(R"({"name": "a", "host-features": {"transports": []}, "host-features": {"transports": []}})")
            .error()
            .found == "a status with two of host-features");
}
