// What several -c ask for: which of them are one host, and what each is called.
//
//   /PATH, ./PATH, ../PATH, file:///PATH    a ring or a recording
//   kvm:///, qemu:///system, lxc:///, …     this machine, all of them together
//   qemu+ssh://HOST/system, …               another machine
//   LABEL=ANY                               a host of its own, called LABEL
#pragma once

#include <string>
#include <vector>

namespace virtscope::top {

struct WantedHost {
    std::string label{};              // given; else empty
    std::string name{};               // until its own name is known: "h7", "ring", "this host"; printable
    std::string path{};               // of a ring or recording; else empty
    std::vector<std::string> uris{};  // of what is sampled; else empty
    bool is_elsewhere = false;        // on another machine
};

// In the order in which they were named first. Whether a URI is one at all, whoever opens it says.
std::vector<WantedHost> wanted_hosts(const std::vector<std::string>& connections);

}  // namespace virtscope::top
