//! A small disk of a story's own: an ext4 file system in a file. Mounting one is root's right; elsewhere the stories that need it say so,
//! loudly, and are left out.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use super::support::*;

/// How often a disk is copied until nothing was written to it meanwhile.
const COPIES_MAX: u32 = 100;

/// A mounted disk; unmounted when dropped.
pub(crate) struct Disk {
    image: PathBuf,
    /// The folder in which its files stand.
    pub(crate) folder: PathBuf,
}

impl Disk {
    /// A new disk of this size, mounted on the folder `data` of a story's own; none: nothing may be mounted here, and what it was for is
    /// left out.
    pub(crate) fn new(what: &str, folder: &Path, mib: u64) -> Option<Disk> {
        let (image, data) = (folder.join("disk"), folder.join("data"));
        let file = File::create(&image).expect("the folder of the story can be written");
        file.set_len(mib << 20).expect("a file may have holes");
        // No blocks set aside for root, who runs this.
        let made = did(Command::new("mkfs.ext4").args(["-q", "-F", "-m", "0"]).arg(&image));
        let disk = if made { Disk::mount(&image, &data) } else { None };
        if disk.is_none() {
            leave_out(what, "this user may not mount a disk");
        }
        disk
    }

    fn mount(image: &Path, folder: &Path) -> Option<Disk> {
        std::fs::create_dir(folder).expect("the folder of the story can be written");
        let mounted = did(Command::new("mount").args(["-o", "loop"]).arg(image).arg(folder));
        mounted.then(|| Disk { image: image.to_owned(), folder: folder.to_owned() })
    }

    /// Everything that was written to it is on it.
    pub(crate) fn sync(&self) {
        assert!(did(Command::new("sync").arg("-f").arg(&self.folder)), "the disk works");
    }

    /// What would be on it if the power went off now, as a disk of its own: what the file system has handed down, and nothing that it still
    /// holds in memory. Whoever writes stands still meanwhile.
    pub(crate) fn as_after_a_power_cut(&self, image: &Path, folder: &Path) -> Disk {
        for _ in 0..COPIES_MAX {
            let before = self.writes();
            let copied = did(Command::new("cp").arg("--sparse=always").arg(&self.image).arg(image));
            assert!(copied, "there is room for a copy");
            if self.writes() == before {
                return Disk::mount(image, folder).expect("the first disk was mounted too");
            }
            thread::sleep(Duration::from_millis(20));
        }
        panic!("somebody writes to {} without a pause", self.image.display());
    }

    /// The writes that its device has counted, and those under way.
    fn writes(&self) -> String {
        let printed = succeed(
            Command::new("losetup").args(["--noheadings", "--output", "NAME", "-j"]).arg(&self.image),
        );
        let name = printed.trim().trim_start_matches("/dev/").to_owned();
        let counts =
            std::fs::read_to_string(format!("/sys/block/{name}/stat")).expect("Linux counts for each device");
        counts.split_whitespace().skip(4).take(5).collect::<Vec<_>>().join(" ")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // A story that failed may leave a process on it for a moment.
        let _ = did(Command::new("umount").arg("--lazy").arg(&self.folder));
    }
}

fn did(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}
