// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// All programs of this folder in one, so that the tests compile them together, in a third of the
// time: `example_tutorial 03_poll` runs that one. Each is a program of its own for whoever copies
// it. What they include is included here first, so that in a namespace it is not included once
// more.

#include "server.hpp"

#include <asyncinfo/asyncinfo.hpp>
#include <boost/asio.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <functional>
#include <future>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#pragma push_macro("main") // by which somebody may call the function below, too
#undef main
#define main run
namespace step_01 {
#include "01_handle.cpp"
}
namespace step_02 {
#include "02_run_the_context.cpp"
}
namespace step_03 {
#include "03_poll.cpp"
}
namespace step_04 {
#include "04_errors.cpp"
}
namespace step_05 {
#include "05_cancel.cpp"
}
namespace step_06 {
#include "06_deadline.cpp"
}
namespace step_07 {
#include "07_progress.cpp"
}
namespace step_08 {
#include "08_many.cpp"
}
namespace step_09 {
#include "09_your_own_loop.cpp"
}
namespace step_10 {
#include "10_co_await.cpp"
}
namespace step_11 {
#include "11_your_own_operation.cpp"
}
namespace step_12 {
#include "12_shut_down.cpp"
}
namespace download {
#include "download.cpp"
}
namespace concepts {
#include "concepts.cpp"
}
#pragma pop_macro("main")

// From a server of its own. What that does not have is an error.
int run_download() {
    const tutorial::file_server server;
    const auto from_server = [&](std::string target) {
        std::string host = "127.0.0.1", port = std::to_string(server.http().port());
        char* arguments[] = {target.data(), host.data(), port.data(), target.data()};
        return download::run(4, arguments);
    };
    return from_server("/none") == 1 ? from_server("/photo") : 1;
}

int main(int argc, char** argv) {
    const std::map<std::string_view, std::function<int()>> programs{
        {"01_handle", step_01::run},
        {"02_run_the_context", step_02::run},
        {"03_poll", step_03::run},
        {"04_errors", step_04::run},
        {"05_cancel", step_05::run},
        {"06_deadline", step_06::run},
        {"07_progress", step_07::run},
        {"08_many", step_08::run},
        {"09_your_own_loop", step_09::run},
        {"10_co_await", step_10::run},
        {"11_your_own_operation", step_11::run},
        {"12_shut_down", step_12::run},
        {"download", run_download},
        {"concepts", concepts::run},
    };
    const auto program = programs.find(argc > 1 ? argv[1] : "");
    return program != programs.end() ? program->second() : 2;
}
