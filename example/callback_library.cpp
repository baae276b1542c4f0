// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// A library with callbacks and a loop of its own: many transfers, driven by one call.

#include <algorithm>
#include <asyncinfo/asyncinfo.hpp>
#include <functional>
#include <iostream>
#include <list>

// The library, as one finds it.
struct transfer {
    int size;
    std::function<void(int received)> progress;
    std::function<void(bool complete)> done;
    std::shared_ptr<std::atomic<bool>> stop; // may be set from any thread
    int received = 0;
};
struct multi_handle {
    std::list<transfer> transfers;
    bool perform() { // some bytes for each; calls back from here
        transfers.remove_if([](transfer& t) {
            if (!*t.stop)
                t.progress(t.received = std::min(t.size, t.received + 100));
            const bool over = *t.stop || t.received == t.size;
            if (over)
                t.done(t.received == t.size);
            return over;
        });
        return !transfers.empty();
    }
};

// The wrapper: the callbacks own the source, so a library that forgets them abandons the operation.
using download_operation = asyncinfo::IAsyncOperationWithProgress<int, double>;
download_operation download(multi_handle& library, int size) {
    const auto source = std::make_shared<asyncinfo::async_source<int, double>>();
    const auto stop = std::make_shared<std::atomic<bool>>(false);
    source->on_cancel([stop] { *stop = true; });
    library.transfers.push_back(
        {size, [=](int received) { source->report(100.0 * received / size); },
         [=](bool complete) { complete ? source->set_value(size) : source->set_canceled(); },
         stop});
    return source->operation();
}

int main() {
    multi_handle library;
    const auto small = download(library, 200), large = download(library, 1000);
    small.Progress([](auto&, double percent) { std::cout << percent << " % of the small one\n"; });
    small.Completed([&](auto& sender, auto status) {
        std::cout << sender.GetResults() << " bytes: " << status << '\n';
        large.Cancel();
    });
    while (library.perform()) {
    }
    std::cout << large.progress().value_or(0) << " % of the large one: " << large.Status() << '\n';
    return small.get() == 200 && large.Status() == asyncinfo::AsyncStatus::Canceled ? 0 : 1;
}
