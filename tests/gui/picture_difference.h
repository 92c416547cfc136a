// SPDX-License-Identifier: GPL-3.0-or-later
// How far two pictures are from one another, by what an eye notices: blocks of pixels are compared by their mean
// colour, so that a letter's edge drawn otherwise counts for little and a swatch of another colour for much.
#pragma once

#include <QImage>
#include <algorithm>
#include <array>
#include <cmath>

namespace mm::gui {

inline constexpr int differenceBlock = 8;       ///< pixels, a side
inline constexpr double differenceSeen = 24;    ///< of 255: from here on a block looks different
inline constexpr double differentShare = 0.01;  ///< of blocks: from here on it is another picture

inline std::array<double, 3> meanColour(const QImage& picture, int left, int top) {
    std::array<double, 3> sum{};
    const int right = std::min(left + differenceBlock, picture.width());
    const int bottom = std::min(top + differenceBlock, picture.height());
    for (int y = top; y < bottom; ++y)
        for (int x = left; x < right; ++x) {
            const QRgb pixel = picture.pixel(x, y);
            sum[0] += qRed(pixel);
            sum[1] += qGreen(pixel);
            sum[2] += qBlue(pixel);
        }
    for (double& channel : sum)
        channel /= (right - left) * (bottom - top);
    return sum;
}

/// The share of blocks that look different, 0 to 1; 1 where the sizes differ.
inline double pictureDifference(const QImage& a, const QImage& b) {
    if (a.size() != b.size() || a.isNull()) return 1;
    int blocks = 0, different = 0;
    for (int y = 0; y < a.height(); y += differenceBlock)
        for (int x = 0; x < a.width(); x += differenceBlock, ++blocks) {
            const auto one = meanColour(a, x, y), other = meanColour(b, x, y);
            double most = 0;
            for (std::size_t i = 0; i < one.size(); ++i)
                most = std::max(most, std::abs(one[i] - other[i]));
            different += most >= differenceSeen;
        }
    return static_cast<double>(different) / blocks;
}

}  // namespace mm::gui
