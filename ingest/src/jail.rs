//! The cell that the reading child locks itself into before it looks at untrusted bytes (invariant 7).
//!
//! Three walls: rlimits (memory, time, no file writing), landlock (only the model folders can be opened) and seccomp (only the
//! system calls that reading needs; no sockets, no programs, no processes). What is given up can never be taken back.

use landlock::{
    ABI, Access, AccessFs, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetStatus,
    Scope, path_beneath_rules,
};
use nix::libc;
use nix::sys::resource::{Resource, UsageWho, getrusage, setrlimit};
use nix::sys::signal::kill;
use nix::unistd::{getpid, getppid};
use seccompiler::{
    SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule, TargetArch,
};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Address space of a child. The dearest honest page (A3 in colour at 600 dpi, the pixel budget) was measured at 750 MiB, an ordinary
/// one at 200 MiB.
const MEMORY_BYTES_MAX: u64 = 2 << 30;
/// CPU seconds for one page: sixty times an ordinary page.
const CPU_SECONDS_PER_PAGE: u64 = 60;
/// CPU seconds before the first page: loading models and opening the file.
const CPU_SECONDS_TO_OPEN: u64 = 30;
/// Open files: pipes, the model, fonts.
const OPEN_FILES_MAX: u64 = 64;
/// Fonts that pdfium falls back to when a PDF does not carry its own.
const FONT_DIRS: &[&str] = &["/usr/share/fonts", "/usr/local/share/fonts"];

/// Locks this process in for good. `readable`: folders that stay readable. `page_count`: pages that may be read.
///
/// # Errors
/// A sentence that names the wall which could not be raised; nothing untrusted may be parsed then.
pub(crate) fn lock(readable: &[PathBuf], page_count: usize) -> Result<(), String> {
    limit_resources(page_count).map_err(|error| format!("rlimits: {error}"))?;
    limit_files(readable).map_err(|error| format!("landlock: {error}"))?;
    limit_system_calls().map_err(|error| format!("seccomp: {error}"))
}

/// Gives the next page its full share of CPU time, whatever the pages before it used.
pub(crate) fn arm_page_clock() {
    let Ok(usage) = getrusage(UsageWho::RUSAGE_SELF) else { return };
    let used = (usage.user_time().tv_sec() + usage.system_time().tv_sec()) as u64;
    let hard = nix::sys::resource::getrlimit(Resource::RLIMIT_CPU).map_or(u64::MAX, |(_, hard)| hard);
    // Failing to raise the soft limit only makes the page end sooner.
    let _ = setrlimit(Resource::RLIMIT_CPU, (used + CPU_SECONDS_PER_PAGE).min(hard), hard);
}

/// What a locked process can still do although it should not; empty is good. Call it after [`lock`].
pub(crate) fn leaks() -> Vec<String> {
    let mut leaks = Vec::new();
    if std::fs::read("/etc/passwd").is_ok() {
        leaks.push("can read /etc/passwd".into());
    }
    if std::net::TcpListener::bind("127.0.0.1:0").is_ok() {
        leaks.push("can open sockets".into());
    }
    if kill(getppid(), None).is_ok() {
        leaks.push("can signal other processes".into());
    }
    if std::process::Command::new("/bin/true").spawn().is_ok() {
        leaks.push("can start programs".into());
    }
    if std::fs::write(std::env::temp_dir().join(format!("motlan-probe-{}", std::process::id())), b"x").is_ok()
    {
        leaks.push("can write files".into());
    }
    leaks
}

fn limit_resources(page_count: usize) -> nix::Result<()> {
    let cpu_seconds_hard = CPU_SECONDS_TO_OPEN + CPU_SECONDS_PER_PAGE * (page_count as u64 + 1);
    setrlimit(Resource::RLIMIT_CORE, 0, 0)?;
    setrlimit(Resource::RLIMIT_FSIZE, 0, 0)?;
    setrlimit(Resource::RLIMIT_NOFILE, OPEN_FILES_MAX, OPEN_FILES_MAX)?;
    setrlimit(Resource::RLIMIT_AS, MEMORY_BYTES_MAX, MEMORY_BYTES_MAX)?;
    setrlimit(Resource::RLIMIT_CPU, CPU_SECONDS_TO_OPEN + CPU_SECONDS_PER_PAGE, cpu_seconds_hard)
}

