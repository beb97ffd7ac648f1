//! Peak memory.

/// The most memory that this process has held, in KiB, as the kernel counts it; 0 where it does not say.
pub fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().strip_suffix(" kB"))
        .and_then(|n| n.trim().parse().ok())
        .unwrap_or(0)
}
