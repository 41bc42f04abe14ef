// Every collector there is; a new one is a line here.
#include "collectors/collector.h"
#include "collectors/host.h"
#include "collectors/net.h"
#include "collectors/nodes.h"
#include "collectors/process.h"

namespace virtscope {

std::vector<std::unique_ptr<Collector>> all_collectors(const KernelRoots& roots) {
    std::vector<std::unique_ptr<Collector>> collectors;
    collectors.push_back(std::make_unique<HostCollector>(roots));
    collectors.push_back(std::make_unique<NodeCollector>(roots));
    collectors.push_back(std::make_unique<ProcessCollector>(roots));
    collectors.push_back(std::make_unique<NetCollector>());
    return collectors;
}

}  // namespace virtscope
