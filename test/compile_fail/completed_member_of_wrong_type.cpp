// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// expect: the member of a handler {object, &Class::member} is called with
// lines: 24
#include <asyncinfo/asyncinfo.hpp>

struct app {
#ifdef CONTROL
    void on_done(const asyncinfo::IAsyncAction&, asyncinfo::AsyncStatus) {}
#else
    void on_done(int) {}
#endif
};

int main() {
    app object;
    asyncinfo::IAsyncAction action;
    action.Completed({&object, &app::on_done});
}
