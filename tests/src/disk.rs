//! A disk of a test's own, a file system in a file: its power can be cut, and it can be full. Only root may mount one.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

pub struct Disk {
    image: PathBuf,
    place: PathBuf,
    /// Last, so that it goes when nothing is mounted in it.
    _dir: TempDir,
}

impl Disk {
    pub fn mount(megabytes: u64) -> Result<Self> {
        let dir = TempDir::with_prefix("pharos-disk-")?;
        let (image, place) = (dir.path().join("image"), dir.path().join("disk"));
        fs::create_dir(&place)?;
        File::create(&image)?.set_len(megabytes << 20)?;
        run(Command::new(in_sbin("mkfs.ext4")).arg("-q").arg(&image))?;
        let disk = Self {
            image,
            place,
            _dir: dir,
        };
        disk.attach()?;
        Ok(disk)
    }

    pub fn path(&self) -> &Path {
        &self.place
    }

    /// From here on nothing reaches the disk, what was written and not synced neither.
    pub fn cut_power(&self) -> Result<()> {
        // Without `-f`, which would write the journal before.
        let mut shutdown = Command::new(in_sbin("xfs_io"));
        run(shutdown.args(["-x", "-c", "shutdown"]).arg(&self.place))
    }

    /// As the disk is found when the power is back. Nothing may have a file open on it.
    pub fn restore_power(&self) -> Result<()> {
        run(Command::new("umount").arg(&self.place))?;
        self.attach()
    }

    /// Takes all room that is left, until the file is removed.
    pub fn fill(&self) -> Result<PathBuf> {
        let filler = self.place.join("filler");
        let mut file = File::create(&filler)?;
        for bytes in [1 << 20, 1 << 12, 1] {
            while file.write(&vec![0; bytes]).is_ok_and(|written| written > 0) {}
        }
        file.sync_all()?;
        Ok(filler)
    }

    fn attach(&self) -> Result<()> {
        let mut mount = Command::new("mount");
        run(mount.args(["-o", "loop"]).arg(&self.image).arg(&self.place))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.place).status();
    }
}

/// Debian keeps them where not everyone's PATH leads.
fn in_sbin(program: &str) -> PathBuf {
    let path = Path::new("/usr/sbin").join(program);
    if path.exists() { path } else { program.into() }
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.output();
    let output =
        output.with_context(|| format!("{command:?} does not run; `cargo xtask test` installs what it needs"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?}: {said}");
    Ok(())
}
