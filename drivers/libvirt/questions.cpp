#include "drivers/libvirt/questions.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <thread>
#include <utility>

namespace virtscope::libvirt {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t usual_threads = 4;
constexpr std::size_t most_threads = 8;
constexpr auto hangs_after = 250ms;

constexpr std::pair<std::string_view, DiskMetric> disk_names[] = {
    {VIR_DOMAIN_BLOCK_STATS_READ_REQ, DiskMetric::read_ops},
    {VIR_DOMAIN_BLOCK_STATS_READ_BYTES, DiskMetric::read_bytes},
    {VIR_DOMAIN_BLOCK_STATS_READ_TOTAL_TIMES, DiskMetric::read_time},
    {VIR_DOMAIN_BLOCK_STATS_WRITE_REQ, DiskMetric::write_ops},
    {VIR_DOMAIN_BLOCK_STATS_WRITE_BYTES, DiskMetric::write_bytes},
    {VIR_DOMAIN_BLOCK_STATS_WRITE_TOTAL_TIMES, DiskMetric::write_time},
    {VIR_DOMAIN_BLOCK_STATS_FLUSH_REQ, DiskMetric::flush_ops},
    {VIR_DOMAIN_BLOCK_STATS_FLUSH_TOTAL_TIMES, DiskMetric::flush_time},
};

struct MemoryTag {
    int tag;
    GuestMetric metric;
    std::uint64_t unit;
};
constexpr MemoryTag memory_tags[] = {
    {VIR_DOMAIN_MEMORY_STAT_ACTUAL_BALLOON, GuestMetric::memory_balloon, 1024},
    {VIR_DOMAIN_MEMORY_STAT_UNUSED, GuestMetric::memory_unused, 1024},
    {VIR_DOMAIN_MEMORY_STAT_AVAILABLE, GuestMetric::memory_available, 1024},
    {VIR_DOMAIN_MEMORY_STAT_USABLE, GuestMetric::memory_usable, 1024},
    {VIR_DOMAIN_MEMORY_STAT_DISK_CACHES, GuestMetric::memory_caches, 1024},
    {VIR_DOMAIN_MEMORY_STAT_SWAP_IN, GuestMetric::swap_in, 1024},
    {VIR_DOMAIN_MEMORY_STAT_SWAP_OUT, GuestMetric::swap_out, 1024},
    {VIR_DOMAIN_MEMORY_STAT_MAJOR_FAULT, GuestMetric::guest_major_faults, 1},
    {VIR_DOMAIN_MEMORY_STAT_MINOR_FAULT, GuestMetric::guest_minor_faults, 1},
};

std::vector<Number<DiskMetric>> read_disk(const Library& library, virDomainPtr domain, const std::string& disk,
                                          std::string& problem) {
    std::array<virTypedParameter, 16> params{};
    int count = static_cast<int>(params.size());
    std::vector<Number<DiskMetric>> numbers;
    if (library.virDomainBlockStatsFlags(domain, disk.c_str(), params.data(), &count, 0) < 0) {
        problem = last_error(library, disk).message;
        return numbers;
    }
    for (const virTypedParameter& param : std::span(params).first(static_cast<std::size_t>(std::clamp(count, 0, 16)))) {
        const std::string_view name = param.field;
        const auto known = std::ranges::find_if(disk_names, [name](const auto& entry) { return entry.first == name; });
        if (known == std::end(disk_names) || param.type != VIR_TYPED_PARAM_LLONG || param.value.l < 0) continue;
        numbers.push_back({known->second, static_cast<std::uint64_t>(param.value.l)});
    }
    return numbers;
}

std::vector<Number<GuestMetric>> read_memory(const Library& library, virDomainPtr domain) {
    std::array<virDomainMemoryStatStruct, VIR_DOMAIN_MEMORY_STAT_NR> stats{};
    std::vector<Number<GuestMetric>> numbers;
    const int count = library.virDomainMemoryStats(domain, stats.data(), static_cast<unsigned>(stats.size()), 0);
    for (int i = 0; i < count; ++i) {  // negative: it has none that can be told
        const virDomainMemoryStatStruct& stat = stats[static_cast<std::size_t>(i)];
        const auto known = std::ranges::find(memory_tags, stat.tag, &MemoryTag::tag);
        if (known != std::end(memory_tags)) numbers.push_back({known->metric, stat.val * known->unit});
    }
    return numbers;
}

// One disk that cannot be read does not spoil the others; none that can be is a problem.
Answered ask(const Library& library, Question& question) {
    Answered answer;
    question.call = "virDomainBlockStatsFlags";
    answer.asked = Clock::now();
    bool any = question.disks.empty();
    for (const std::string& disk : question.disks) {
        std::string problem;
        answer.disks.push_back(disk.empty() ? std::vector<Number<DiskMetric>>{}
                                            : read_disk(library, question.domain.get(), disk, problem));
        any = any || problem.empty();
        if (!problem.empty()) answer.problem = problem;
    }
    if (any) answer.problem.clear();
    if (question.memory && any) {
        question.call = "virDomainMemoryStats";
        answer.memory = read_memory(library, question.domain.get());
    }
    answer.answered = Clock::now();
    return answer;
}

}  // namespace

