// What a person, or a program, is told of an order.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "agent/ctl/order_request.h"

namespace virtscope {

// "web01", as the agent knows it or, before it has answered, as it was asked for.
std::string order_subject(const OrderRequest& request, const control::Reply& reply);

// "shutdown (acpi)", "setmem to 512 MiB (536870912 bytes)": the order as it was understood.
std::string order_text(const Order& order);

// Of an order that was accepted, was so already, or could not be: the first line, as table. Errors go to err.
void print_reply(const OrderRequest& request, const control::Reply& reply, const Console& console);

// The one object of --format json. observed: none if nothing was or can be watched.
void print_order_json(const OrderRequest& request, const control::Reply& reply, std::optional<bool> observed,
                      const Console& console);

// On a terminal one line that is written over, at most ten times a second.
class ProgressLine {
public:
    ProgressLine(const OrderRequest& request, const Console& console) : request_(request), console_(console) {}
    ~ProgressLine();
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;
    void show(const control::ProgressLine& progress);

private:
    const OrderRequest& request_;
    const Console& console_;
    bool shown_ = false;
    std::chrono::steady_clock::time_point next_{};
};

}  // namespace virtscope
