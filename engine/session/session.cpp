// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/session/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace mm {
namespace {

namespace fs = std::filesystem;

struct Named {
    const char* name;
    std::string CaptureFiles::*text;
};
constexpr Named texts[]{
    {"dmesg.txt", &CaptureFiles::log},
    {"proc_iomem.txt", &CaptureFiles::iomem},
    {"kallsyms_sections.txt", &CaptureFiles::symbols},
    {"config.json", &CaptureFiles::config},
    {"proc_zoneinfo.txt", &CaptureFiles::zoneinfo},
    {"proc_mtrr.txt", &CaptureFiles::mtrr},
};

}  // namespace

std::vector<SessionFile> session_files(const CaptureFiles& capture) {
    std::vector<SessionFile> files;
    for (const Named& n : texts)
        if (!(capture.*n.text).empty()) files.push_back({n.name, capture.*n.text});
    for (std::size_t node = 0; node < capture.distances.size(); ++node)
        files.push_back({fmt::format("node_{}_distance.txt", node), capture.distances[node]});
    return files;
}

CaptureFiles capture_of(const Session& session) {
    CaptureFiles capture;
    capture.name = session.name;
    capture.log_file = session.source;
    for (const SessionFile& file : session.files) {
        for (const Named& n : texts)
            if (file.name == n.name) capture.*n.text = file.contents;
        if (file.name == fmt::format("node_{}_distance.txt", capture.distances.size()))
            capture.distances.push_back(file.contents);
    }
    return capture;
}

Outcome<std::vector<SessionFile>> folder_files(const std::string& folder) {
    std::vector<SessionFile> files;
    std::error_code error;
    for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        if (!it->is_regular_file(error)) continue;
        std::ifstream in(it->path(), std::ios::binary);
        std::ostringstream text;
        text << in.rdbuf();
        if (!in) return Error{"the file could not be read", it->path().string()};
        files.push_back({it->path().lexically_relative(folder).generic_string(), text.str()});
    }
    if (error) return Error{"the folder could not be read: " + error.message(), folder};
    std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return files;
}

}  // namespace mm
