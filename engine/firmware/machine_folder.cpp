// SPDX-License-Identifier: GPL-3.0-or-later
// read_machine(): a log file, or a folder with a log and what was saved beside it.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "engine/firmware/log_reader.h"
#include "engine/firmware/machine_config.h"
#include "engine/firmware/machine_files.h"

namespace mm {
namespace {

namespace fs = std::filesystem;

constexpr Bytes max_side_file_bytes = 16 * MiB;
constexpr unsigned max_nodes = 1024;

Outcome<std::string> read_file(const fs::path& path, Bytes limit) {
    std::error_code error;
    if (fs::is_directory(path, error)) return Error{"a folder; expected a file", path.string(), 0};
    std::ifstream in(path, std::ios::binary);
    if (!in) return Error{"the file cannot be opened; expected a readable kernel log", path.string(), 0};
    std::string text;
    // Pipes and /proc files have no size: read until the end or one byte beyond the limit.
    for (char block[1 << 16]; in.read(block, sizeof block), in.gcount() > 0;) {
        text.append(block, static_cast<std::size_t>(in.gcount()));
        if (text.size() > limit)
            return Error{fmt::format("larger than {} MiB; expected a kernel's log", limit / MiB), path.string(), 0};
    }
    return text;
}

/// "" where the file is missing or unusable: these files only add to the log.
std::string side_file(const fs::path& path) {
    std::error_code error;
    if (!fs::is_regular_file(path, error)) return {};
    auto text = read_file(path, max_side_file_bytes);
    return text ? std::move(*text) : std::string();
}

std::vector<std::vector<unsigned>> read_slit(const fs::path& folder, Machine& machine) {
    std::vector<std::vector<unsigned>> slit;
    while (slit.size() < max_nodes) {
        auto row = parse_distances(side_file(folder / fmt::format("node_{}_distance.txt", slit.size())));
        if (row.empty()) break;
        slit.push_back(std::move(row));
    }
    for (const auto& row : slit)
        if (row.size() != slit.size()) {
            machine.notes.push_back("The distances between the nodes are incomplete and left out.");
            return {};
        }
    return slit;
}

Outcome<Machine> read_folder(const fs::path& folder) {
    const auto log = folder / "dmesg.txt";
    std::error_code error;
    if (!fs::exists(log, error))
        return Error{"a folder without dmesg.txt; expected a kernel's log, or a folder with one in dmesg.txt",
                     folder.string(), 0};
    auto text = read_file(log, max_log_bytes);
    if (!text) return text.error();
    auto machine = read_log(*text, fs::weakly_canonical(folder, error).filename().string(), log.string());
    if (!machine) return machine;
    parse_iomem(side_file(folder / "proc_iomem.txt"), *machine);
    parse_symbols(side_file(folder / "kallsyms_sections.txt"), *machine);
    machine->slit = read_slit(folder, *machine);
    if (const auto json = side_file(folder / "config.json"); !json.empty()) {
        const auto config = parse_machine_config(json);
        if (!config) machine->notes.push_back("config.json is no JSON object and left out.");
        if (config && config->arch) machine->arch = *config->arch;
    }
    return machine;
}

}  // namespace

Outcome<Machine> read_machine(const std::string& path) {
    std::error_code error;
    if (!fs::exists(path, error))
        return Error{"no such file or folder; expected a kernel's log, or a folder with dmesg.txt", path, 0};
    if (fs::is_directory(path, error)) return read_folder(path);
    auto text = read_file(path, max_log_bytes);
    if (!text) return text.error();
    return read_log(*text, fs::path(path).stem().string(), path);
}

}  // namespace mm