fn limit_files(readable: &[PathBuf]) -> Result<(), String> {
    // ABI 1 (Linux 5.13) is what files need; newer walls are raised where the kernel has them.
    let abi = ABI::V6;
    let folders = readable.iter().cloned().chain(FONT_DIRS.iter().map(PathBuf::from));
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(ABI::V1))
        .and_then(|ruleset| {
            ruleset.set_compatibility(CompatLevel::BestEffort).handle_access(AccessFs::from_all(abi))
        })
        .and_then(|ruleset| ruleset.scope(Scope::from_all(abi)))
        .and_then(Ruleset::create)
        .and_then(|ruleset| ruleset.add_rules(path_beneath_rules(folders, AccessFs::from_read(abi))))
        .and_then(|ruleset| ruleset.restrict_self())
        .map_err(|error| error.to_string())?;
    match status.ruleset {
        RulesetStatus::NotEnforced => Err("the kernel does not enforce it".into()),
        RulesetStatus::FullyEnforced | RulesetStatus::PartiallyEnforced => Ok(()),
    }
}

fn limit_system_calls() -> Result<(), String> {
    let arch: TargetArch = std::env::consts::ARCH.try_into().map_err(|_| "unknown processor".to_string())?;
    let rules = allowed_system_calls().map_err(|error| error.to_string())?;
    // Refused calls answer EPERM instead of killing: a library that only asks (uname, ioctl on a pipe) goes on.
    let refused = SeccompAction::Errno(nix::errno::Errno::EPERM as u32);
    let filter =
        SeccompFilter::new(rules, refused, SeccompAction::Allow, arch).map_err(|error| error.to_string())?;
    let program: seccompiler::BpfProgram = filter.try_into().map_err(|error| format!("{error:?}"))?;
    seccompiler::apply_filter(&program).map_err(|error| error.to_string())
}

/// Every allowed call; some of them only about this process itself, for they could harm others of the same user.
fn allowed_system_calls() -> Result<BTreeMap<i64, Vec<SeccompRule>>, seccompiler::BackendError> {
    let only = |argument: u8, values: &[u64]| {
        let equals = |value: &u64| {
            let condition =
                SeccompCondition::new(argument, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, *value)?;
            SeccompRule::new(vec![condition])
        };
        values.iter().map(equals).collect::<Result<Vec<_>, _>>()
    };
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        ALLOWED_SYSTEM_CALLS.iter().map(|call| (*call, Vec::new())).collect();
    // Raising its own signal is how a process aborts.
    rules.insert(libc::SYS_tgkill, only(0, &[getpid().as_raw() as u64])?);
    // 0 is this process.
    rules.insert(libc::SYS_prlimit64, only(0, &[0])?);
    // Asking about a descriptor, not having its signals sent elsewhere.
    let asking = [libc::F_GETFD, libc::F_SETFD, libc::F_GETFL].map(|command| command as u64);
    rules.insert(libc::SYS_fcntl, only(1, &asking)?);
    Ok(rules)
}

/// Reading a page needs memory, the pipes, the model files and the clock; nothing else, but see [`allowed_system_calls`].
const ALLOWED_SYSTEM_CALLS: &[i64] = &[
    // memory
    libc::SYS_brk,
    libc::SYS_mmap,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_mprotect,
    libc::SYS_madvise,
    // pipes and files that landlock lets be opened
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_pread64,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_openat,
    libc::SYS_close,
    libc::SYS_lseek,
    libc::SYS_fstat,
    libc::SYS_newfstatat,
    libc::SYS_statx,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_readlinkat,
    libc::SYS_getdents64,
    libc::SYS_getcwd,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_open,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_stat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_lstat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_access,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_readlink,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_poll,
    libc::SYS_ppoll,
    // own limits, identity and time
    libc::SYS_getrusage,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_getuid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getegid,
    libc::SYS_uname,
    libc::SYS_sysinfo,
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    libc::SYS_gettimeofday,
    libc::SYS_times,
    libc::SYS_getrandom,
    // one thread, its signals and its end
    libc::SYS_futex,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_set_robust_list,
    libc::SYS_rseq,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_restart_syscall,
    libc::SYS_exit,
    libc::SYS_exit_group,
];
