// Verbs that take long: a guest's memory to a file and back.
#include <sys/stat.h>
#include <cerrno>
#include <system_error>
#include <thread>

#include "core/text.h"
#include "drivers/libvirt/lifecycle_verbs.h"
#include "drivers/libvirt/lifecycle_xml.h"

namespace virtscope::libvirt {
namespace {

// Tells the task how far libvirt is, from a thread of its own, until it is destroyed.
class Watch {
public:
    Watch(const Call& call, virDomainPtr domain) {
        try {
            thread_ = std::thread([this, &call, domain] { run(call, domain); });
        } catch (const std::system_error&) {  // without a thread the save is only not told of
            return;
        }
    }
    ~Watch() {
        {
            const std::lock_guard lock(mutex_);
            over_ = true;
        }
        changed_.notify_all();
        if (thread_.joinable()) thread_.join();
    }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

private:
    void run(const Call& call, virDomainPtr domain) {
        std::unique_lock lock(mutex_);
        while (!changed_.wait_for(lock, std::chrono::milliseconds(100), [this] { return over_; })) {
            lock.unlock();
            virDomainJobInfo job{};
            if (call.library.virDomainGetJobInfo(domain, &job) == 0 &&
                (job.type == VIR_DOMAIN_JOB_BOUNDED || job.type == VIR_DOMAIN_JOB_UNBOUNDED)) {
                call.task.under_way(job.dataProcessed, job.dataTotal);
            }
            lock.lock();
        }
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    bool over_ = false;
    std::thread thread_;
};

Result<> check_path(const std::string& path) {
    if (path.starts_with('/')) return {};
    return fail(ErrorKind::malformed, "the file needs an absolute path");
}

// The guest in the file; none where this libvirt cannot look into one.
struct Saved {
    std::string name;
    Domain guest{nullptr, nullptr};
};

Result<Saved> look_into(const Call& call) {
    const std::string file = printable(call.order().path);
    const Text xml = own(call.library.virDomainSaveImageGetXMLDesc(call.connection, call.order().path.c_str(), 0));
    if (xml == nullptr) {
        if (call.library.virGetLastErrorCode() == VIR_ERR_NO_SUPPORT) return Saved{};
        Error error = call.failed(file + " is no whole save file").error();
        if (error.kind == ErrorKind::system) error.kind = ErrorKind::malformed;
        return std::unexpected(std::move(error));
    }
    const auto document = parse_domain(xml.get());
    if (!document) return fail(ErrorKind::malformed, "{} is no whole save file: {}", file, document.error().message);
    const xmlNode* const root = xmlDocGetRootElement(document->get());
    Saved saved{xml_text(xml_child(root, "name"))};
    const auto uuid = Uuid::parse(xml_text(xml_child(root, "uuid")));
    saved.guest = uuid ? own(call, call.library.virDomainLookupByUUID(call.connection, uuid->bytes.data()))
                       : own(call, call.library.virDomainLookupByName(call.connection, saved.name.c_str()));
    return saved;
}

}  // namespace

Result<Answer> do_save(const Call& call) {
    const std::string& path = call.order().path;
    const auto absolute = check_path(path);
    if (!absolute) return std::unexpected(absolute.error());
    struct stat status {};
    if (call.here && ::lstat(path.c_str(), &status) == 0) {
        return fail(ErrorKind::busy, "{} exists already; remove it or take another name", printable(path));
    }
    const auto guest = find_guest(call);
    if (!guest) return std::unexpected(guest.error());
    if (!guest->active) return not_running(call);
    return act(call, "be saved to " + printable(path), "saved to " + printable(path), [&] {
        const Watch watch(call, guest->domain.get());
        return call.library.virDomainSaveFlags(guest->domain.get(), path.c_str(), nullptr, 0);
    });
}

Result<Answer> do_restore(const Call& call) {
    const std::string& path = call.order().path;
    const auto absolute = check_path(path);
    if (!absolute) return std::unexpected(absolute.error());
    struct stat status {};
    if (call.here && ::stat(path.c_str(), &status) != 0 && (errno == ENOENT || errno == ENOTDIR)) {
        return fail(ErrorKind::absent, "no save file {}", printable(path));
    }
    const auto saved = look_into(call);
    if (!saved) return std::unexpected(saved.error());
    const std::string name = saved->name.empty() ? printable(path) : printable(saved->name, 64);
    if (saved->guest != nullptr && call.library.virDomainGetID(saved->guest.get()) != static_cast<unsigned>(-1)) {
        return fail(ErrorKind::busy, "{} runs; destroy it before its saved state is restored", name);
    }
    auto answer = act(call, fmt::format("restore {} from {}", name, printable(path)), name + " restored", [&] {
        call.task.under_way(0, 0);
        return call.library.virDomainRestoreFlags(call.connection, path.c_str(), nullptr,
                                                  call.order().paused ? unsigned{VIR_DOMAIN_SAVE_PAUSED} : 0U);
    });
    if (!answer && answer.error().message.find("load of migration failed") != std::string::npos) {
        return fail(ErrorKind::malformed, "{} is no whole save file, or one of another QEMU: {}", printable(path),
                    answer.error().message);
    }
    if (!answer || call.order().dry_run) return answer;
    const Domain restored = own(call, call.library.virDomainLookupByName(call.connection, saved->name.c_str()));
    if (restored != nullptr) answer->guest = uuid_of(call, restored.get());
    return answer;
}

}  // namespace virtscope::libvirt
