// A domain's configuration as libxenlight has it, and how C structures that it will free are filled.
#pragma once

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/uuid.h"
#include "drivers/xen/libxl/libxl.h"

namespace virtscope::libxl {

// Owns what it points to.
class Config {
public:
    Config() { libxl_domain_config_init(&config_); }
    Config(Config&& other) noexcept : config_(other.config_) { libxl_domain_config_init(&other.config_); }
    Config& operator=(Config&& other) noexcept;
    ~Config() { libxl_domain_config_dispose(&config_); }

    libxl_domain_config* get() { return &config_; }
    const libxl_domain_config* get() const { return &config_; }
    libxl_domain_config* operator->() { return &config_; }
    const libxl_domain_config* operator->() const { return &config_; }

    std::string name() const { return config_.c_info.name == nullptr ? "" : config_.c_info.name; }
    Uuid uuid() const;

private:
    libxl_domain_config config_{};
};

void set_text(char*& field, std::string_view text);
inline std::string text_of(const char* field) { return field == nullptr ? "" : field; }
void set_uuid(libxl_uuid& field, const Uuid& uuid);
Uuid uuid_of(const libxl_uuid& field);

void make_bitmap(libxl_bitmap& bitmap, unsigned bits);  // all of them 0

// One more at the end of an array of libxenlight's, made by its `init`.
template <class T>
T& append(T*& array, int& count, void (*init)(T*)) {
    T* const grown = static_cast<T*>(std::realloc(array, sizeof(T) * static_cast<std::size_t>(count + 1)));
    if (grown == nullptr) std::abort();
    array = grown;
    init(array + count);
    return array[count++];
}

// Type and size: the parts of a configuration that depend on each other. `maximum` and `now` in KiB.
void set_type(libxl_domain_config& config, libxl_domain_type type);
void set_memory(libxl_domain_config& config, std::uint64_t maximum, std::uint64_t now);
void set_vcpus(libxl_domain_config& config, unsigned maximum, unsigned now);
std::string name_of(libxl_domain_type type);  // "PV"

// What is done when a domain ends, by the key of xl.cfg(5), which is also the element of domain XML, and where it is kept.
struct EndAction {
    const char* name;
    libxl_action_on_shutdown* action;
};
// All of them, set to what xl.cfg(5) says of a configuration without them.
std::array<EndAction, 5> usual_actions(libxl_domain_config& config);

// "rename-restart" and so on, as in xl.cfg. Errors: malformed.
Result<libxl_action_on_shutdown> action_named(std::string_view name);
std::string name_of(libxl_action_on_shutdown action);

// Whether the files that it names are there. Errors: absent, denied.
Result<> check_files(const libxl_domain_config& config);

// Errors: malformed.
Result<Config> config_from_json(libxl_ctx* context, const std::string& json);

}  // namespace virtscope::libxl
