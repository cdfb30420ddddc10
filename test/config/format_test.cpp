#include "config/format.hpp"
#include "catch2.hpp"

using config::Format;
using config::format_of;

TEST_CASE("a name that ends in .toml says TOML", "[config]") {
    CHECK(format_of("a.toml", "global_defs {\n}\n") == Format::toml);
    CHECK(format_of("/etc/x.toml", "") == Format::toml);
}

TEST_CASE("a text that begins as TOML is TOML whatever its name", "[config]") {
    for (const char* text : {"[router.a]\n", "# x\n\n  [check.a]", "a = 1", "a=1", "a.b = 1",
                             "a = { b = 1 }", "# nothing else\n", "router.a={}"}) {
        INFO(text);
        CHECK(format_of("understudy.conf", text) == Format::toml);
    }
}

TEST_CASE("a text that begins otherwise is a keepalived.conf whatever its name", "[config]") {
    for (const char* text :
         {"global_defs {", "! Configuration File\n\nglobal_defs\n{\n", "vrrp_instance VI_1 {",
          "# = [\nvrrp_script a { script \"x = y\" }", "include x.conf", "$A=1\n",
          "@host global_defs {", "vrrp_instance a{b = c}", "words"}) {
        INFO(text);
        CHECK(format_of("x", text) == Format::keepalived);
        CHECK(format_of("understudy.conf", text) == Format::keepalived);
    }
}

TEST_CASE("a keepalived.conf is known by its first block", "[config]") {
    CHECK(config::begins_as_keepalived("! x\nglobal_defs {\n"));
    CHECK(config::begins_as_keepalived("vrrp_instance VI_1 {"));
    CHECK_FALSE(config::begins_as_keepalived("interface \"eth0\"\n"));
    CHECK_FALSE(config::begins_as_keepalived(""));
}
