#include "net/kernel_answer.hpp"

#include <libmnl/libmnl.h>

#include <cstddef>

namespace net {

namespace {

int take_explanation(const nlattr* attribute, void* explanation) {
    if (mnl_attr_get_type(attribute) == NLMSGERR_ATTR_MSG &&
        mnl_attr_validate(attribute, MNL_TYPE_NUL_STRING) == 0) {
        *static_cast<std::string*>(explanation) = mnl_attr_get_str(attribute);
    }
    return MNL_CB_OK;
}

}  // namespace

std::optional<KernelAnswer> decode_kernel_answer(const nlmsghdr& message) {
    if (message.nlmsg_type != NLMSG_ERROR ||
        mnl_nlmsg_get_payload_len(&message) < sizeof(nlmsgerr)) {
        return std::nullopt;
    }
    const auto& body = *static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(&message));
    KernelAnswer answer{.sequence = message.nlmsg_seq, .code = -body.error};
    if (answer.code != 0 && (message.nlmsg_flags & NLM_F_ACK_TLVS) != 0) {
        // Unless the answer is capped, our message stands between the error and its attributes.
        const bool is_capped = (message.nlmsg_flags & NLM_F_CAPPED) != 0;
        const std::size_t repeated = is_capped ? 0 : body.msg.nlmsg_len - sizeof body.msg;
        mnl_attr_parse(&message, static_cast<unsigned>(sizeof body + MNL_ALIGN(repeated)),
                       take_explanation, &answer.explanation);
    }
    return answer;
}

}  // namespace net
