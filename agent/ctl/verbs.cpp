#include "agent/ctl/verbs.h"

#include <set>

#include <fmt/format.h>

namespace virtscope {
namespace {

using Formats = std::set<std::string>;

CLI::App* add_verb(CLI::App& parent, const char* name, const char* help, Run run, Chosen& chosen,
                   const Formats& formats = {"table", "json"}) {
    CLI::App* const app = parent.add_subcommand(name, help);
    app->add_option("--ring", chosen.request.ring,
                    "Ring file or recording (default: $VIRTSCOPE_RING, else /var/lib/virtscope/ring)");
    app->add_option("--format", chosen.format, formats.contains("csv") ? "table, csv or json" : "table or json")
        ->check(CLI::IsMember(formats));
    app->callback([&chosen, run] { chosen.run = run; });
    return app;
}

void add_range(CLI::App& app, Chosen& chosen, const char* from_default) {
    app.add_option(
        "--from", chosen.request.from,
        fmt::format("Beginning: '10 min ago', 'today 03:12', 'Nov 23 03:12', ISO 8601, epoch ({})", from_default));
    app.add_option("--to", chosen.request.to, "End, likewise (default: the newest frame)");
}

void declare_list(CLI::App& app, Chosen& chosen) {
    Listing& listing = chosen.request.listing;
    CLI::App* const verb = add_verb(app, "list", "Guests, a line each", run_list, chosen);
    CLI::Option* const all = verb->add_flag("--all", listing.all, "Guests that are shut off, too");
    verb->add_flag("--inactive", listing.inactive, "Only guests that are shut off")->excludes(all);
    verb->add_flag("--state-running", listing.running, "Only guests that run");
    verb->add_flag("--state-paused", listing.paused,
                   "Only guests that are paused; together with the others: these too");
    verb->add_flag("--state-shutoff", listing.shut_off, "Only guests that are shut off, likewise");
    CLI::Option* const names = verb->add_flag("--name", listing.names, "Only names, a line each");
    verb->add_flag("--uuid", listing.uuids, "Only UUIDs, a line each")->excludes(names);
}

void declare_history(CLI::App& app, Chosen& chosen) {
    Request& request = chosen.request;
    CLI::App* const verb = add_verb(app, "history", "How values of a guest or the host went, step by step", run_history,
                                    chosen, {"table", "csv", "json"});
    verb->add_option(
            "guest", request.subject,
            "Name or UUID of a guest that was there in the range; or 'host' (a guest of that name: by its UUID)")
        ->required();
    add_range(*verb, chosen, "default: 10 minutes before the end");
    verb->add_option(
        "--metric", request.metrics,
        "Names, separated by commas: cpu_time; disk.read_bytes (all disks), disk.vda.read_bytes (one), vcpu.wait, "
        "vcpu.0.wait, nic.rx_bytes; of the host also agent.… and sums over all guests. Default: CPU, steal, disk, "
        "network, resident memory");
    verb->add_option("--step", request.step,
                     "Time in one line, as 10s or 1min; 0: a line a frame (default: at most 60 lines)");
    verb->add_option("--stat", request.statistic,
                     "Figure of each step: avg (over time), min, max, last, or a percentile as p95");
    verb->footer(
        "Counters are shown as rates: nanoseconds as % of one CPU (cpu_wait is steal), the rest a second. '-', in CSV "
        "an empty "
        "field, in JSON null: not known, which is not zero. A step holds the readings after its time. CSV and JSON "
        "have UTC times "
        "and raw numbers in the unit that they name (rates of nanoseconds: ns/s, 1e9 is one CPU).\n\nExamples:\n"
        "  virtscope history web01\n"
        "  virtscope history web01 --from 'today 03:00' --to 'today 03:30' --metric cpu_time,disk.vda.write_bytes\n"
        "  virtscope history host --from '2 hr ago' --step 5min --stat p95 --metric cpu_guest,disk.read_ops\n"
        "  virtscope history web01 --ring incident.rec --step 0 --format csv > web01.csv");
}

void declare_events(CLI::App& app, Chosen& chosen) {
    CLI::App* const verb =
        add_verb(app, "events", "What happened: starts, stops, state changes, hot-plugging, lost monitors", run_events,
                 chosen, {"table", "csv", "json"});
    verb->add_option("--guest", chosen.request.subject, "Only of that guest: name or UUID");
    add_range(*verb, chosen, "default: all there is; with --follow: now");
    verb->add_flag("--follow", chosen.request.follow, "Go on with what happens from now on, until interrupted");
    verb->footer(
        "With --follow, JSON is an object a line. Frames that were overwritten before they could be read are counted "
        "on standard "
        "error.\n\nExamples:\n"
        "  virtscope events --from yesterday\n"
        "  virtscope events --guest web01 --format csv\n"
        "  virtscope events --follow --from '10 min ago'");
}

void declare_record(CLI::App& app, Chosen& chosen) {
    CLI::App* const verb =
        add_verb(app, "record", "Cuts a stretch of time into a file that opens like a ring", run_record, chosen);
    verb->add_option("file", chosen.request.subject, "The file to make; under its name only when it is whole")
        ->required();
    add_range(*verb, chosen, "default: all there is");
    verb->add_flag("--force", chosen.request.force, "Replace a file that is there");
    verb->footer(
        "Examples:\n"
        "  virtscope record incident.rec --from 'today 03:00' --to 'today 03:30'\n"
        "  virtscope events --ring incident.rec");
}

// Its options are virtscope-export's, --help too.
void declare_graph(CLI::App& app, Chosen& chosen) {
    CLI::App* const verb =
        app.add_subcommand("graph", "Draws a guest or the host: CPU, memory, disks, network, latency");
    verb->set_help_flag();
    verb->prefix_command();
    verb->callback([&chosen, verb] { chosen.graph = verb->remaining(); });
}

void declare_ring(CLI::App& app, Chosen& chosen) {
    CLI::App* const ring = app.add_subcommand("ring", "About ring files");
    ring->require_subcommand(1);
    add_verb(*ring, "info", "What a ring file holds", run_ring_info, chosen)
        ->add_option("file", chosen.request.subject, "The file (default: as --ring)");
    CLI::App* const verify =
        add_verb(*ring, "verify", "Reads all of a ring file and says what is damaged", run_ring_verify, chosen);
    verify->add_option("file", chosen.request.subject, "The file (default: as --ring)");
    verify->footer(
        "Decodes every frame; changes nothing, and a ring may be written meanwhile.\n\n"
        "Exit codes: 0 whole, 1 damaged, 2 wrong arguments, 3 absent or not to be read, 4 not a ring, 5 cut short, "
        "6 another format version, 7 another byte order, 8 another catalogue of metrics, 9 the header is damaged or "
        "contradicts itself, 10 unfinished or empty. With 1 and 5 it says what remains.");
}

void declare_nagios_config(CLI::App& app, Chosen& chosen) {
    MonitorWords& words = chosen.request.monitor;
    CLI::App* const verb = app.add_subcommand("nagios-config", "Configuration for Nagios or Icinga 2 from the guest list");
    verb->callback([&chosen] { chosen.run = run_nagios_config; });
    verb->add_option("--ring", chosen.request.ring, "Ring file, also in the checks (default: $VIRTSCOPE_RING, else /var/lib/virtscope/ring)");
    verb->add_option("--format", words.format, "nagios or icinga2")->check(CLI::IsMember({"nagios", "icinga2"}));
    verb->add_option("--output", words.directory, "Folder to write to, the former files stay as .old (default: all to standard output)");
    const auto add_guests = [&](const char* name, std::vector<std::string>& into, const char* help) {
        verb->add_option(name, into, help)->allow_extra_args(false);
    };
    add_guests("--guest", words.guests, "Only these guests: name, glob, /regular expression/ or UUID (repeatable)");
    add_guests("--exclude", words.excluded, "Not these guests, likewise");
    verb->add_flag("--all", words.all, "Guests that are off, too; without it those that the former file has");
    verb->add_option("--services", words.services,
                     fmt::format("What to check of each guest, separated by commas (default: {}); there are: {}",
                                 fmt::join(usual_guest_services(), ","), fmt::join(guest_modes(), ",")))
        ->delimiter(',')
        ->allow_extra_args(false);
    verb->add_option("--check-interval", words.interval, "Time between two checks of a thing (default: 1min)");
    verb->add_flag("--passive", words.passive, "One check a mode for all guests, which hands their results over");
    verb->add_option("--host-name", words.host_name, "What this host is called there (default: its name)");
    verb->add_option("--contact-group", words.contact_group, "Nagios: who is told");
    verb->add_flag("--force", words.force, "Replace files that were edited");
    verb->footer(
        "Guests are addressed by UUID: a rename changes the name that is shown, not what is checked. Names get '_' for what "
        "a monitor forbids, and the UUID appended where they would not be unique.\n\n"
        "Exit codes: 0 written (or unchanged), 1 the agent is silent, no such guest, or a file cannot be written, 2 wrong "
        "arguments, 3 the ring cannot be read. Nothing is replaced before all could be written.\n\nExamples:\n"
        "  virtscope nagios-config --output /etc/nagios4/conf.d --contact-group admins && nagios4 -v /etc/nagios4/nagios.cfg\n"
        "  virtscope nagios-config --format icinga2 --output /etc/icinga2/conf.d --exclude 'test*' && icinga2 daemon -C");
}

}  // namespace

void declare_verbs(CLI::App& app, Chosen& chosen) {
    app.set_version_flag("--version", "virtscope " VIRTSCOPE_VERSION);
    app.require_subcommand(1);
    app.footer(
        "Exit codes of what looks: 0 done, 1 the thing asked for is not there or not well, 2 wrong arguments, 3 the "
        "ring "
        "cannot be read. Of what does something to a guest: see --help of its verb.");
    declare_list(app, chosen);
    add_verb(app, "info", "Everything known of one guest, or of the host", run_info, chosen)
        ->add_option("guest", chosen.request.subject, "Name or UUID; without one, the host and the agent");
    declare_history(app, chosen);
    declare_events(app, chosen);
    declare_record(app, chosen);
    declare_graph(app, chosen);
    add_verb(app, "doctor", "What works, which rights are missing, and what to do", run_doctor, chosen);
    declare_ring(app, chosen);
    declare_nagios_config(app, chosen);
    declare_order_verbs(app, chosen.words);
}

}  // namespace virtscope
