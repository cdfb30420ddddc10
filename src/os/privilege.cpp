#include "os/privilege.hpp"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>

namespace os {

std::vector<std::string> missing_capabilities() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> data{};
    syscall(SYS_capget, &header, data.data());
    std::vector<std::string> missing;
    if ((data[0].effective & (1U << CAP_NET_ADMIN)) == 0) {
        missing.emplace_back("CAP_NET_ADMIN");
    }
    if ((data[0].effective & (1U << CAP_NET_RAW)) == 0) {
        missing.emplace_back("CAP_NET_RAW");
    }
    return missing;
}

}  // namespace os
