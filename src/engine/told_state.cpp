#include "engine/told_state.hpp"

#include "os/fd.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <string_view>

namespace engine {

bool ToldState::is(Standing standing) const {
    const os::Fd file(open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    std::array<char, 32> text{};
    const ssize_t size = file.is_open() ? read(file.get(), text.data(), text.size()) : 0;
    return size > 0 &&
           std::string_view(text.data(), static_cast<std::size_t>(size)) == to_text(standing);
}

/// Where it can't be written, the worst is that a daemon that resumes tells it once more.
void ToldState::note(Standing standing) const {
    const os::Fd file(
        open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    const std::string_view text = to_text(standing);
    if (!file.is_open() ||
        write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
        clear();
    }
}

void ToldState::clear() const {
    unlink(path_.c_str());
}

}  // namespace engine
