// SPDX-License-Identifier: LGPL-2.1-or-later
/// Streams as events, for programs that look at every element, or make one stream of another.
///
///     #include <iostream>
///
///     struct Counter final : qember::event::Sink {
///       using Sink::take;
///       qember::Status take(const qember::event::Event& event) override {
///         const auto* page = std::get_if<qember::event::RamPage>(&event);
///         if (page != nullptr && page->kind == qember::event::RamPageKind::zero) ++zeros;
///         return {};
///       }
///       std::uint64_t zeros = 0;
///     } counter;
///     const auto source = qember::open_source(argv[1]).or_throw();
///     const auto stream = qember::OpenedStream::open(*source, {}).or_throw();
///     qember::pump(*stream, counter).or_throw();
///     std::cout << counter.zeros << '\n';
///
/// - `OpenedStream` reads either form, from what people hold it in, and waits for its source. `qevm::Reader`
///   and `qber::Reader` read one form from an `Input` that you feed: `Errc::need_more` asks for that.
/// - `qber::Writer` takes events of which the description comes first: those of an `OpenedStream`, of
///   `qber::Reader`, or of `qevm::Reader` with an `event::ReorderingBuffer` between; it refuses others.
/// - A sink that says of each kind of event what it does with it, or does not compile, is an
///   `event::Handler<Itself>`: its `on` takes an event, or `const event::AnyOf<...> auto&` for several.
/// - The page size and the blocks are the stream's: `session()`. Pages of zeros in a mapped-ram file have no
///   event. A multifd migration has its pages in the channels that `StreamOptions::channels` names.
/// - Views in an event are valid during the call, those of pages that are `stable` until the input is fed.
/// - `pump` returns the source's error, or that of the first sink that refuses an event.
/// - A source and its sinks belong to one thread at a time. Memory is within `Limits`.
#pragma once

#include <qember/advanced/core/cxx20.hpp>

#include <qember/advanced/event/context.hpp>
#include <qember/advanced/event/event.hpp>
#include <qember/advanced/event/pump.hpp>
#include <qember/advanced/event/reordering.hpp>
#include <qember/advanced/event/session.hpp>
#include <qember/advanced/event/sink.hpp>
#include <qember/advanced/event/source.hpp>
#include <qember/advanced/io/fd.hpp>
#include <qember/advanced/io/input.hpp>
#include <qember/advanced/io/output.hpp>
#include <qember/advanced/qber/reader.hpp>
#include <qember/advanced/qber/section_writer.hpp>
#include <qember/advanced/qber/writer.hpp>
#include <qember/advanced/qevm/reader.hpp>
#include <qember/advanced/qevm/writer.hpp>
#include <qember/advanced/vm/opened_stream.hpp>
#include <qember/source.hpp>

namespace qember {

using event::pump;
using io::drain;
using io::fill;
/// Bytes of an input that have not been read yet.
using io::Input;
/// What was written: pieces for `writev`.
using io::Output;
/// A stream in either form, bare or in a container.
using vm::OpenedStream;
/// How a stream is read.
using vm::StreamOptions;

}  // namespace qember
