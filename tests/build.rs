//! Tells the tests what this machine can do, such as mounting a disk of their own: those that need it are ignored elsewhere, and
//! counted as skipped.

use std::{fs, path::Path, process::Command};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(may_mount)");
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let held = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    let held = held.and_then(|held| u64::from_str_radix(held.trim(), 16).ok());
    let is_root = held.is_some_and(|held| held & (1 << CAP_SYS_ADMIN) != 0);
    // A container may hold the capability and be refused all the same.
    let has_loop = || {
        Command::new("losetup")
            .arg("--find")
            .output()
            .is_ok_and(|found| found.status.success())
    };
    if is_root && Path::new("/dev/loop-control").exists() && has_loop() {
        println!("cargo::rustc-cfg=may_mount");
    }
    println!("cargo::rustc-check-cfg=cfg(may_analyze_units)");
    let has_analyze = Command::new("systemd-analyze").arg("--version").output();
    if has_analyze.is_ok_and(|asked| asked.status.success()) {
        println!("cargo::rustc-cfg=may_analyze_units");
    }
    println!("cargo::rustc-check-cfg=cfg(may_run_nghttp2)");
    let runs = |program: &str| Command::new(program).arg("--version").output().is_ok();
    if runs("nghttp") && runs("h2load") {
        println!("cargo::rustc-cfg=may_run_nghttp2");
    }
}

/// Of capabilities(7).
const CAP_SYS_ADMIN: u32 = 21;
