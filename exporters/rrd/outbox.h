// Outbox: steps on their way into files. Files that are not there yet are ordered from the Maker, and what is for them
// is held meanwhile; a file that cannot be written is put aside, and the others go on.
//
// Nothing is given up silently: a store that does not answer leaves the step with the caller, who comes again with it;
// so does a store where everything is refused, and one that cannot make files, once there is too much to hold.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "exporters/base/trouble.h"
#include "exporters/rrd/maker.h"
#include "exporters/rrd/stepper.h"
#include "exporters/rrd/store.h"

namespace virtscope::exporters::rrd {

class Outbox {
public:
    // `store` and `maker` outlive it. Paths of steps are below `folder`.
    Outbox(Store& store, Maker& maker, std::string folder, std::chrono::seconds step);

    // Errors: this step was not taken, come again with it.
    Result<> send(const Step& step);
    // To be called now and then: takes what the Maker has done, and sends what was held for it. Errors: malformed: a
    // file on the disk has another step; others: the store does not answer, come again.
    Result<> settle();

    bool holds_nothing() const { return held_bytes_ == 0; }
    std::uint64_t updates() const { return updates_; }  // taken by the store
    std::uint64_t dropped() const { return dropped_; }  // for files that were put aside

private:
    std::shared_ptr<File> file_of(Series& series);
    void order(const std::shared_ptr<File>& file, std::int64_t begin);
    void hold(const std::shared_ptr<File>& file, std::string text, std::int64_t end);
    std::string text_of(const Step& step, const StepValue& value, const File& file) const;
    void collect(const Step& step);
    Result<> deliver();
    void take_refusals(const std::vector<Refused>& refused);
    void put_aside(File& file, const Error& error);
    Result<> check(const File& file, const Existing& found) const;
    Result<> take(Prepared& prepared);
    void collect_held(const std::shared_ptr<File>& file);
    Result<> send_held();

    struct Going {
        std::shared_ptr<File> file;
        std::size_t begin, length;  // in texts_
        std::int64_t end;           // s
    };

    Store& store_;
    Maker& maker_;
    std::string folder_;
    std::int64_t step_;
    std::vector<Going> going_;  // what is sent just now
    std::string texts_;
    std::vector<std::shared_ptr<File>> made_;  // what was held for them is to be sent
    std::vector<std::shared_ptr<File>> late_;  // their making failed
    std::size_t held_bytes_ = 0;
    std::size_t aside_ = 0;  // files that are
    std::uint64_t updates_ = 0, dropped_ = 0;
    Trouble making_, writing_;
};

}  // namespace virtscope::exporters::rrd
