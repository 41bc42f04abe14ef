// The reader protocol of core/ring/format.h in memory, without the file around it: one writer, several readers,
// millions of records and images, under the eyes of ThreadSanitizer.
//
// In the ring the words between the fences are plain bytes in the page cache, copied by the kernel; here they are
// relaxed atomics in the places where the format says "store" and "load", and each fence is folded into the accesses it
// stands beside: the stores after a release fence are release stores, the loads before an acquire fence are acquire
// loads. That orders exactly what the fences order (a fence synchronizes through those very accesses), and unlike a fence it
// is understood by ThreadSanitizer.
//
// Atomics never race, so ThreadSanitizer would have nothing to say about a wrong order. Therefore the writer leaves plain
// notes, each written once: a reader reads the note whenever the protocol promises that it has been written.
// Weaken a release or an acquire below, and this is a data race.
#include <array>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

namespace {

#if defined(__SANITIZE_THREAD__)
constexpr std::uint64_t records = 200'000;
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
constexpr std::uint64_t records = 200'000;
#else
constexpr std::uint64_t records = 1'000'000;
#endif
#else
constexpr std::uint64_t records = 1'000'000;
#endif
constexpr std::uint64_t capacity = 256;  // words; a lap is some twenty records
constexpr std::uint64_t first_position = capacity;
constexpr std::uint64_t header_words = 4;
constexpr std::size_t readers = 3;

using Word = std::atomic<std::uint64_t>;

// What the writer did for a record, in plain memory.
struct Notes {
    std::uint64_t moved = 0;      // position to which the tail went before the record's first word was stored
    std::uint64_t position = 0;   // where it is; written before `newest`
    std::uint64_t begun = 0;      // 1: its image is being written; before the image's sequence became 0
    std::uint64_t imaged = 0;     // 1: its image is whole; before the image's sequence
};

struct Memory {
    Word tail = first_position;
    Word newest = 0;
    Word head = first_position;
    std::array<Word, capacity> data{};
    Word image_sequence = 0;
    std::array<Word, 24> image{};
    std::vector<Notes> notes = std::vector<Notes>(records + 1);
    std::atomic<std::uint64_t> done = 0;
};

std::uint64_t length_of(std::uint64_t sequence) { return header_words + sequence * 7 % 17; }

// Every word tells whose it is and which.
std::uint64_t word_of(std::uint64_t sequence, std::uint64_t i) { return sequence << 16 | (i * 2654435761U & 0xffff); }
std::uint64_t owner(std::uint64_t word) { return word >> 16; }

Word& at(Memory& memory, std::uint64_t position) { return memory.data.at(position % capacity); }

// Where a record of that length goes: like the ring's, it lies in one piece.
std::uint64_t place(std::uint64_t head, std::uint64_t length) {
    const std::uint64_t rest = capacity - head % capacity;
    return length <= rest ? head : head + rest;
}

class Writer {
public:
    explicit Writer(Memory& memory) : memory_(memory) {}

    void publish(std::uint64_t sequence) {
        const std::uint64_t length = length_of(sequence);
        const std::uint64_t position = place(head_, length);
        make_room(sequence, position + length);
        // Release: the fence behind the store of `tail`.
        const std::array<std::uint64_t, 3> header{position, sequence, newest_};
        for (std::uint64_t i = header_words; i < length; ++i) store(position + i, word_of(sequence, i));
        for (std::uint64_t i = 0; i < header.size(); ++i) store(position + 1 + i, header.at(i));
        store(position, word_of(sequence, 0));
        memory_.notes.at(sequence).position = position;
        head_ = position + length;
        memory_.head.store(head_, std::memory_order_release);
        write_image(sequence);
        newest_ = position;
        memory_.newest.store(position, std::memory_order_release);
    }

private:
    void store(std::uint64_t position, std::uint64_t word) { at(memory_, position).store(word, std::memory_order_release); }

    void make_room(std::uint64_t sequence, std::uint64_t end) {
        while (end - tail_ > capacity) {
            tail_ = memory_.notes.at(oldest_).position + length_of(oldest_);
            ++oldest_;
            if (oldest_ < sequence) tail_ = memory_.notes.at(oldest_).position;
        }
        memory_.notes.at(sequence).moved = tail_;
        memory_.tail.store(tail_, std::memory_order_relaxed);
    }

    void write_image(std::uint64_t sequence) {
        memory_.notes.at(sequence).begun = 1;
        memory_.image_sequence.store(0, std::memory_order_relaxed);
        for (std::uint64_t i = 0; i < memory_.image.size(); ++i) {
            memory_.image.at(i).store(word_of(sequence, i), std::memory_order_release);
        }
        memory_.notes.at(sequence).imaged = 1;
        memory_.image_sequence.store(sequence, std::memory_order_release);
    }

    Memory& memory_;
    std::uint64_t tail_ = first_position;
    std::uint64_t head_ = first_position;
    std::uint64_t newest_ = 0;
    std::uint64_t oldest_ = 1;
};

struct Tally {
    std::uint64_t received = 0;
    std::uint64_t lost = 0;
    std::uint64_t discarded = 0;   // copies that a writer had come by
    std::uint64_t images = 0;
    std::uint64_t torn_images = 0; // noticed and thrown away
    std::uint64_t wrong = 0;       // whatever must not happen
};

class Reader {
public:
    explicit Reader(Memory& memory) : memory_(memory) {}

