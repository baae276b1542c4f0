//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
// A console's thread: it accepts connections, and takes a picture at each tick while anybody looks.

#include "server.hpp"

#include "json.hpp"
#include "session.hpp"

#include <asyncinfo/registry_export.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/host_name.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <new>
#include <random>
#include <sstream>
#include <utility>

#if !defined(_WIN32)
#include <csignal>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace asyncinfo::detail::console {
namespace {

using boost::system::error_code;
using std::chrono::steady_clock;

#if defined(_WIN32)
constexpr bool is_windows = true;
#else
constexpr bool is_windows = false;
#endif

/// In a picture.
constexpr std::size_t listed_lints = 200;

bool is_unix(const protocol::endpoint& endpoint) { return endpoint.protocol().family() == AF_UNIX; }

/// Only for those of TCP.
asio::ip::tcp::endpoint tcp(const protocol::endpoint& endpoint) {
    asio::ip::tcp::endpoint result;
    result.resize(endpoint.size());
    std::memcpy(result.data(), endpoint.data(), endpoint.size());
    return result;
}

/// 128 bits.
std::string random_secret() {
    std::random_device random;
    std::string text;
    for (int word = 0; word < 4; ++word) {
        const auto bits = static_cast<std::uint32_t>(random());
        for (int shift = 28; shift >= 0; shift -= 4)
            text.push_back("0123456789abcdef"[(bits >> shift) & 15]);
    }
    return text;
}

[[noreturn]] void fail(const error_code& error, const std::string& what) {
    throw boost::system::system_error(error, "asyncinfo::console: " + what);
}

#if defined(BOOST_ASIO_HAS_LOCAL_SOCKETS)
std::string path(const protocol::endpoint& endpoint) {
    asio::local::stream_protocol::endpoint local;
    std::memcpy(local.data(), endpoint.data(), endpoint.size());
    local.resize(endpoint.size()); // it looks whether a zero is at the end
    return local.path();
}
#endif

} // namespace

#if !defined(_WIN32)
void socket_file::own(const std::string& made) {
    path = std::filesystem::absolute(made).string();
    struct ::stat about{};
    if (::stat(path.c_str(), &about) == 0) {
        device = about.st_dev;
        number = about.st_ino;
        process = ::getpid();
    }
}

bool socket_file::is_own() const noexcept {
    struct ::stat about{};
    return process == ::getpid() && ::stat(path.c_str(), &about) == 0 && device == about.st_dev &&
           number == about.st_ino;
}
#else
void socket_file::own(const std::string& made) { path = made; }
bool socket_file::is_own() const noexcept { return false; }
#endif

socket_file::~socket_file() {
    if (!path.empty() && is_own())
        std::remove(path.c_str());
}

