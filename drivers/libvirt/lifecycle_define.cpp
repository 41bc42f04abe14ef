// Verbs about what is defined.
#include "core/text.h"
#include "drivers/libvirt/lifecycle_verbs.h"
#include "drivers/libvirt/lifecycle_xml.h"

namespace virtscope::libvirt {
namespace {

struct Identity {
    std::string name;
    std::optional<Uuid> uuid;  // none: libvirt makes one
};

Result<Identity> identity_of(const std::string& xml) {
    const auto document = parse_domain(xml);
    if (!document) return std::unexpected(document.error());
    const xmlNode* const root = xmlDocGetRootElement(document->get());
    Identity identity{xml_text(xml_child(root, "name")), std::nullopt};
    if (identity.name.empty()) return fail(ErrorKind::malformed, "domain XML has no <name>");
    if (const xmlNode* const uuid = xml_child(root, "uuid")) {
        identity.uuid = Uuid::parse(xml_text(uuid));
        if (!identity.uuid) return fail(ErrorKind::malformed, "<uuid> of domain XML is none: write 8-4-4-4-12 digits");
    }
    return identity;
}

Domain named(const Call& call, const std::string& name) {
    return own(call, call.library.virDomainLookupByName(call.connection, name.c_str()));
}

// libvirt would refuse these too; asked first so that a dry run says so and the message names the fix.
Result<> check_conflicts(const Call& call, const Identity& identity) {
    const std::string name = printable(identity.name, 64);
    if (const Domain same = named(call, identity.name)) {
        const Uuid uuid = uuid_of(call, same.get());
        if (uuid != identity.uuid) {
            return fail(ErrorKind::busy, "{} exists already as {}; give that <uuid> to replace it, or take another name",
                        name, uuid.text());
        }
    }
    if (!identity.uuid) return {};
    const Domain twin = own(call, call.library.virDomainLookupByUUID(call.connection, identity.uuid->bytes.data()));
    if (twin == nullptr) return {};
    const char* const other = call.library.virDomainGetName(twin.get());
    if (other == nullptr || other == identity.name) return {};
    return fail(ErrorKind::busy, "{}: the guest {} has its <uuid> {}; leave it out to have a new one", name,
                printable(other, 64), identity.uuid->text());
}

Result<Identity> newcomer(const Call& call) {
    auto identity = identity_of(call.order().text);
    if (!identity) return identity;
    const auto free = check_conflicts(call, *identity);
    if (!free) return std::unexpected(free.error());
    return identity;
}

std::string inactive_xml(const Call& call, virDomainPtr domain) {
    if (domain == nullptr) return {};
    const Text xml = own(call.library.virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE));
    return xml != nullptr ? std::string(xml.get()) : std::string();
}

// libvirt's schema errors tell of unknown devices only that there are some.
std::unexpected<Error> refused(const Call& call, const std::string& what) {
    const int code = call.library.virGetLastErrorCode();
    Error error = call.failed(what).error();
    if (code != VIR_ERR_XML_INVALID_SCHEMA) return std::unexpected(std::move(error));
    const auto document = parse_domain(call.order().text);
    const std::string device = document ? unheard_of_device(document->get()) : std::string();
    if (device.empty()) return std::unexpected(std::move(error));
    return fail(error.kind, "{}: there is no device {}", what, device);
}

bool has_managed_save(const Call& call, const Guest& guest) {
    return call.library.virDomainHasManagedSaveImage(guest.domain.get(), 0) == 1;
}

}  // namespace

Result<Answer> do_define(const Call& call) {
    const auto identity = newcomer(call);
    if (!identity) return std::unexpected(identity.error());
    const std::string name = printable(identity->name, 64);
    if (call.order().dry_run) return said(fmt::format("would define {}; what its elements hold libvirt checks then", name));
    const Domain before = named(call, identity->name);
    const std::string old = inactive_xml(call, before.get());
    const auto begun = begin(call);
    if (!begun) return std::unexpected(begun.error());
    const Domain domain = own(call, call.library.virDomainDefineXMLFlags(call.connection, call.order().text.c_str(),
                                                                        VIR_DOMAIN_DEFINE_VALIDATE));
    if (domain == nullptr) return refused(call, name + " cannot be defined");
    const bool same = !old.empty() && old == inactive_xml(call, domain.get());
    return Answer{same, fmt::format("{} {}", name, same ? "is defined so" : "defined"), uuid_of(call, domain.get())};
}

Result<Answer> do_create(const Call& call) {
    const auto identity = newcomer(call);
    if (!identity) return std::unexpected(identity.error());
    const std::string name = printable(identity->name, 64);
    const Domain before = named(call, identity->name);
    if (before != nullptr && call.library.virDomainGetID(before.get()) != static_cast<unsigned>(-1)) {
        return fail(ErrorKind::busy, "{} runs already; destroy it first", name);
    }
    if (call.order().dry_run) return said(fmt::format("would create {}; what its elements hold libvirt checks then", name));
    const auto begun = begin(call);
    if (!begun) return std::unexpected(begun.error());
    unsigned flags = VIR_DOMAIN_START_VALIDATE;
    if (call.order().paused) flags |= VIR_DOMAIN_START_PAUSED;
    const Domain domain = own(call, call.library.virDomainCreateXML(call.connection, call.order().text.c_str(), flags));
    if (domain == nullptr) return refused(call, name + " cannot be created");
    return Answer{false, name + " started", uuid_of(call, domain.get())};
}

Result<Answer> do_undefine(const Call& call) {
    const auto guest = find_guest(call);
    if (!guest) return std::unexpected(guest.error());
    if (!guest->persistent) return fail(ErrorKind::unsupported, "has no definition: it is gone when it ends");
    unsigned flags = 0;
    if (has_managed_save(call, *guest)) {
        if (!call.order().force) {
            return fail(ErrorKind::busy, "has a saved state that would be lost; start it, or use --force");
        }
        flags |= VIR_DOMAIN_UNDEFINE_MANAGED_SAVE;
    }
    if (call.is_qemu()) flags |= VIR_DOMAIN_UNDEFINE_KEEP_NVRAM;
    return act(call, "be undefined", guest->active ? "undefined: it is gone when it ends" : "undefined",
               [&] { return call.library.virDomainUndefineFlags(guest->domain.get(), flags); });
}

Result<Answer> do_autostart(const Call& call) {
    const auto guest = find_guest(call);
    if (!guest) return std::unexpected(guest.error());
    if (!guest->persistent) return fail(ErrorKind::unsupported, "has no definition to start again; define it first");
    const int wanted = call.order().disable ? 0 : 1;
    int now = 0;
    if (call.library.virDomainGetAutostart(guest->domain.get(), &now) < 0) return call.failed("autostart cannot be read");
    const std::string_view done = wanted == 1 ? "starts with the host" : "does not start with the host";
    if (now == wanted) return already(std::string(done));
    return act(call, wanted == 1 ? "be started with the host" : "no longer be started with the host", done,
               [&] { return call.library.virDomainSetAutostart(guest->domain.get(), wanted); });
}

}  // namespace virtscope::libvirt
