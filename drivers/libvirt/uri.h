// What a URI of libvirt's says about where the guests run.
#pragma once

#include <string>
#include <string_view>

namespace virtscope::libvirt {

// The scheme's prefix that says that the URI is libvirt's, taken away: "test:///default" of "libvirt+test:///default".
std::string_view without_prefix(std::string_view uri);

// The machine that is meant, as the URI has it: "h7" of "qemu+ssh://root@h7:22/system", "test" of libvirt's own mock,
// whose guests run nowhere. Empty: this machine, also through another socket of it.
std::string_view machine_in(std::string_view uri);

// The URI with ssh told to ask nothing: it would ask on a terminal that shows something else, from a thread that nobody
// answers. Keys and known hosts have to be there. A URI that says itself whether ssh may ask is left alone.
std::string never_asking(std::string_view uri);

}  // namespace virtscope::libvirt
