#include <sys/stat.h>
#include <cstdlib>
#include <memory>

#include "core/text.h"
#include "drivers/xen/libxl/save_file.h"
#include "drivers/xen/libxl/verbs.h"

namespace virtscope::libxl {
namespace {

Result<std::string> json_of(const Call& call, const Domain& domain) {
    auto config = configuration_of(call, domain);
    if (!config) return std::unexpected(config.error());
    const std::unique_ptr<char, decltype(&std::free)> text(libxl_domain_config_to_json(call.context, config->get()),
                                                           &std::free);
    if (text == nullptr) return call.failed(ERROR_FAIL, "its configuration cannot be written");
    return std::string(text.get());
}

std::uint64_t size_of(int fd) {
    struct stat file{};
    return ::fstat(fd, &file) == 0 ? static_cast<std::uint64_t>(file.st_size) : 0;
}

Result<> write(const Call& call, const Domain& domain, SaveWriter& file) {
    call.output.under_way();
    {
        const Watch watch(call.output, domain->current_memkb << 10, [&] { return size_of(file.fd()); });
        const int code = libxl_domain_suspend(call.context, domain.id(), file.fd(), 0, nullptr);
        if (code == ERROR_GUEST_TIMEDOUT)
            return fail(ErrorKind::busy, "did not get ready to be saved: does its kernel still run?");
        if (code != 0) return call.failed(code, "cannot be saved");
    }
    return file.finish();
}

// Where nothing could be saved the guest goes on; a domain that had not stopped yet needs nothing. Empty: it does go
// on.
std::string undo(const Call& call) {
    const auto now = find_domain(call);
    if (!now) return "; it is gone";
    if (!(*now)->shutdown) return {};
    return libxl_domain_resume(call.context, now->id(), 1, nullptr) == 0
               ? ""
               : "; it cannot be resumed either, only destroy helps";
}

}  // namespace

Result<Answer> do_save(const Call& call) {
    const std::string& path = call.order.path;
    const auto domain = find_guest(call);
    if (!domain) return std::unexpected(domain.error());
    if (auto free = check_save_path(path, call.order.force); !free) return std::unexpected(free.error());
    if ((*domain)->dying || (*domain)->shutdown) return fail(ErrorKind::busy, "has ended: there is nothing to save");
    if ((*domain)->paused) return fail(ErrorKind::busy, "is paused and cannot get ready to be saved; resume it first");
    if (call.order.dry_run) return said("would be saved to " + printable(path));
    const auto json = json_of(call, *domain);
    if (!json) return std::unexpected(json.error());
    auto file = SaveWriter::create(path, *json, call.order.force);
    if (!file) return std::unexpected(file.error());
    if (auto saved = write(call, *domain, *file); !saved) {
        return fail(saved.error().kind, "{}{}", saved.error().message, undo(call));
    }
    const int code = libxl_domain_destroy(call.context, domain->id(), nullptr);
    if (code != 0 && code != ERROR_DOMAIN_NOTFOUND) {
        return call.failed(code,
                           fmt::format("is saved in {}, but what is left of it cannot be destroyed", printable(path)));
    }
    return said("saved to " + printable(path));
}

}  // namespace virtscope::libxl
