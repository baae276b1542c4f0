// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef EXAMPLE_QT_WINDOW_HPP
#define EXAMPLE_QT_WINDOW_HPP

// A window with a progress bar and a Cancel button for one transfer. It has no signals and slots of
// its own, so it needs no moc.

#include "loop_transfer.hpp"

#include <QCloseEvent>
#include <QLabel>
#include <QPointer>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>
#include <QWidget>

#include <chrono>
#include <functional>
#include <string>
#include <utility>

namespace demo {

class qt_window : public QWidget {
public:
    /// Handlers run on the queue's loop, which is that of Qt: so they may use the widgets. They may
    /// still come when the window is gone, so they look.
    qt_window(loop_transfer::operation transfer, asyncinfo::completion_queue& queue)
        : transfer_(std::move(transfer)) {
        setWindowTitle("Transfer");
        auto* const layout = new QVBoxLayout(this);
        layout->setContentsMargins(16, 12, 16, 12);
        layout->addWidget(label_);
        layout->addWidget(bar_);
        layout->addWidget(cancel_, 0, Qt::AlignRight);
        bar_->setRange(0, 1000);
        bar_->setValue(0);
        bar_->setTextVisible(false); // over the edge of the bar nobody can read it: see the label
        resize(360, sizeHint().height());

        connect(cancel_, &QPushButton::clicked, [this] { transfer_.Cancel(); });

        using namespace std::chrono_literals;
        const QPointer<qt_window> window(this);
        transfer_.Progress(asyncinfo::every(
            50ms, asio::bind_executor(queue, [window](auto&, const transfer_progress& p) {
                if (window)
                    window->show_progress(p);
            })));
        transfer_.Completed(
            asio::bind_executor(queue, [window](auto&, asyncinfo::AsyncStatus status) {
                if (window)
                    window->show_end(status);
            }));
    }

    ~qt_window() override { transfer_.Cancel(); }

    QProgressBar& bar() { return *bar_; }
    QPushButton& cancel_button() { return *cancel_; }
    QLabel& label() { return *label_; }
    const loop_transfer::operation& transfer() const { return transfer_; }

    std::function<void()> on_progress, on_end; ///< for the program, after the widgets show it

protected:
    void closeEvent(QCloseEvent* event) override {
        transfer_.Cancel();
        QWidget::closeEvent(event);
    }

private:
    void show_progress(const transfer_progress& p) {
        bar_->setValue(static_cast<int>(p.fraction() * 1000));
        constexpr double mib = 1 << 20;
        label_->setText(QString("%1 % of %2 MiB, %3 MiB/s")
                            .arg(static_cast<int>(p.fraction() * 100))
                            .arg(static_cast<double>(p.total.value_or(0)) / mib)
                            .arg(p.rate() / mib, 0, 'f', 1));
        if (on_progress)
            on_progress();
    }

    void show_end(asyncinfo::AsyncStatus status) {
        cancel_->setEnabled(false);
        label_->setText(QString::fromStdString(std::string(to_string(status)) + ": ") +
                        label_->text());
        if (on_end)
            on_end();
    }

    loop_transfer::operation transfer_;
    QLabel* const label_ = new QLabel("Connecting");
    QProgressBar* const bar_ = new QProgressBar;
    QPushButton* const cancel_ = new QPushButton("Cancel");
};

} // namespace demo

#endif // EXAMPLE_QT_WINDOW_HPP
