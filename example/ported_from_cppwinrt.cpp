// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// What doc/from-cppwinrt.md ports: the checksum of what a server sends, with progress.

#include <asyncinfo/asyncinfo.hpp>
#include <boost/asio.hpp>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <numeric>
#include <thread>

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace asyncinfo;
using boost::system::system_error;
using std::uint32_t;

IAsyncOperationWithProgress<uint32_t, double> checksum(asio::any_io_executor network,
                                                       tcp::endpoint server, uint32_t size,
                                                       asio::thread_pool& background) {
    auto progress = co_await get_progress_token();
    auto cancellation = co_await get_cancellation_token();

    tcp::socket socket(network);
    cancellation.callback([&] { socket.close(); });
    co_await socket.async_connect(server, asio::deferred);

    std::array<unsigned char, 4096> data;
    uint32_t sum = 0, done = 0;
    co_await resume_on(background);
    while (done != size) {
        std::size_t got = co_await socket.async_read_some(asio::buffer(data), asio::deferred);
        sum = std::accumulate(data.begin(), data.begin() + std::ptrdiff_t(got), sum);
        done += uint32_t(got);
        progress(double(done) / size);
    }
    co_return sum;
}

bool is_prime(uint32_t n) {
    for (uint32_t d = 2; d * d <= n; ++d)
        if (n % d == 0)
            return false;
    return true;
}

IAsyncOperation<bool> same(asio::any_io_executor network, tcp::endpoint one, tcp::endpoint two,
                           uint32_t size, asio::thread_pool& background) {
    auto a = checksum(network, one, size, background);
    auto b = checksum(network, two, size, background);
    co_await when_all(a, b); // a request to cancel goes this way by itself
    co_return a.GetResults() == b.GetResults();
}

IAsyncOperation<uint32_t> count_primes(uint32_t limit, asio::thread_pool& background) {
    auto cancellation = co_await get_cancellation_token();
    co_await resume_on(background);
    uint32_t count = 0;
    for (uint32_t n = 2; n != limit; ++n) {
        cancellation.throw_if_cancelled();
        count += is_prime(n);
    }
    co_return count;
}

struct Page : std::enable_shared_from_this<Page> {
    void start(asio::thread_pool& background) {
        op = count_primes(2'000'000'000, background);
        op.Completed({weak_from_this(), &Page::on_completed});
    }

    void on_completed(const IAsyncOperation<uint32_t>& sender, AsyncStatus) {
        try {
            std::printf("%u primes\n", sender.GetResults());
        } catch (const operation_canceled&) {
            std::puts("stopped");
        } catch (const system_error& e) {
            std::puts(e.what());
        }
        told = true;
    }

    IAsyncOperation<uint32_t> op;
    bool told = false;
};

/// Sends every client `size` bytes.
void serve(tcp::acceptor& acceptor, uint32_t size, int clients) {
    const std::vector<unsigned char> text(size, 'x');
    while (clients--) {
        tcp::socket client = acceptor.accept();
        asio::write(client, asio::buffer(text));
    }
}

int main() {
    constexpr uint32_t size = 100'000;
    asio::thread_pool background(2); // destroyed last: `network` posts to it
    asio::thread_pool network(1);
    const tcp::endpoint loopback(asio::ip::address_v4::loopback(), 0);
    tcp::acceptor talking(network, loopback), silent(network, loopback);
    const tcp::endpoint server = talking.local_endpoint();
    std::thread server_thread([&] { serve(talking, size, 3); });

    auto op = checksum(network.get_executor(), server, size, background);
    op.Progress([](auto&&, double done) { std::printf("%3.0f %%\n", 100 * done); });
    op.Completed([](auto&& sender, AsyncStatus status) {
        if (status == AsyncStatus::Completed)
            std::printf("sum %u\n", sender.GetResults());
    });

    bool equal = same(network.get_executor(), server, server, size, background).get();
    std::puts(equal ? "the same" : "different");

    auto late = checksum(network.get_executor(), silent.local_endpoint(), size, background);
    late.Cancel();
    try {
        late.get(); // waits until the coroutine has ended
    } catch (const operation_canceled&) {
        std::puts("canceled");
    }

    const auto page = std::make_shared<Page>();
    page->start(background);
    page->op.Cancel();
    const bool right = op.get() == size * 'x' && equal && late.Status() == AsyncStatus::Canceled &&
                       page->op.wait() == AsyncStatus::Canceled;
    server_thread.join();
    background.join(); // it posts to `network`, too, which goes before it
    return right && page->told ? 0 : 1;
}
