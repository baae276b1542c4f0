// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_TEST_CLIENTS_SERVER_HPP
#define ASYNCINFO_TEST_CLIENTS_SERVER_HPP

#include "check.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <vector>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace clients {

/// A server of its own for each program: a process on the loopback interface, with its data in a
/// temporary folder, which goes when the object does.
class server {
public:
    server(const server&) = delete;
    server& operator=(const server&) = delete;

    ~server() {
        kill();
        std::filesystem::remove_all(folder_);
    }

    unsigned short port() const noexcept { return port_; }
    asio::ip::tcp::endpoint endpoint() const { return {asio::ip::address_v4::loopback(), port_}; }

    /// As a machine that loses its power: no goodbye.
    void kill() { signal_and_wait(SIGKILL); }

    /// Starts it, again, if need be; returns when it accepts connections.
    void start() {
        if (process_ > 0)
            return;
        process_ = spawn(command_);
        asio::io_context context;
        for (const auto limit = std::chrono::steady_clock::now() + patience;;) {
            asio::ip::tcp::socket socket(context);
            error_code error;
            if (!socket.connect(endpoint(), error))
                return;
            expect(std::chrono::steady_clock::now() < limit, command_[0] + " does not start");
            std::this_thread::sleep_for(20ms);
        }
    }

    /// It holds still: connections stay, and nobody answers.
    void pause() { ::kill(process_, SIGSTOP); }
    void go_on() { ::kill(process_, SIGCONT); }

protected:
    server() : folder_(make_folder()), port_(free_port()) {}

    const std::string& folder() const noexcept { return folder_; }
    void set_port(unsigned short port) noexcept { port_ = port; }
    void set_command(std::vector<std::string> command) { command_ = std::move(command); }

    static pid_t spawn(const std::vector<std::string>& command) {
        std::vector<char*> arguments;
        for (const auto& argument : command)
            arguments.push_back(const_cast<char*>(argument.c_str()));
        arguments.push_back(nullptr);
        posix_spawn_file_actions_t quiet;
        posix_spawn_file_actions_init(&quiet);
        posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
        posix_spawn_file_actions_adddup2(&quiet, STDOUT_FILENO, STDERR_FILENO);
        pid_t process = -1;
        const int error =
            posix_spawnp(&process, arguments[0], &quiet, nullptr, arguments.data(), environ);
        posix_spawn_file_actions_destroy(&quiet);
        expect(error == 0, "cannot start " + command[0]);
        return process;
    }

private:
    static std::string make_folder() {
        std::string name = std::filesystem::temp_directory_path() / "clients.XXXXXX";
        expect(mkdtemp(name.data()) != nullptr, "no temporary folder");
        return name;
    }

    static unsigned short free_port() {
        asio::io_context context;
        asio::ip::tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
        return acceptor.local_endpoint().port();
    }

    void signal_and_wait(int signal) {
        if (process_ <= 0)
            return;
        ::kill(process_, signal);
        ::waitpid(process_, nullptr, 0);
        process_ = -1;
    }

    std::string folder_;
    unsigned short port_;
    std::vector<std::string> command_;
    pid_t process_ = -1;
};

class redis_server : public server {
public:
    redis_server() {
        set_command({"redis-server", "--port", std::to_string(port()), "--bind", "127.0.0.1",
                     "--save", "", "--appendonly", "no", "--dir", folder()});
        start();
    }
};

class mqtt_broker : public server {
public:
    mqtt_broker() {
        const auto configuration = folder() + "/mosquitto.conf";
        std::ofstream(configuration) << "listener " << port() << " 127.0.0.1\n"
                                     << "allow_anonymous true\npersistence false\n"
                                     << "user root\n";
        set_command({"mosquitto", "-c", configuration});
        start();
    }
};

/// User root, without a password; TLS with a certificate of its own making.
class mysql_server : public server {
public:
    mysql_server() {
        const auto data = "--datadir=" + folder() + "/data";
        int status = -1;
        ::waitpid(spawn({"mariadb-install-db", "--no-defaults", data, "--user=root",
                         "--auth-root-authentication-method=normal", "--skip-test-db"}),
                  &status, 0);
        expect(status == 0, "mariadb-install-db fails");
        set_command({"mariadbd", "--no-defaults", data, "--user=root", "--bind-address=127.0.0.1",
                     "--port=" + std::to_string(port()), "--socket=" + folder() + "/socket",
                     "--pid-file=" + folder() + "/pid", "--skip-name-resolve",
                     "--innodb-buffer-pool-size=16M", "--innodb-log-file-size=8M"});
        start();
    }
};

} // namespace clients

#endif // ASYNCINFO_TEST_CLIENTS_SERVER_HPP
