#include <cstddef>
#include <cstdint>
#include <string>

#include "fuzz/config_reading.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::check_reading("understudy.toml", std::string(data, data + size), "password");
    return 0;
}
