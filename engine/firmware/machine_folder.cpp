// SPDX-License-Identifier: GPL-3.0-or-later
// read_capture(), read_machine(): a log file, or a folder with a log and what was saved beside it.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "engine/firmware/capture_files.h"
#include "engine/firmware/log_reader.h"
#include "engine/firmware/machine_config.h"
#include "engine/firmware/machine_files.h"

namespace mm {
namespace {

namespace fs = std::filesystem;

constexpr Bytes max_side_file_bytes = 16 * MiB;

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

/// node_0_distance.txt, node_1_distance.txt ... as far as there are any.
std::vector<std::string> distance_files(const fs::path& folder) {
    std::vector<std::string> texts;
    while (texts.size() < max_nodes) {
        auto text = side_file(folder / fmt::format("node_{}_distance.txt", texts.size()));
        if (text.empty()) break;
        texts.push_back(std::move(text));
    }
    return texts;
}

std::vector<std::vector<unsigned>> read_slit(const std::vector<std::string>& texts, Machine& machine) {
    std::vector<std::vector<unsigned>> slit;
    for (const auto& text : texts) {
        auto row = parse_distances(text);
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

Outcome<CaptureFiles> read_folder(const fs::path& folder) {
    const auto log = folder / "dmesg.txt";
    std::error_code error;
    if (!fs::exists(log, error))
        return Error{"a folder without dmesg.txt; expected a kernel's log, or a folder with one in dmesg.txt",
                     folder.string(), 0};
    auto text = read_file(log, max_log_bytes);
    if (!text) return text.error();
    return CaptureFiles{.name = fs::weakly_canonical(folder, error).filename().string(),
                        .log_file = log.string(),
                        .log = std::move(*text),
                        .iomem = side_file(folder / "proc_iomem.txt"),
                        .symbols = side_file(folder / "kallsyms_sections.txt"),
                        .config = side_file(folder / "config.json"),
                        .zoneinfo = side_file(folder / "proc_zoneinfo.txt"),
                        .mtrr = side_file(folder / "proc_mtrr.txt"),
                        .slabinfo = side_file(folder / "proc_slabinfo.txt"),
                        .distances = distance_files(folder)};
}

}  // namespace

Outcome<CaptureFiles> read_capture(const std::string& path) {
    std::error_code error;
    if (!fs::exists(path, error))
        return Error{"no such file or folder; expected a kernel's log, or a folder with dmesg.txt", path, 0};
    if (fs::is_directory(path, error)) return read_folder(path);
    auto text = read_file(path, max_log_bytes);
    if (!text) return text.error();
    CaptureFiles files;
    files.name = fs::path(path).stem().string();
    files.log_file = path;
    files.log = std::move(*text);
    return files;
}

Outcome<Machine> read_machine(const CaptureFiles& files) {
    const auto config = parse_machine_config(files.config);
    auto machine = read_log(files.log, files.name, files.log_file, config.value_or(MachineConfig()));
    if (!machine) return machine;
    if (!files.config.empty() && !config) machine->notes.push_back("config.json is no JSON object and left out.");
    if (config && config->arch) machine->arch = *config->arch;
    machine->pae = machine->pae && machine->arch == Arch::i386;
    if (config) machine->ramdisk_size = config->initrd_bytes;
    if (config && config->page_offset && machine->arch == Arch::i386) machine->image.page_offset = config->page_offset;
    parse_iomem(files.iomem, *machine);
    parse_symbols(files.symbols, *machine);
    parse_proc_mtrr(files.mtrr, *machine);
    machine->slit = read_slit(files.distances, *machine);
    return machine;
}

Outcome<Machine> read_machine(const std::string& path) {
    const auto files = read_capture(path);
    if (!files) return files.error();
    return read_machine(*files);
}

}  // namespace mm
