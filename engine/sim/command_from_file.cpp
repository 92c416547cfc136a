// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/command_from_file.h"

#include <filesystem>
#include <fstream>
#include <string>

#include "engine/sim/command_words.h"

namespace mm {
namespace {

constexpr std::uintmax_t largest_program = 1U << 30;

Outcome<Program> program_of(const std::string& path) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error))
        return Error{"there is no such file here; expected a program of this machine", path};
    const auto size = std::filesystem::file_size(path, error);
    if (error || size == 0 || size > largest_program)
        return Error{"empty, or more than 1 GiB; expected a program of this machine", path};
    std::string bytes(size, '\0');
    std::ifstream in(path, std::ios::binary);
    if (!in.read(bytes.data(), static_cast<std::streamsize>(size))) return Error{"cannot be read", path};
    return read_elf(path, bytes);
}

}  // namespace

Outcome<Command> command_typed(std::string_view text) {
    const auto words = split_words(text, " \t");
    const bool spawn = !words.empty() && words[0] == "spawn_elf";
    if (!spawn && (words.empty() || words[0] != "execve_elf")) return parse_command(text);
    const std::size_t at = spawn ? 1 : 2;
    const auto pid = spawn || words.size() < 3 ? std::optional<std::uint64_t>(0) : number(words[1]);
    CommandFields f;
    if (words.size() <= at || !pid || *pid >= (1U << 22) || !f.read(words, at + 1, {CommandFields::cpu}))
        return Error{"read \"" + std::string(text) +
                     "\"; expected spawn_elf PATH cpu N or execve_elf PID PATH cpu N, of a program of this machine"};
    std::error_code error;
    const std::string path = std::filesystem::absolute(std::string(words[at]), error).lexically_normal().string();
    auto program = program_of(path);
    if (!program) return program.error();
    const auto done = [&](const Command& command) -> Outcome<Command> {
        const auto again = parse_command(to_text(command));  // as a session keeps it
        if (!again || *again != command) return Error{"its headers cannot be put into a command", path};
        return command;
    };
    if (spawn) return done(Spawn{path, {}, std::move(*program), f.cpu_number()});
    return done(Execve{static_cast<Pid>(*pid), path, {}, std::move(*program), f.cpu_number()});
}

}  // namespace mm
