#include "cli/convert.hpp"
#include "cli/diagnostics.hpp"

#include "cli/print.hpp"
#include "cli/secret_file.hpp"
#include "config/conversion.hpp"
#include "config/file_content.hpp"
#include "config/text.hpp"
#include "config/values.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string_view>

namespace cli {

namespace {

using config::LineClass;

/// The file and the host that an argument names.
config::ConversionInput to_input(const std::string& argument, const std::string& usual_host) {
    const std::size_t sign = argument.find('=');
    const std::string name = argument.substr(0, sign);
    if (sign != std::string::npos && config::to_name("host", name)) {
        return {name, argument.substr(sign + 1), ""};
    }
    const std::string stem = std::filesystem::path(argument).stem().string();
    return {usual_host.empty() ? stem : usual_host, argument, ""};
}

std::optional<std::vector<config::ConversionInput>> load_inputs(const ConvertWish& wish) {
    std::vector<config::ConversionInput> inputs;
    std::map<std::string, std::string> hosts;
    bool is_good = true;
    for (const std::string& argument : wish.files) {
        config::ConversionInput input = to_input(argument, wish.is_merge ? "" : wish.host);
        auto content = config::load_content(input.path, config::max_text_size);
        if (!content) {
            print_error(fmt::format("{}: error: the file cannot be read: {}\n", input.path,
                                    content.error()));
            is_good = false;
            continue;
        }
        const auto [first, is_new] = hosts.try_emplace(input.host, input.path);
        if (!is_new) {
            print_error(
                fmt::format("{}: error: {} is for host {} too\n  help: name the hosts: "
                            "lb-master={} lb-backup={}\n",
                            input.path, first->second, input.host, first->second, input.path));
            is_good = false;
        }
        input.text = std::move(content->text);
        inputs.push_back(std::move(input));
    }
    return is_good ? std::optional(std::move(inputs)) : std::nullopt;
}

/// A line for each line of the file that says something, and how many there are of each class.
std::string to_text(const config::ConversionReport& report) {
    std::string text;
    std::array<std::size_t, 4> counts{};
    for (const config::ConvertedLine& line : report.lines) {
        ++counts.at(static_cast<std::size_t>(line.line_class));
        std::string more = line.reason;
        if (more.empty() && !line.key.empty() && line.key != config::probe_key) {
            more = line.key;
        }
        text +=
            fmt::format("{}:{}: {}: {}{}\n", report.path, line.line, config::printable(line.word),
                        config::to_text(line.line_class), more.empty() ? "" : ": " + more);
    }
    text += fmt::format("{}: {} lines: ", report.path, report.lines.size());
    for (std::size_t index = 0; index < counts.size(); ++index) {
        text += fmt::format("{}{} {}", index == 0 ? "" : ", ", counts.at(index),
                            config::to_text(static_cast<LineClass>(index)));
    }
    return text + '\n';
}

bool write_result(const ConvertWish& wish, const std::string& text) {
    if (wish.output.empty()) {
        return print_out(text);
    }
    const auto written = write_secret_file(wish.output, text, wish.may_replace);
    if (!written) {
        print_error(fmt::format("{}: error: {}\n", wish.output, written.error()));
    }
    return written.has_value();
}

}  // namespace

int convert(const ConvertWish& wish) {
    if (!wish.is_merge && wish.files.size() > 1) {
        print_error(
            "error: one file at a time\n  help: --merge makes one file of those of several "
            "hosts\n");
        return 1;
    }
    const auto inputs = load_inputs(wish);
    if (!inputs) {
        return 1;
    }
    const config::Conversion conversion =
        wish.is_merge ? config::convert_merged(*inputs) : config::convert(inputs->front());
    print_diagnostics(conversion.diagnostics);
    for (const config::ConversionReport& report : conversion.reports) {
        if (!wish.is_quiet) {
            print_error(to_text(report));
        }
    }
    if (config::has_errors(conversion.diagnostics)) {
        return 1;
    }
    return write_result(wish, conversion.text) ? 0 : 1;
}

}  // namespace cli
