#include "exporters/rrd/outbox.h"

#include <algorithm>
#include <utility>

#include "core/clock.h"
#include "exporters/base/complain.h"
#include "exporters/rrd/update_text.h"

namespace virtscope::exporters::rrd {
namespace {

constexpr std::size_t most_held = 32 << 20;   // bytes of text
constexpr std::size_t longest_update = 2048;  // bytes in a line: rrdcached takes 4096, the path included
constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t try_making_again = 3 * second;
constexpr std::int64_t try_writing_again = 60 * second;
// With less there is no second between two steps to say "unknown" in.
constexpr std::int64_t shortest_step_with_room = 5;

std::int64_t now() { return clock_ns(CLOCK_MONOTONIC); }

}  // namespace

Outbox::Outbox(Store& store, Maker& maker, std::string folder, std::chrono::seconds step)
    : store_(store), maker_(maker), folder_(std::move(folder)), step_(step.count()) {}

std::shared_ptr<File> Outbox::file_of(Series& series) {
    if (!series.file) {
        series.file = std::make_shared<File>();
        series.file->path = folder_ + "/" + series.path();
        series.file->type = &series.type();
    }
    return series.file;
}

std::string Outbox::text_of(const Step& step, const StepValue& value, const File& file) const {
    const std::string_view fields = std::string_view(step.text).substr(value.begin, value.length);
    std::string text;
    if (value.anew) {
        // RRDtool takes the first value after an unknown one as a beginning. So a second before the step's end a
        // counter is unknown, and with it the step, but not the next one.
        const std::string seam = without_counters(fields, *file.type, file.order);
        const bool room = step_ >= shortest_step_with_room;
        text = fmt::format("{}{}", room ? step.end - 1 : step.end, seam);
        if (!room) return text;
        text += ' ';
    }
    text += fmt::format_int(step.end).c_str();
    text += file.order.empty() ? std::string(fields) : ordered(fields, file.order);
    return text;
}

void Outbox::order(const std::shared_ptr<File>& file, std::int64_t begin) {
    file->state = File::State::preparing;
    maker_.order(file, begin);
}

void Outbox::hold(const std::shared_ptr<File>& file, std::string text, std::int64_t end) {
    if (file->state == File::State::aside && now() < file->again) {
        ++dropped_;
        return;
    }
    if (file->state == File::State::aside) --aside_;
    if (file->state != File::State::preparing) order(file, end - 2 * step_);
    held_bytes_ += text.size();
    file->held.push_back(std::move(text));
}

// What can go at once: a copy of their text, lest a line is lost when the store does not answer.
void Outbox::collect(const Step& step) {
    going_.clear();
    texts_.clear();
    for (const StepValue& value : step.values) {
        const auto file = file_of(*value.series);
        if (file->state != File::State::ready || step.end <= file->last) continue;
        const std::size_t begin = texts_.size();
        if (value.anew || !file->order.empty()) {
            texts_ += text_of(step, value, *file);
        } else {
            const fmt::format_int time(step.end);
            texts_.append(time.data(), time.size());
            texts_.append(step.text, value.begin, value.length);
        }
        going_.push_back({file, begin, texts_.size() - begin, step.end});
    }
}

Result<> Outbox::deliver() {
    std::vector<Update> updates;
    updates.reserve(going_.size());
    for (const Going& each : going_)
        updates.push_back({&each.file->path, std::string_view(texts_).substr(each.begin, each.length)});
    const auto refused = store_.update(updates);
    if (!refused) return std::unexpected(refused.error());
    const bool all = !updates.empty() && refused->size() == updates.size();
    if (all && refused->front().error.kind != ErrorKind::absent) return std::unexpected(refused->front().error);
    for (const Going& each : going_) each.file->last = each.end;
    updates_ += updates.size() - refused->size();
    take_refusals(*refused);
    return {};
}

void Outbox::put_aside(File& file, const Error& error) {
    writing_.met(error.message + "; the file is left out, others go on");
    if (file.state != File::State::aside) ++aside_;
    file.state = File::State::aside;
    file.again = now() + try_writing_again;
    for (const std::string& text : file.held) held_bytes_ -= text.size();
    dropped_ += file.held.size() + 1;
    file.held.clear();
}

void Outbox::take_refusals(const std::vector<Refused>& refused) {
    for (const Refused& each : refused) {
        const Going& going = going_[each.update];
        if (each.error.kind != ErrorKind::absent) {
            put_aside(*going.file, each.error);
            continue;
        }
        // Somebody removed it. What was on its way is held in our own order, as all that is.
        File& file = *going.file;
        const bool had_own_order = file.order.empty();
        file.last = 0;
        file.order.clear();
        if (file.state == File::State::preparing) {
            order(going.file, going.end - 2 * step_);  // with all that is held for it already
        } else if (had_own_order) {
            file.state = File::State::unknown;
            hold(going.file, texts_.substr(going.begin, going.length), going.end);
        } else {
            file.state = File::State::unknown;
            ++dropped_;
        }
    }
}

Result<> Outbox::send(const Step& step) {
    if (held_bytes_ > most_held)
        return fail(ErrorKind::busy, "files are made more slowly than values come: waiting for them");
    collect(step);
    // Before anything is held, which a second try of this step would hold twice.
    const auto is_held = [](const StepValue& value) { return value.series->file->state != File::State::ready; };
    std::vector<StepValue> waiting;
    std::ranges::copy_if(step.values, std::back_inserter(waiting), is_held);
    if (auto sent = deliver(); !sent) return sent;
    for (const StepValue& value : waiting) {
        const auto& file = value.series->file;
        hold(file, text_of(step, value, File{.path = {}, .type = file->type, .order = {}, .held = {}}), step.end);
    }
    return {};
}

Result<> Outbox::check(const File& file, const Existing& found) const {
    if (found.step == step_) return {};
    return fail(ErrorKind::malformed,
                "{} has a step of {} s, not {} s: give --step {}s, another --dir, or move the old files away",
                file.path, found.step, step_, found.step);
}

Result<> Outbox::take(Prepared& prepared) {
    File& file = *prepared.file;
    if (!prepared.found) {
        const Error& error = prepared.found.error();
        if (error.kind == ErrorKind::denied || error.kind == ErrorKind::malformed) {
            put_aside(file, error);
            return {};
        }
        making_.met(error.message + "; values are kept until it can be made");
        file.again = now() + try_making_again;
        late_.push_back(prepared.file);
        return {};
    }
    if (auto good = check(file, *prepared.found); !good) return good;
    file.last = std::max(file.last, prepared.found->last);
    file.order.clear();
    for (const std::string& name : prepared.found->sources) {
        const auto& own = file.type->sources;
        const auto at = std::ranges::find(own, name, &Source::name);
        file.order.push_back(at == own.end() ? no_column : static_cast<std::size_t>(at - own.begin()));
    }
    bool same = file.order.size() == file.type->sources.size();
    for (std::size_t i = 0; same && i < file.order.size(); ++i) same = file.order[i] == i;
    if (same) file.order.clear();
    made_.push_back(prepared.file);
    return {};
}

// What was held was written down in our own order.
void Outbox::collect_held(const std::shared_ptr<File>& file) {
    std::int64_t end = file->last;
    std::size_t line = texts_.size();
    const auto finish = [&] {
        if (texts_.size() > line) going_.push_back({file, line, texts_.size() - line, end});
        line = texts_.size();
    };
    for (const std::string& held : file->held) {
        for (std::size_t begin = 0; begin < held.size();) {
            const std::size_t blank = std::min(held.find(' ', begin), held.size());
            const std::string_view one = std::string_view(held).substr(begin, blank - begin);
            const std::size_t colon = std::min(one.find(':'), one.size());
            begin = blank + 1;
            const std::int64_t time = seconds_of(one);
            if (time <= end) continue;
            if (texts_.size() - line + one.size() > longest_update) finish();
            if (texts_.size() > line) texts_ += ' ';
            end = time;
            texts_ += one.substr(0, colon);
            texts_ += file->order.empty() ? std::string(one.substr(colon)) : ordered(one.substr(colon), file->order);
        }
    }
    finish();
}

Result<> Outbox::send_held() {
    going_.clear();
    texts_.clear();
    for (const auto& file : made_) collect_held(file);
    if (auto sent = deliver(); !sent) return sent;
    for (const auto& file : std::exchange(made_, {})) {
        if (file->state != File::State::preparing || file->last == 0) continue;  // put aside, or gone again
        for (const std::string& held : file->held) held_bytes_ -= held.size();
        file->held.clear();
        file->state = File::State::ready;
        if (late_.empty()) making_.over("files can be made");
        if (aside_ == 0) writing_.over("all files can be written");
    }
    return {};
}

Result<> Outbox::settle() {
    for (Prepared& prepared : maker_.finished()) {
        if (auto good = take(prepared); !good) return good;
    }
    for (const auto& file : std::exchange(late_, {})) {
        if (now() < file->again) {
            late_.push_back(file);
        } else {
            order(file, file->held.empty() ? 0 : seconds_of(file->held.front()) - step_);
        }
    }
    return made_.empty() ? Result<>() : send_held();
}

}  // namespace virtscope::exporters::rrd
