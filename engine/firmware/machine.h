// SPDX-License-Identifier: GPL-3.0-or-later
// The machine as firmware and boot loader hand it to the kernel: everything the boot is computed from, and nothing that
// the kernel derived itself. log_reader.h fills it from a real kernel's log.
//
// Addresses keep the firmware's shape (start and length, possibly hostile): zero lengths, overlaps and wraps are data
// here; the e820 room decides what the kernel does with them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/firmware/memblock_call.h"
#include "engine/profile/kernel_profile.h"
#include "engine/types/units.h"

namespace mm {

inline constexpr unsigned most_cpus = 8192;  ///< CONFIG_NR_CPUS's largest value
inline constexpr unsigned max_nodes = 1024;  ///< MAX_NUMNODES with Debian's NODES_SHIFT

/// enum e820_type, arch/x86/include/asm/e820/types.h.
enum class E820Type : std::uint32_t {
    none = 0,  ///< no entry here (only as an answer to "what is at")
    ram = 1,
    reserved = 2,
    acpi = 3,
    nvs = 4,
    unusable = 5,
    pmem = 7,
    pram = 12,
    soft_reserved = 0xefffffff,
    reserved_kern = 128,
};

/// One firmware entry as struct boot_e820_entry carries it.
struct E820Entry {
    PhysAddr start = 0;
    Bytes size = 0;
    E820Type type = E820Type::ram;
    friend bool operator==(const E820Entry&, const E820Entry&) = default;
};

/// The last byte lies beyond 2^64: __append_e820_table() stops at such an entry.
constexpr bool overflows(const E820Entry& e) {
    return e.size != 0 && e.start + e.size - 1 < e.start;
}

/// How the map was obtained; also the word in the kernel's log.
enum class MapSource : std::uint8_t { bios_e820, bios_e801, bios_88 };

struct EfiMemDesc {
    std::string type;  ///< "Conventional", "Boot Data", as printed
    std::string attributes;
    PhysRange range;
};

/// What the firmware told of its own tables, where the log names it.
struct EfiTables {
    PhysRange memory_map;     ///< the EFI memory map itself (efi=debug)
    PhysAddr attributes = 0;  ///< memory attributes table, "MEMATTR="
    PhysAddr memreserve = 0;  ///< the stub's list of reservations, "MEMRESERVE="
    bool initrd = false;      ///< the stub loaded the initrd, "INITRD="
    PhysRange esrt;           ///< "esrt: Reserving ESRT space"
    friend bool operator==(const EfiTables&, const EfiTables&) = default;
};

/// One ACPI SRAT memory affinity entry; nodes already numbered as the log prints them.
struct SratMemory {
    Nid nid = 0;
    unsigned pxm = 0;
    PhysRange range;
    bool hotplug = false, non_volatile = false;
};

/// One ACPI SRAT processor affinity entry: "SRAT: PXM 0 -> APIC 0x00 -> Node 0".
struct SratCpu {
    unsigned pxm = 0;
    unsigned apic = 0;
    Nid nid = 0;
};

enum class MtrrType : std::uint8_t {
    uncachable = 0,
    write_combining = 1,
    write_through = 4,
    write_protect = 5,
    write_back = 6
};

struct MtrrFixed {
    PhysRange range;
    MtrrType type = MtrrType::uncachable;
};
struct MtrrVariable {
    bool enabled = false;
    PhysAddr base = 0, mask = 0;  ///< as printed: base and mask in bytes
    MtrrType type = MtrrType::uncachable;
};
struct MtrrState {
    bool known = false;  ///< the log printed the MTRRs
    MtrrType default_type = MtrrType::uncachable;
    bool fixed_enabled = false, variable_enabled = false;
    std::vector<MtrrFixed> fixed;
    std::vector<MtrrVariable> variable;
    PhysAddr tom2 = 0;  ///< AMD: RAM from 4 GiB up to here is write-back without an MTRR; 0 none
};

/// The kernel image: sizes from the "Memory:" line (KiB), addresses where kallsyms or iomem give them.
struct KernelImage {
    Bytes code = 0, rwdata = 0, rodata = 0, init = 0, bss = 0;
    PhysAddr text = 0;          ///< _text; 0 unknown: the profile's default
    VirtAddr page_offset = 0;   ///< i386: virtual minus physical address; 0 unknown: the profile's
    PhysAddr end_reserved = 0;  ///< __end_of_kernel_reserve (= __bss_stop); 0 unknown: derived from the sizes
    PhysAddr brk_end = 0;       ///< _brk_end as far as known; 0 unknown
    PhysAddr init_begin = 0, init_end = 0;              ///< __init_begin, __init_end; 0 unknown
    PhysRange res_code, res_rodata, res_data, res_bss;  ///< /proc/iomem's Kernel lines; empty unknown
    VirtAddr virt_text = 0;                             ///< virtual address of _stext (arm64); 0 unknown
    Bytes text_size = 0;                                ///< _etext - _stext (arm64); 0 unknown
};

/// "percpu: Embedded 62 pages/cpu s217088 r8192 d28672 u2097152".
struct PercpuFacts {
    bool known = false;
    Bytes static_size = 217088, reserved_size = 8192, dyn_size = 28672, unit_size = 2097152;
};

/// Words that come back wrong after this pattern was written, as memtest found; the pattern's first byte in memory
/// first.
struct BadMemory {
    std::uint64_t pattern = 0;
    PhysRange range;
    friend bool operator==(const BadMemory&, const BadMemory&) = default;
};

/// A memory node of the device tree (arm64).
struct DeviceTreeMemory {
    Nid nid = 0;
    PhysRange range;
    friend bool operator==(const DeviceTreeMemory&, const DeviceTreeMemory&) = default;
};

struct NamedRange {
    std::string name;
    PhysRange range;
};

/// "e820: update [mem a-b] usable ==> reserved" that firmware quirks caused and nothing here derives; to == none is an
/// "e820: remove".
struct GivenUpdate {
    PhysRange range;
    E820Type from = E820Type::ram, to = E820Type::reserved;
    bool after_memblock = false;  ///< printed when memblock had its memory already (EFI tables): no frame is lost
};

/// "Freeing unused kernel image (initmem) memory: 2824K": what the kernel gave back after memblock was gone.
struct LateFree {
    std::string what;  ///< "unused kernel image (initmem)"
    Bytes size = 0;
};

struct Machine {
    std::string name;  ///< file stem or folder name: "pc-512m"
    Arch arch = Arch::x86_64;
    std::string banner;  ///< the whole "Linux version ..." line
    KernelVersion version;
    std::string command_line;
    bool efi = false;
    std::string efi_line;  ///< "efi: EFI v2.70 by EDK II"; "" for BIOS

