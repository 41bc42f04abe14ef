#include "agent/ctl/order_verbs.h"

namespace virtscope {
namespace {

constexpr const char* exit_codes =
    "Exit codes: 0 done (accepted; with --wait also seen), 1 failed, 2 wrong arguments, 3 the agent or the ring cannot "
    "be "
    "reached, 4 it was so already, 5 no such guest, device or file, 6 several guests have that name, 7 denied, 8 not "
    "supported, 9 not accepted or not seen in time, 10 busy or in the wrong state, 11 not known: the agent went away.";

void add_place(CLI::App& app, OrderWords& words) {
    app.add_option("--ring", words.ring, "Ring to watch (default: $VIRTSCOPE_RING, else /var/lib/virtscope/ring)");
    app.add_option("--format", words.format, "table or json")->check(CLI::IsMember({"table", "json"}));
    app.add_option("--timeout", words.timeout, "How long it may take, as 10s or 2min");
}

CLI::App& add_order(CLI::App& parent, OrderWords& words, Verb verb, const char* help) {
    CLI::App& app = *parent.add_subcommand(std::string(verb_name(verb)), help);
    add_place(app, words);
    app.add_option("--control", words.control,
                   "Socket of the agent (default: $VIRTSCOPE_CONTROL, else beside a named ring, else "
                   "/run/virtscope/control)");
    app.callback([&words, verb] {
        words.given = true;
        words.verb = verb;
    });
    app.footer(exit_codes);
    if (names_a_guest(verb)) app.add_option("guest", words.guest, "Name, UUID or id")->required();
    if (only_looks(verb)) return app;
    app.add_flag("--dry-run", words.dry_run, "Check and say what would be done; change nothing");
    app.add_flag("--wait{10s}", words.wait, "Then watch until the guest has done it, at most 10s or --wait=TIME");
    if (is_destructive(verb)) app.add_flag("--yes", words.yes, "Do not ask");
    return app;
}

void declare_power(CLI::App& app, OrderWords& words) {
    add_order(app, words, Verb::start, "Starts a defined guest").add_flag("--paused", words.paused, "Leave it paused");
    CLI::App& shutdown = add_order(app, words, Verb::shutdown, "Asks the guest to power off");
    shutdown.add_option("--mode", words.mode, "acpi, agent, …: how it is asked");
    shutdown.add_flag("--escalate", words.escalate, "Wait, and destroy it if it is not off by then");
    shutdown.add_flag("--yes", words.yes, "Do not ask before --escalate destroys");
    add_order(app, words, Verb::reboot, "Asks the guest to restart")
        .add_option("--mode", words.mode, "acpi, agent, …: how it is asked");
    add_order(app, words, Verb::reset, "Restarts it as by the button; what it has not written is lost");
    add_order(app, words, Verb::destroy, "Ends it now; what it has not written is lost")
        .add_flag("--graceful", words.graceful, "Give up rather than kill a process that does not end when told to");
    add_order(app, words, Verb::suspend, "Stops its vCPUs");
    add_order(app, words, Verb::resume, "Lets them run on");
}

void declare_state(CLI::App& app, OrderWords& words) {
    CLI::App& save = add_order(app, words, Verb::save, "Writes its memory to a file; then it is off");
    save.add_option("file", words.file, "The file to make")->required();
    save.add_flag("--force", words.force, "Replace a file that is there");
    save.add_flag("--yes", words.yes, "Do not ask before --force");
    CLI::App& restore = add_order(app, words, Verb::restore, "Starts a guest from such a file");
    restore.add_option("file", words.file, "The file")->required();
    restore.add_option("--driver", words.driver, "qemu, libvirt, …: who runs it (default: the agent chooses)");
    restore.add_flag("--paused", words.paused, "Leave it paused");
    add_order(app, words, Verb::setmem, "Tells its balloon how much memory it may have")
        .add_option("size", words.size, "With its unit, as 512MiB or 2GiB")
        ->required();
    add_order(app, words, Verb::setvcpus, "Sets how many vCPUs it has")
        .add_option("count", words.count, "How many")
        ->required();
}

void declare_media(CLI::App& app, OrderWords& words) {
    CLI::App& change = add_order(app, words, Verb::change_media, "Puts an image into a CD-ROM, or takes it out");
    change.add_option("medium", words.medium, "[DEVICE] PATH; with --eject: [DEVICE]")->expected(0, 2);
    change.add_option("--source", words.source, "The image, if not after the device");
    CLI::Option* const eject = change.add_flag("--eject", words.takes_out, "Take it out");
    change.add_flag("--insert,--update", words.puts_in, "Put it in, in place of what is there (the default)")
        ->excludes(eject);
    change.add_flag("--force", words.force, "Also where the guest has locked the tray");
    change.add_flag("--yes", words.yes, "Do not ask before --eject --force");
    CLI::App& out = add_order(app, words, Verb::eject, "Takes the image out of a CD-ROM");
    out.add_option("device", words.device, "As hdc; may be left out if there is only one");
    out.add_flag("--force", words.force, "Also where the guest has locked the tray");
    out.add_flag("--yes", words.yes, "Do not ask before --force");
}

void declare_definitions(CLI::App& app, OrderWords& words) {
    const auto add_file = [&words](CLI::App& verb, const char* what) {
        verb.add_option("file", words.file, what)->required();
        verb.add_option("--driver", words.driver, "qemu, libvirt, …: who runs it (default: the agent chooses)");
    };
    add_file(add_order(app, words, Verb::define, "Keeps a guest's definition; it stays off"),
             "Domain XML; -: standard input");
    CLI::App& create = add_order(app, words, Verb::create, "Starts a guest without keeping its definition");
    add_file(create, "Domain XML, on Xen also a configuration like xl's; -: standard input");
    create.add_flag("--paused", words.paused, "Leave it paused");
    CLI::App& deploy = add_order(app, words, Verb::deploy, "Makes a guest from an image's description");
    add_file(deploy, "virt-image XML; -: standard input");
    deploy.add_option("--name", words.name, "The guest's name (default: as in the image)");
    add_order(app, words, Verb::undefine, "Forgets its definition; its images stay");
    add_order(app, words, Verb::autostart, "Starts it with the agent").add_flag("--disable", words.disable, "No more");
    add_order(app, words, Verb::dumpxml, "Its definition");
    add_order(app, words, Verb::domdisplay, "The URI of its display");
    add_order(app, words, Verb::guestinfo, "What the agent inside the guest tells, as JSON");
}

void declare_wait(CLI::App& app, OrderWords& words) {
    CLI::App& wait = *app.add_subcommand("wait", "Until the ring shows a guest in a state");
    add_place(wait, words);
    wait.add_option("guest", words.guest, "Name, UUID or id; it need not be there yet")->required();
    wait.add_option("--state", words.state, "running, paused or off (gone is off)")
        ->check(CLI::IsMember({"running", "paused", "off"}))
        ->required();
    wait.callback([&words] { words.given = words.awaits = true; });
    wait.footer(
        "Waits 60s unless --timeout says otherwise. Exit codes: 0 seen, 2 wrong arguments, 3 the ring cannot be "
        "read, 6 several guests have that name, 9 not seen in time.");
}

}  // namespace

void declare_order_verbs(CLI::App& app, OrderWords& words) {
    declare_power(app, words);
    declare_state(app, words);
    declare_media(app, words);
    declare_definitions(app, words);
    declare_wait(app, words);
}

}  // namespace virtscope
