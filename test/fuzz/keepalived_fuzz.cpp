#include <cstddef>
#include <cstdint>
#include <string>

#include "fuzz/config_reading.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::check_reading("keepalived.conf", std::string(data, data + size), "auth_pass");
    return 0;
}
