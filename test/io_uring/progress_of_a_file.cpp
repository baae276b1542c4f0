// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// Progress of `async_read_at` and `async_write_at` on a file. Asio has files on Linux where it may
// use io_uring.

#define BOOST_ASIO_HAS_IO_URING

#include <asyncinfo/with_progress.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/random_access_file.hpp>
#include <boost/asio/read_at.hpp>
#include <boost/asio/write_at.hpp>
#include <boost/system/system_error.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <string>
#include <tuple>
#include <vector>

#include <unistd.h>

using asyncinfo::AsyncStatus;
using asyncinfo::transfer_progress;

namespace progress_of_a_file_test {
namespace {

namespace asio = boost::asio;
using transfer = asyncinfo::IAsyncOperationWithProgress<std::size_t, transfer_progress>;

/// A file that is gone afterwards.
struct fixture {
    std::filesystem::path name = std::filesystem::temp_directory_path() /
                                 ("asyncinfo_progress_of_a_file." + std::to_string(::getpid()));
    asio::io_context context;
    asio::random_access_file file{context, name.string(),
                                  asio::file_base::read_write | asio::file_base::create |
                                      asio::file_base::truncate};
    std::vector<std::uint64_t> seen;

    ~fixture() { std::filesystem::remove(name); }

    auto into_seen() {
        return [this](auto&, const transfer_progress& p) { seen.push_back(p.bytes); };
    }
};

/// Containers may be forbidden to use it; ctest looks for these words.
boost::test_tools::assertion_result system_allows_io_uring(boost::unit_test::test_unit_id) {
    try {
        [[maybe_unused]] fixture tried;
        return true;
    } catch (const boost::system::system_error& e) {
        std::cout << "io_uring is not to be had here: " << e.what() << std::endl;
        return false;
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(progress_of_a_file, *boost::unit_test::precondition(system_allows_io_uring))

BOOST_FIXTURE_TEST_CASE(it_ends_with_the_result, fixture) {
    const std::string sent(200'000, 'x');
    const transfer write = asyncinfo::with_progress(sent.size(), [&](auto condition, auto token) {
        return asio::async_write_at(file, 0, asio::buffer(sent), condition, token);
    });
    BOOST_TEST(write.get(context) == sent.size());
    BOOST_TEST(write.progress()->fraction() == 1);

    std::string place(sent.size() + 1, '\0');
    const transfer read = asyncinfo::with_progress(sent.size(), [&](auto condition, auto token) {
        return asio::async_read_at(file, 0, asio::buffer(place), condition, token);
    });
    read.Progress(into_seen());
    read.wait_for(context, std::chrono::hours(1));
    BOOST_TEST((read.ErrorCode() == asio::error::eof));
    BOOST_TEST(std::get<1>(read.outcome()).value() == sent.size());
    BOOST_TEST(seen.size() > 2u);
    BOOST_TEST(seen.back() == sent.size());
    BOOST_TEST(place.substr(0, sent.size()) == sent);
}

BOOST_FIXTURE_TEST_CASE(cancelled_midway_it_is_the_partial_result, fixture) {
    const std::string sent(1'000'000, 'x');
    const transfer write = asyncinfo::with_progress(sent.size(), [&](auto condition, auto token) {
        return asio::async_write_at(file, 0, asio::buffer(sent), condition, token);
    });
    write.Progress([&](const transfer& sender, const transfer_progress& p) {
        seen.push_back(p.bytes);
        if (seen.size() == 2)
            sender.Cancel();
    });
    write.wait_for(context, std::chrono::hours(1));
    BOOST_TEST(write.Status() == AsyncStatus::Canceled);
    const auto written = std::get<1>(write.outcome()).value();
    BOOST_TEST(written > 0u);
    BOOST_TEST(written < sent.size());
    BOOST_TEST(write.progress()->bytes == written);
    BOOST_TEST(seen.back() == written);
    BOOST_TEST(file.size() == written);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace progress_of_a_file_test
