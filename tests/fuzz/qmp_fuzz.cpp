// What a monitor sends, cut where the input says: framing and every reading of a reply.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "drivers/qemu/decoder.h"
#include "drivers/qemu/framer.h"

using namespace virtscope::qemu;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Decoder decoder;
    if (size == 0) return 0;
    const std::size_t step = std::size_t{data[0]} + 1;
    const std::string_view bytes(static_cast<const char*>(static_cast<const void*>(data + 1)), size - 1);
    Framer framer;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        framer.feed(bytes.substr(at, step));
        for (;;) {
            const auto message = framer.next();
            if (!message) return 0;
            if (!*message) break;
            if (!decoder.parse(**message)) return 0;
            (void)decoder.disks().size();
            (void)decoder.images().size();
            (void)decoder.cpus().size();
            (void)decoder.iothreads().size();
            (void)decoder.vcpu_stats().size();
            (void)decoder.children("child<").size();
            (void)decoder.status();
            (void)decoder.balloon();
            (void)decoder.guest_memory().updated;
        }
    }
    return 0;
}
