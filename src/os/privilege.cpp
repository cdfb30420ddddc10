#include "os/privilege.hpp"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>

namespace os {

bool has_capability(unsigned number) {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> data{};
    syscall(SYS_capget, &header, data.data());
    return (data[number / 32].effective & (1U << number % 32)) != 0;
}

std::vector<std::string> missing_capabilities() {
    std::vector<std::string> missing;
    if (!has_capability(CAP_NET_ADMIN)) {
        missing.emplace_back("CAP_NET_ADMIN");
    }
    if (!has_capability(CAP_NET_RAW)) {
        missing.emplace_back("CAP_NET_RAW");
    }
    return missing;
}

}  // namespace os
