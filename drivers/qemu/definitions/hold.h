// Holds: one order at a time for each name.
//
// Threading: any thread.
#pragma once

#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace virtscope::qemu {

class Holds {
public:
    // Given back when it ends.
    class Hold {
    public:
        Hold(Holds& of, std::string name) : of_(&of), name_(std::move(name)) {}
        Hold(Hold&& other) noexcept : of_(std::exchange(other.of_, nullptr)), name_(std::move(other.name_)) {}
        Hold& operator=(Hold&&) = delete;
        ~Hold() {
            if (of_ != nullptr) of_->release(name_);
        }

    private:
        Holds* of_;
        std::string name_;
    };

    // Nothing: somebody has it.
    std::optional<Hold> take(const std::string& name) {
        const std::scoped_lock locked(lock_);
        if (!held_.insert(name).second) return {};
        return Hold(*this, name);
    }

private:
    void release(const std::string& name) {
        const std::scoped_lock locked(lock_);
        held_.erase(name);
    }

    std::mutex lock_;
    std::set<std::string> held_;
};

}  // namespace virtscope::qemu