// Runs in its own thread, which a hung guest keeps; the state is shared, so whoever asked may go.
void Questions::work(const Library& library, const std::shared_ptr<State>& state) {
    std::unique_lock lock(state->mutex);
    while (!state->closing) {
        if (state->waiting.empty()) {
            if (state->threads > usual_threads) break;  // it stood in for one that hung
            state->changed.wait(lock, [&] { return state->closing || !state->waiting.empty(); });
            continue;
        }
        std::shared_ptr<Question> question = std::move(state->waiting.front());
        state->waiting.pop_front();
        question->begun = Clock::now();
        state->asked.push_back(question);
        lock.unlock();
        Answered answer = ask(library, *question);
        lock.lock();
        question->answer = std::move(answer);
        question->done = true;
        std::erase(state->asked, question);
        state->changed.notify_all();
        lock.unlock();
        question.reset();  // may be the last to hold the guest, which ends with a call into libvirt
        lock.lock();
    }
    --state->threads;
}

Questions::~Questions() {
    const std::lock_guard lock(state_->mutex);
    state_->closing = true;
    state_->changed.notify_all();
}

void Questions::add_thread() {
    ++state_->threads;
    std::thread([&library = library_, state = state_] { work(library, state); }).detach();
}

void Questions::put(std::shared_ptr<Question> question) {
    const std::lock_guard lock(state_->mutex);
    state_->waiting.push_back(std::move(question));
    if (state_->threads < usual_threads && state_->asked.size() + state_->waiting.size() > state_->threads)
        add_thread();
    state_->changed.notify_all();
}

void Questions::wait(const std::vector<std::shared_ptr<Question>>& questions, Clock::time_point deadline) {
    std::unique_lock lock(state_->mutex);
    const auto all_done = [&] {
        return std::ranges::all_of(questions, [](const auto& question) { return question->done; });
    };
    while (!all_done() && Clock::now() < deadline) {
        state_->changed.wait_until(lock, std::min(deadline, Clock::now() + hangs_after / 5));
        const auto hung = static_cast<std::size_t>(std::ranges::count_if(
            state_->asked, [](const auto& question) { return Clock::now() - *question->begun > hangs_after; }));
        const bool starved = !state_->waiting.empty() && state_->asked.size() == state_->threads;
        if (hung > 0 && starved && state_->threads < std::min(most_threads, usual_threads + hung)) add_thread();
    }
}

std::optional<PendingCall> Questions::pending(const Question& question) const {
    const std::lock_guard lock(state_->mutex);
    const char* const call = question.call;
    if (question.done || !question.begun || call == nullptr) return std::nullopt;
    return PendingCall{call, *question.begun};
}

std::optional<Answered> Questions::look(const Question& question) const {
    const std::lock_guard lock(state_->mutex);
    return question.done ? std::optional(question.answer) : std::nullopt;
}

}  // namespace virtscope::libvirt
