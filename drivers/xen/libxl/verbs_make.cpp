// Verbs that make a domain.
#include <unistd.h>

#include "core/text.h"
#include "drivers/xen/libxl/cfg_read.h"
#include "drivers/xen/libxl/making.h"
#include "drivers/xen/libxl/save_file.h"
#include "drivers/xen/libxl/verbs.h"
#include "drivers/xen/libxl/xml.h"

namespace virtscope::libxl {
namespace {

Result<Config> read_text(const std::string& text) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first == std::string::npos) return fail(ErrorKind::malformed, "the configuration is empty");
    return text[first] == '<' ? read_xml_config(text) : read_cfg(text);
}

void discard(const Call& call, std::uint32_t domid) {
    if (libxl_domid_valid_guest(domid) != 0) libxl_domain_destroy(call.context, domid, nullptr);
}

// The domain is there and paused: what is still missing, or there is no domain.
Result<Answer> begin(const Call& call, const Config& config, std::uint32_t domid, const std::string& done) {
    if (auto kept = start_keeper(domid, config.uuid()); !kept) {
        discard(call, domid);
        return fail(kept.error().kind, "{}: {}", printable(config.name()), kept.error().message);
    }
    if (!call.order.paused) {
        if (const int code = libxl_domain_unpause(call.context, domid, nullptr); code != 0) {
            auto error = call.failed(code, printable(config.name()) + " cannot be unpaused");
            discard(call, domid);
            return error;
        }
    }
    return Answer{
        false,
        fmt::format("{} {} as domain {}{}", printable(config.name()), done, domid, call.order.paused ? ", paused" : ""),
        config.uuid()};
}

std::uint64_t position_of(int fd) {
    const off_t at = ::lseek(fd, 0, SEEK_CUR);
    return at > 0 ? static_cast<std::uint64_t>(at) : 0;
}

int load(const Call& call, Config& config, const SaveReader& file, std::uint32_t& domid) {
    libxl_domain_restore_params params;
    libxl_domain_restore_params_init(&params);
    params.stream_version = 2;
    // The library's reader shares the position of this descriptor.
    const Watch watch(call.output, file.stream_at() + file.stream_bytes(), [&] { return position_of(file.fd()); });
    const int code =
        libxl_domain_create_restore(call.context, config.get(), &domid, file.fd(), -1, &params, nullptr, nullptr);
    libxl_domain_restore_params_dispose(&params);
    return code;
}

}  // namespace

Result<Answer> do_create(const Call& call) {
    auto config = read_text(call.order.text);
    if (!config) return std::unexpected(config.error());
    if (auto there = check_files(*config->get()); !there) return std::unexpected(there.error());
    const auto lock = lock_making();
    if (!lock) return std::unexpected(lock.error());
    if (auto room = check_room(call.context, call.log, *config); !room) return std::unexpected(room.error());
    if (call.order.dry_run) return said(fmt::format("would create {}", printable(config->name())));
    call.output.under_way();
    std::uint32_t domid = no_domain;
    if (const int code = libxl_domain_create_new(call.context, config->get(), &domid, nullptr, nullptr); code != 0) {
        auto error = call.failed(code, printable(config->name()) + " cannot be created");
        discard(call, domid);
        return error;
    }
    return begin(call, *config, domid, "created");
}

Result<Answer> do_restore(const Call& call) {
    const auto file = SaveReader::open(call.order.path);
    if (!file) return std::unexpected(file.error());
    auto config = config_from_json(call.context, file->config_json());
    if (!config) return fail(config.error().kind, "{}: {}", printable(call.order.path), config.error().message);
    if (auto there = check_files(*config->get()); !there) return std::unexpected(there.error());
    const auto lock = lock_making();
    if (!lock) return std::unexpected(lock.error());
    if (auto room = check_room(call.context, call.log, *config); !room) return std::unexpected(room.error());
    if (call.order.dry_run) return said(fmt::format("would restore {}", printable(config->name())));
    call.output.under_way();
    std::uint32_t domid = no_domain;
    if (const int code = load(call, *config, *file, domid); code != 0) {
        auto error = call.failed(
            code, fmt::format("{} cannot be restored from {}", printable(config->name()), printable(call.order.path)));
        discard(call, domid);
        return error;
    }
    return begin(call, *config, domid, "restored");
}

}  // namespace virtscope::libxl