server::server(const protocol::endpoint& endpoint, console_options options, subject shown,
               patience waits)
    : options_([&] {
          if (options.program.empty())
              options.program = program_name();
          return std::move(options);
      }()),
      shown_(std::move(shown)), waits_(waits) {
    open(endpoint);
    accept();
#if !defined(_WIN32)
    // The program's signals are for the program's threads.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    std::exception_ptr failed;
    try {
        thread_ = std::thread([this] { run(); });
    } catch (...) {
        failed = std::current_exception();
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (failed)
        std::rethrow_exception(failed);
#else
    thread_ = std::thread([this] { run(); });
#endif
}

server::~server() {
    context_.stop();
    thread_.join();
}

void server::open(const protocol::endpoint& endpoint) {
    if (!is_unix(endpoint)) {
        if (!options_.allow_remote && !tcp(endpoint).address().is_loopback())
            fail(asio::error::access_denied,
                 "other machines can reach this address: use a loopback address, or set "
                 "allow_remote");
        acceptor_.open(endpoint.protocol());
        keep_from_children(acceptor_);
        if (!is_windows) // there it would let others take the port
            acceptor_.set_option(asio::socket_base::reuse_address(true));
        acceptor_.bind(endpoint);
        secret_ = random_secret();
    } else {
#if defined(_WIN32)
        fail(asio::error::access_denied,
             "a Unix socket has no permissions on Windows: use a loopback address");
#elif defined(BOOST_ASIO_HAS_LOCAL_SOCKETS)
        const std::string file = path(endpoint);
        if (file.empty() || file.front() == '\0')
            fail(asio::error::access_denied,
                 "a Unix socket without a file has no permissions: give it a path");
        acceptor_.open(endpoint.protocol());
        keep_from_children(acceptor_);
        error_code error;
        acceptor_.bind(endpoint, error);
        if (error == asio::error::address_in_use &&
            std::filesystem::is_socket(std::filesystem::symlink_status(file))) {
            session::socket other(context_);
            error_code answer;
            other.connect(endpoint, answer);
            if (answer == asio::error::connection_refused) { // whoever made it is gone
                std::remove(file.c_str());
                acceptor_.bind(endpoint, error);
            }
        }
        if (error)
            fail(error, file);
        file_.own(file);
        // Whatever the umask is, which belongs to all threads. Nobody can connect before listen().
        if (::chmod(file.c_str(), S_IRUSR | S_IWUSR) != 0)
            fail(error_code(errno, boost::system::system_category()), file);
#endif
    }
    acceptor_.listen();
    bound_ = acceptor_.local_endpoint();
}

std::string server::url() const {
    if (is_unix(bound_))
        return "unix:" + file_.path;
    const auto at = tcp(bound_);
    std::ostringstream text;
    text << "http://";
    if (!at.address().is_unspecified())
        text << at;
    else {
        error_code ignored;
        text << asio::ip::host_name(ignored) << ':' << at.port();
    }
    text << '/' << secret_ << '/';
    return text.str();
}

bool server::is_named(std::string_view host, const protocol::endpoint& here) const {
    // Without the port: somebody may have forwarded another one to here.
    auto name = host.substr(0, host.find(':'));
    if (!host.empty() && host.front() == '[') {
        const auto end = host.find(']');
        if (end == host.npos || (end + 1 != host.size() && host[end + 1] != ':'))
            return false;
        name = host.substr(1, end - 1);
    }
    if (boost::beast::iequals(boost::beast::string_view(name.data(), name.size()), "localhost"))
        return true;
    error_code error;
    const auto address = asio::ip::make_address(std::string(name), error);
    if (!error) {
        if (address.is_loopback() || is_unix(here))
            return address.is_loopback();
        auto own = tcp(here).address();
        if (own.is_v6() && own.to_v6().is_v4_mapped())
            own = asio::ip::make_address_v4(asio::ip::v4_mapped, own.to_v6());
        return address == own;
    }
    if (!options_.allow_remote || name.empty())
        return false;
    const std::string own = asio::ip::host_name(error);
    return !error &&
           boost::beast::iequals(boost::beast::string_view(name.data(), name.size()), own);
}

const char* server::below_secret(const std::string& path) const noexcept {
    if (secret_.empty())
        return path.c_str();
    const std::size_t end = 1 + secret_.size();
    if (path.size() < end || path.front() != '/' || (path.size() > end && path[end] != '/'))
        return nullptr;
    // It takes as long wherever the first wrong character is.
    unsigned char different = 0;
    for (std::size_t n = 0; n < secret_.size(); ++n)
        different |= static_cast<unsigned char>(path[n + 1] ^ secret_[n]);
    return different == 0 ? path.c_str() + end : nullptr;
}

shared_text server::picture() {
    const auto now = steady_clock::now();
    if (picture_ && now - picture_taken_ < options_.period / 2)
        return picture_;
    auto text = std::make_shared<std::string>();
    if (picture_)
        text->reserve(picture_->size() + picture_->size() / 8);
    auto report = shown_.snapshot();
    if (report.taken - next_before_.taken > std::chrono::seconds(30)) // nobody has looked meanwhile
        before_ = next_before_ = {};
    append_json(*text, report,
                {.program = options_.program,
                 .may_cancel = options_.may_cancel,
                 .rows = options_.max_rows,
                 .lints = listed_lints,
                 .before = &before_});
    // What grows is compared with ten to twenty seconds ago. An error that nobody has seen stays.
    if (report.taken - next_before_.taken > std::chrono::seconds(10)) {
        for (auto& family : report.families)
            family.unseen = 0;
        before_ = std::exchange(next_before_, std::move(report));
    }
    picture_ = std::move(text);
    picture_taken_ = steady_clock::now();
    picture_cost_ = picture_taken_ - now;
    return picture_;
}

std::string server::metrics() const { return registry::to_prometheus(shown_.snapshot()); }

void server::subscribe(const std::shared_ptr<session>& client) {
    subscribers_.push_back(client);
    if (!std::exchange(ticking_, true))
        tick();
    client->send(picture());
}

/// Each tick sets the next one.
void server::tick() {
    timer_.expires_after(
        std::max<steady_clock::duration>(options_.period, picture_cost_ * waits_.share));
    timer_.async_wait([this](const error_code& error) {
        if (error)
            return;
        subscribers_.remove_if([](const auto& client) { return client.expired(); });
        if (subscribers_.empty()) {
            ticking_ = false;
            return;
        }
        tick();
        const auto shown = picture();
        for (const auto& client : subscribers_)
            if (const auto alive = client.lock())
                alive->send(shown);
    });
}

void server::accept() {
    acceptor_.async_accept([this](const error_code& error, session::socket connected) {
        if (error == asio::error::operation_aborted)
            return;
        if (error) { // such as too many open files: that takes a while to change
            put_out_a_stranger();
            again_.expires_after(std::chrono::seconds(1));
            again_.async_wait([this](const error_code& stopped) {
                if (!stopped)
                    accept();
            });
            return;
        }
        accept();
        const bool room = make_room();
        const auto client = std::make_shared<session>(*this, std::move(connected));
        if (!room)
            return client->refuse();
        sessions_.push_back(client);
        client->start();
    });
}

/// Who has not shown the secret keeps nobody out.
bool server::make_room() {
    sessions_.remove_if([](const auto& client) { return client.expired(); });
    return sessions_.size() < options_.max_clients || put_out_a_stranger();
}

bool server::put_out_a_stranger() {
    for (auto at = sessions_.begin(); at != sessions_.end(); ++at)
        if (const auto client = at->lock(); client && !client->is_known()) {
            client->close();
            sessions_.erase(at);
            return true;
        }
    return false;
}

void server::run() noexcept {
    const auto go_on = [](auto run_context) {
        for (;;)
            try {
                return run_context();
            } catch (...) {
                // Of memory, or from an error category of the program's: the one connection is
                // gone, the others go on.
            }
    };
    go_on([this] { context_.run(); });
    context_.restart();
    go_on([this] { finish(); });
    const auto end = steady_clock::now() + waits_.end;
    go_on([&] { context_.run_until(end); }); // it returns once there is nobody left
}

void server::finish() {
    acceptor_.close();
    timer_.cancel();
    again_.cancel();
    const auto looking = std::exchange(subscribers_, {});
    for (const auto& one : std::exchange(sessions_, {}))
        if (const auto client = one.lock(); client && !client->is_live())
            client->close();
    if (looking.empty())
        return;
    picture_.reset(); // what has happened since then is what they want to know
    const auto last = picture();
    for (const auto& one : looking)
        if (const auto client = one.lock())
            client->send(last, true);
}

} // namespace asyncinfo::detail::console
