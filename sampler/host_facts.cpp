#include "sampler/host_facts.h"

#include <fstream>
#include <sys/utsname.h>

namespace virtscope {

RosterHost read_host_facts(const std::string& proc) {
    RosterHost host;
    utsname names{};
    if (::uname(&names) == 0) {
        host.name = names.nodename;
        host.arch = names.machine;
        host.kernel = names.release;
    }
    std::ifstream boot_id(proc + "/sys/kernel/random/boot_id");
    std::getline(boot_id, host.boot_id);
    return host;
}

}  // namespace virtscope
