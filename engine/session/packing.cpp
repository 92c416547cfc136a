// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/session/packing.h"

#include <zstd.h>

#include <memory>

#include "engine/types/units.h"

namespace mm {
namespace {

constexpr unsigned long long largest = 1 * GiB;

}  // namespace

std::string pack(std::string_view text) {
    const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(), &ZSTD_freeCCtx);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, 3);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
    std::string packed(ZSTD_compressBound(text.size()), '\0');
    const std::size_t size = ZSTD_compress2(context.get(), packed.data(), packed.size(), text.data(), text.size());
    packed.resize(ZSTD_isError(size) ? 0 : size);
    return packed;
}

std::optional<std::string> unpack(std::string_view packed) {
    const unsigned long long size = ZSTD_getFrameContentSize(packed.data(), packed.size());
    if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > largest) return std::nullopt;
    // A damaged frame may claim any size: no more memory than it could possibly fill.
    if (size > packed.size() * 100000ull + 65536) return std::nullopt;
    std::string text(static_cast<std::size_t>(size), '\0');
    const std::size_t got = ZSTD_decompress(text.data(), text.size(), packed.data(), packed.size());
    if (ZSTD_isError(got) || got != text.size()) return std::nullopt;
    return text;
}

}  // namespace mm
