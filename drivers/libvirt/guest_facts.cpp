#include "drivers/libvirt/guest_facts.h"

#include <algorithm>

#include "core/text.h"

namespace virtscope::libvirt {

GuestFacts::GuestFacts(std::span<const virTypedParameter> params) {
    for (const virTypedParameter& param : params) {
        if (param.type == VIR_TYPED_PARAM_STRING && param.value.s != nullptr) texts_[param.field] = printable(param.value.s);
        if (param.type == VIR_TYPED_PARAM_UINT) numbers_[param.field] = param.value.ui;
        if (param.type == VIR_TYPED_PARAM_ULLONG) numbers_[param.field] = param.value.ul;
    }
}

unsigned GuestFacts::count(const std::string& list) const {
    return static_cast<unsigned>(std::min<std::uint64_t>(number(list + ".count").value_or(0), most));
}

std::string GuestFacts::text(const std::string& name) const {
    const auto found = texts_.find(name);
    return found != texts_.end() ? found->second : std::string();
}

std::optional<std::uint64_t> GuestFacts::number(const std::string& name) const {
    const auto found = numbers_.find(name);
    return found != numbers_.end() ? std::optional(found->second) : std::nullopt;
}

}  // namespace virtscope::libvirt
