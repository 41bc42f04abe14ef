#include "top/options/flags.h"

#include <array>

namespace virtscope::top {
namespace {

constexpr std::string_view what = "What is shown";
constexpr std::string_view source = "Of which host";
constexpr std::string_view output = "Without a screen";
constexpr std::string_view screen = "The terminal";
constexpr std::string_view rights = "Rights and files";

constexpr std::array table{
    Flag{"-1", "display", "pcpu", {}, what, "Begin with physical CPUs (default: guests)"},
    Flag{"-2", "display", "net", {}, what, "Begin with network interfaces"},
    Flag{"-3", "display", "block", {}, what, "Begin with block devices"},
    Flag{"-4,--vcpus", "display", "vcpu", {}, what, "Begin with vCPUs"},
    Flag{"-5,--contention", "display", "contention", {}, what, "Begin with who waits for a CPU, and for whom"},
    Flag{"-6,--host", "display", "host", {}, what, "Begin with the host"},
    Flag{"-d", "delay", {}, "SECS", what, "Seconds between screens (default: 3.0)"},
    Flag{"-n", "iterations", {}, "COUNT", what, "Stop after so many screens (default: -1, never)"},
    Flag{"--end-time",
         "end-time",
         {},
         "TIME",
         what,
         "Stop at this time: \"YYYY-MM-DD HH:MM:SS\", HH:MM:SS (today), +HH:MM:SS, +SECONDS"},
    Flag{"-o",
         "sort",
         {},
         "COLUMN",
         what,
         "Sort by cpu, mem, time, id, name, netrx, nettx, blockrdrq, blockwrrq or any other column (-o help: which)"},
    Flag{"--reverse", "reverse", "true", {}, what, "Turn the order round"},
    Flag{"--block-in-bytes", "block-in-bytes", "true", {}, what, "Bytes read and written instead of requests"},
    Flag{"--cpu-base",
         "cpu-base",
         {},
         "BASE",
         what,
         "What 100 %CPU is: host (all its CPUs, the default), cpu (one), vcpus"},
    Flag{"--guest", "guest", {}, "GLOB", what, "Only guests of this name, with * and ?; repeatable"},
    Flag{"--filter",
         "filter",
         {},
         "TEXT",
         what,
         "Only what this matches: text, /regex/, state:paused, !not, joined by blanks"},
    Flag{"--hist-cpu", "hist-cpu", {}, "SECS", what, "Seconds between the past %CPU in the first line (default: 20)"},
    Flag{"-c,--connect",
         "connect",
         {},
         "URI",
         source,
         "Sample this host instead of reading a ring: kvm:///, qemu:///system, test:///default?guests=N; repeatable"},
    Flag{"--ring", "ring", {}, "FILE", source, "Ring file (default: $VIRTSCOPE_RING, else /var/lib/virtscope/ring)"},
    Flag{"--file", "file", {}, "FILE", source, "Show this recording or copy of a ring"},
    Flag{"--at", "at", {}, "TIME", source, "Begin at this time of the ring or recording"},
    Flag{"--control",
         "control",
         {},
         "SOCKET",
         source,
         "Socket of the agent that takes orders (default: $VIRTSCOPE_CONTROL)"},
    Flag{"-b", "batch", "true", {}, output, "Batch: print whole screens as text, no keys"},
    Flag{"--stream", "stream", "true", {}, output, "Print a table of the guests by ID each time"},
    Flag{"--script", "script", "true", {}, output, "Print nothing: for --csv"},
    Flag{"--csv", "csv", {}, "FILE", output, "Write a line of figures each time to this file"},
    Flag{"--csv-format",
         "csv-format",
         {},
         "FORMAT",
         output,
         "classic (virt-top's, the default) or long (a line a guest and time)"},
    Flag{"--no-csv-cpu", "csv-cpu", "false", {}, output, "No CPU columns in it"},
    Flag{"--no-csv-mem", "csv-mem", "false", {}, output, "No memory columns in it"},
    Flag{"--no-csv-block", "csv-block", "false", {}, output, "No block columns in it"},
    Flag{"--no-csv-net", "csv-net", "false", {}, output, "No network columns in it"},
    Flag{"--color,--colour", "color", {}, "WHEN", screen, "Colours: auto, never or always"},
    Flag{"--no-color,--no-colour", "color", "false", {}, screen, "No colours (also: NO_COLOR in the environment)"},
    Flag{"--ascii", "ascii", "true", {}, screen, "No characters beyond ASCII"},
    Flag{"--no-mouse", "mouse", "false", {}, screen, "Leave the mouse to the terminal"},
    Flag{"--theme", "theme", {}, "NAME", screen, "Colours of this theme"},
    Flag{"--no-hints", "hints", "false", {}, screen, "No keys in the last line"},
    Flag{"-s", "secure", "true", {}, rights, "Secure (kiosk): no orders, no other delay, W writes nothing"},
    Flag{"--readonly", "readonly", "true", {}, rights, "Give no orders to guests"},
    Flag{"--debug", "debug", {}, "FILE", rights, "Log what virt-top does to this file"},
};

}  // namespace

std::span<const Flag> flags() { return table; }

std::string_view shown_name(const Flag& flag) { return flag.names.substr(0, flag.names.find(',')); }

}  // namespace virtscope::top