    // One since(): from the newest record back to the last one known, then what was lost. Whether there was any.
    bool follow() {
        const std::uint64_t tail = memory_.tail.load(std::memory_order_acquire);
        std::uint64_t position = memory_.newest.load(std::memory_order_acquire);
        std::uint64_t expected = 0;
        found_.clear();
        while (position > last_position_ && position >= tail && copy(position)) {
            const std::uint64_t sequence = copied_.at(2);
            if (expected != 0 && sequence + 1 != expected) ++tally.wrong;
            if (memory_.notes.at(sequence).position != position) ++tally.wrong;
            found_.push_back(sequence);
            expected = sequence;
            position = copied_.at(3);
        }
        if (!found_.empty()) account();
        return !found_.empty();
    }

    void look_at_image() {
        const std::uint64_t before = memory_.image_sequence.load(std::memory_order_acquire);
        if (before == 0) return;
        bool whole = true;
        for (std::uint64_t i = 0; i < memory_.image.size(); ++i) {
            if (i == 12) dawdle();
            const std::uint64_t word = memory_.image.at(i).load(std::memory_order_acquire);
            whole = whole && word == word_of(before, i);
            // A word of a later image: its writer had begun, and said so.
            if (owner(word) > before && memory_.notes.at(owner(word)).begun != 1) ++tally.wrong;
            if (owner(word) < before) ++tally.wrong;
        }
        const bool accepted = memory_.image_sequence.load(std::memory_order_relaxed) == before;
        ++(accepted ? tally.images : tally.torn_images);
        if (!accepted) return;
        if (!whole || memory_.notes.at(before).imaged != 1 || before < last_image_) ++tally.wrong;
        last_image_ = before;
    }

    std::uint64_t last() const { return last_; }
    Tally tally;

private:
    // Copies the record there; false when a writer had overtaken it.
    bool copy(std::uint64_t position) {
        std::uint64_t latest_moved = 0;
        const std::uint64_t rest = capacity - position % capacity;
        for (std::uint64_t i = 0; i < std::min<std::uint64_t>(copied_.size(), rest); ++i) {
            if (i == 2) dawdle();
            // Acquire: the fence behind the copying.
            copied_.at(i) = at(memory_, position + i).load(std::memory_order_acquire);
            if (i >= 1 && i < header_words) continue;
            // A word of a later record: that the tail moved for it is known by now.
            const std::uint64_t whose = owner(copied_.at(i));
            if (whose > last_ && i == 0) latest_moved = std::max(latest_moved, memory_.notes.at(whose).moved);
            if (i == 0) length_ = length_of(whose);
            if (i + 1 >= length_) break;
            if (i > 0 && whose > owner(copied_.at(0))) latest_moved = std::max(latest_moved, memory_.notes.at(whose).moved);
        }
        const std::uint64_t tail = memory_.tail.load(std::memory_order_relaxed);
        if (tail < latest_moved) ++tally.wrong;
        if (tail > position) {
            ++tally.discarded;
            return false;
        }
        if (!intact(position)) ++tally.wrong;
        return true;
    }

    // Now and then a reader is interrupted in the middle of a copy.
    void dawdle() {
        if (++copies_ % 16 == 0) std::this_thread::yield();
    }

    bool intact(std::uint64_t position) const {
        const std::uint64_t sequence = copied_.at(2);
        if (copied_.at(1) != position || copied_.at(0) != word_of(sequence, 0)) return false;
        for (std::uint64_t i = header_words; i < length_of(sequence); ++i) {
            if (copied_.at(i) != word_of(sequence, i)) return false;
        }
        return true;
    }

    void account() {
        const std::uint64_t oldest = found_.back();
        const std::uint64_t tail = memory_.tail.load(std::memory_order_acquire);
        // What counts as lost has in truth been given up.
        for (std::uint64_t lost = last_ + 1; lost < oldest; ++lost) {
            if (memory_.notes.at(lost).position >= tail) ++tally.wrong;
        }
        if (oldest <= last_) ++tally.wrong;
        tally.lost += oldest - last_ - 1;
        tally.received += found_.size();
        last_ = found_.front();
        last_position_ = memory_.notes.at(last_).position;
    }

    Memory& memory_;
    std::array<std::uint64_t, 24> copied_{};
    std::uint64_t length_ = 0;
    std::uint64_t copies_ = 0;
    std::vector<std::uint64_t> found_;
    std::uint64_t last_ = 0;
    std::uint64_t last_position_ = 0;
    std::uint64_t last_image_ = 0;
};

void read_all(Memory& memory, Tally& tally) {
    Reader reader(memory);
    while (reader.last() < records) {
        reader.look_at_image();
        if (!reader.follow()) std::this_thread::yield();
    }
    tally = reader.tally;
}

}  // namespace

TEST_CASE("model: of the reader protocol: nothing torn is accepted, and what was lost is counted exactly") {
    const auto memory = std::make_unique<Memory>();
    std::array<Tally, readers> tallies{};
    std::vector<std::thread> threads;
    for (Tally& tally : tallies) threads.emplace_back(read_all, std::ref(*memory), std::ref(tally));
    Writer writer(*memory);
    for (std::uint64_t sequence = 1; sequence <= records; ++sequence) {
        writer.publish(sequence);
        // On few processors the readers must get their turn within a lap, too, and at every point of a copy.
        if (sequence % 64 == 0) std::this_thread::yield();
        for (std::uint64_t i = 0; i < sequence % 64; ++i) (void)memory->done.load(std::memory_order_relaxed);
    }
    for (std::thread& thread : threads) thread.join();
    for (const Tally& tally : tallies) {
        MESSAGE(tally.received, " received, ", tally.lost, " lost, ", tally.discarded, " copies discarded; ", tally.images,
                " images, ", tally.torn_images, " discarded");
        CHECK(tally.wrong == 0);
        CHECK(tally.received + tally.lost == records);
        CHECK(tally.received > 0);
        CHECK(tally.images > 0);
    }
}
