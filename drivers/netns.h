// Network namespaces: how an interface that is not in the agent's own namespace is reached.
//
// A socket belongs for ever to the namespace in which it was made, whoever uses it later. So one is
// made by a thread that lives only for that: the agent itself never leaves its namespace.
#pragma once

#include <cstdint>
#include <string>

#include "core/fd.h"
#include "core/result.h"

namespace virtscope {

// socket(domain, type | SOCK_CLOEXEC, protocol) inside the network namespace that `ns_path` names
// ("/proc/4711/ns/net"). Costs a thread: keep the socket. Errors: absent (process or namespace is
// gone), denied (CAP_SYS_ADMIN is needed), system.
Result<Fd> socket_in_netns(const std::string& ns_path, int domain, int type, int protocol);

// Inode of the network namespace that `ns_path` names, its identity while somebody holds it.
Result<std::uint64_t> netns_inode(const std::string& ns_path);

// Index of the interface `name` in the namespace of `socket`, which may be of any kind. Errors: absent.
Result<int> interface_index(const Fd& socket, const std::string& name);

// The reverse. Errors: absent.
Result<std::string> interface_name(const Fd& socket, int index);

}  // namespace virtscope