    MapSource source = MapSource::bios_e820;
    std::string map_name = "BIOS-e820";  ///< word printed before each entry
    std::vector<E820Entry> map;          ///< in firmware order
    std::vector<EfiMemDesc> efi_map;
    EfiTables efi_tables;
    std::string machine_model;  ///< "linux,dummy-virt": the device tree's name of the board
    std::vector<DeviceTreeMemory> device_tree_memory;
    PhysRange device_tree_blob;         ///< where the boot loader put the flattened device tree; empty unknown
    Bytes device_tree_size = 0;         ///< what unflattening it takes; 0: no device tree
    unsigned dma_bits = 32;             ///< what all devices can address: ZONE_DMA ends there (arm64)
    std::vector<PhysRange> setup_data;  ///< pieces the boot loader's setup_data occupies, in the order of its list
    std::vector<GivenUpdate> given_updates;

    std::optional<PhysRange> ramdisk;
    std::vector<NamedRange> acpi_tables;  ///< "ACPI: Reserving FACP table memory at"
    std::string acpi_maker;               ///< OEM ID of the ACPI root: "BOCHS", "DELL"
    std::vector<PhysRange> mp_table;      ///< what smp_scan_config() reserves
    std::vector<SratMemory> srat_memory;
    std::vector<SratCpu> srat_cpus;
    std::vector<std::vector<unsigned>> slit;  ///< distance[from][to]; empty unknown
    MtrrState mtrr;
    KernelImage image;
    PercpuFacts percpu;
    std::vector<LateFree> late_frees;
    std::vector<BadMemory> bad_memory;
    std::vector<MemblockCall> memblock_calls;  ///< with memblock=debug: what boot code asked memblock for, in order
    unsigned possible_cpus = 1;                ///< nr_cpu_ids
    unsigned hotplug_cpus = 0;                 ///< of them not there at boot
    unsigned nr_cpus_config = 0;               ///< NR_CPUS, 0 unknown
    bool gb_pages = false;                     ///< "Using GB pages for direct mapping"
    bool la57 = false;                         ///< five-level paging
    bool pae = false;                          ///< i386: built with PAE
    bool nx = false;                           ///< the CPU has NX and uses it
    bool slub = false;                         ///< built with CONFIG_SLUB: it says so
    Bytes ramdisk_size = 0;  ///< of the initrd as the boot loader told it; 0 unknown: the RAMDISK line's pages

    unsigned first_log_line = 0, last_log_line = 0;  ///< the boot's lines in the log it was read from, from 1
    std::vector<std::string> notes;  ///< what the reader assumed because the log did not say it, for the user's eyes
};

}  // namespace mm
