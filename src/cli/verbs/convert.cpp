// SPDX-License-Identifier: LGPL-2.1-or-later
#include "convert.hpp"

#include "../render/progress.hpp"
#include "../report.hpp"

#include <qember/event/pump.hpp>
#include <qember/io/file_checks.hpp>
#include <qember/io/output_file.hpp>

namespace qember::cli {

void ConvertOptions::add_to(CLI::App& verb) {
  verb.add_option("IN", input, "The stream to read; - is standard input")->capture_default_str();
  verb.add_option("-o,--output", output, "Where to write; - is standard output")
      ->type_name("FILE")
      ->capture_default_str();
  add_force(verb, force);
  read.add_to(verb);
}

namespace {

/// A pipe may not end in pieces larger than this before they are passed on.
constexpr std::size_t most_pending = std::size_t{4} << 20U;

/// Passes on what was written, behind the one that writes it, and tells the progress.
class Passing final : public event::Sink {
 public:
  Passing(const vm::OpenedStream& stream, io::Output& output, io::OutputFile& file)
      : stream_(stream), output_(output), file_(file) {}

  Status take(const event::Event& event) override {
    return std::holds_alternative<event::StreamEnd>(event) ? file_.drain(output_) : pass();
  }
  Status take(std::span<const event::RamPage>) override { return pass(); }
  bool takes_batches() const noexcept override { return true; }

 private:
  Status pass() {
    progress_.at(stream_.input().offset());
    return output_.pending() < most_pending ? Status() : file_.drain(output_);
  }

  const vm::OpenedStream& stream_;
  io::Output& output_;
  io::OutputFile& file_;
  Progress progress_;
};

}  // namespace

int convert(const ConvertOptions& options, vm::Format from, const MakeSink& make_sink) {
  if (auto status = io::check_not_input(options.output, options.input); !status)
    return fail(options.output, status.error());
  auto file = io::OutputFile::open(options.output, options.force);
  if (!file) return fail(options.output, file.error());
  io::Output output;
  vm::StreamOptions stream_options = options.read.stream_options();
  stream_options.before_wait = [&] { return file->drain(output); };
  auto stream = vm::OpenedStream::open(options.input, std::move(stream_options));
  if (!stream) return fail(options.input, stream.error());
  if ((*stream)->format() != from) {
    const bool native = from == vm::Format::native;
    return fail(options.input,
                {Errc::wrong_direction, 0, "magic", native ? "QEMU's native stream" : "a BER stream",
                 native ? "BER, which `decode` takes" : "QEMU's native stream, which `encode` takes"});
  }
  auto sink = make_sink(**stream, output);
  if (!sink) return fail(options.input, sink.error());
  Passing passing(**stream, output, *file);
  if (auto status = event::pump(**stream, **sink, passing); !status) {
    // What is sound up to there has gone out, into a pipe; no end mark follows it.
    (void)file->drain(output);
    return fail(options.input, status.error());
  }
  if (auto status = file->commit(); !status) return fail(options.output, status.error());
  return exit_ok;
}

}  // namespace qember::cli
