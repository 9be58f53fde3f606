//! Stamps: whether something that was built is still what its sources would give.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::house::House;

/// What was built, from what.
#[derive(Debug)]
pub(crate) struct Stamp {
    file: PathBuf,
    inputs: String,
    outputs: Vec<PathBuf>,
}

impl Stamp {
    /// Reads the inputs as they are now. Inputs are files or directories, named from the checkout.
    pub(crate) fn take(house: &House, name: &str, inputs: &[&str], outputs: Vec<PathBuf>) -> Result<Self> {
        let checkout = hex(&Sha256::digest(house.root.as_os_str().as_encoded_bytes()), 16);
        let dir = house.cache.join("stamps").join(checkout);
        fs::create_dir_all(&dir)?;
        Ok(Self { file: dir.join(name), inputs: hash_inputs(&house.root, inputs)?, outputs })
    }

    /// Whether the outputs are there, untouched since they were built from these very inputs.
    pub(crate) fn is_fresh(&self) -> bool {
        let Some(now) = self.text() else { return false };
        fs::read_to_string(&self.file).is_ok_and(|then| then == now)
    }

    /// Remembers that the outputs were built from the inputs.
    pub(crate) fn write(&self) -> Result<()> {
        let text = self.text().context("the build succeeded but did not leave its files")?;
        fs::write(&self.file, text).with_context(|| format!("cannot write {}", self.file.display()))
    }

    /// The outputs count by size and time: two checkouts may share one target directory.
    fn text(&self) -> Option<String> {
        let mut text = self.inputs.clone();
        for path in &self.outputs {
            let about = fs::metadata(path).ok()?;
            let time = about.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
            text.push_str(&format!("\n{} {} {}", path.display(), about.len(), time.as_nanos()));
        }
        Some(text)
    }
}

/// One hash over names and contents of all files under the named inputs. What is absent counts as absent.
pub(crate) fn hash_inputs(root: &Path, inputs: &[&str]) -> Result<String> {
    let mut files = Vec::new();
    for input in inputs {
        gather(&root.join(input), &mut files)?;
    }
    files.sort();
    let mut hash = Sha256::new();
    for path in files {
        let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let name = path.strip_prefix(root).unwrap_or(&path);
        hash.update(name.as_os_str().as_encoded_bytes());
        hash.update([0]);
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    }
    Ok(hex(&hash.finalize(), 64))
}

/// All files below a path, leaving out what is built or hidden.
pub(crate) fn gather(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_file() {
        files.push(path.to_owned());
        return Ok(());
    }
    if !path.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(path).with_context(|| format!("cannot read {}", path.display()))? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let is_built = ["target", "dist", "node_modules"].contains(&name.as_ref());
        if !is_built && !name.starts_with('.') {
            gather(&entry.path(), files)?;
        }
    }
    Ok(())
}

/// The first `length` hexadecimal digits of some bytes.
pub(crate) fn hex(bytes: &[u8], length: usize) -> String {
    let mut text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    text.truncate(length);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> House {
        let root = std::env::temp_dir().join(format!("satchel-stamp-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(root.join("src/deep")).expect("the temporary directory is writable");
        fs::write(root.join("src/deep/a.rs"), "one").expect("the temporary directory is writable");
        House { cache: root.join("cache"), target: root.join("target"), root }
    }

    fn take(house: &House) -> Stamp {
        Stamp::take(house, "app", &["src", "absent.toml"], vec![house.root.join("out")])
            .expect("the inputs are readable")
    }

    #[test]
    fn a_stamp_is_fresh_until_an_input_or_an_output_changes() {
        let house = scratch("fresh");
        assert!(!take(&house).is_fresh(), "nothing was built yet");
        fs::write(house.root.join("out"), "built").unwrap();
        assert!(!take(&house).is_fresh(), "built, but not by us");
        take(&house).write().unwrap();
        assert!(take(&house).is_fresh());

        fs::write(house.root.join("src/deep/a.rs"), "two").unwrap();
        assert!(!take(&house).is_fresh(), "a source changed");
        fs::write(house.root.join("src/deep/a.rs"), "one").unwrap();
        assert!(take(&house).is_fresh(), "contents count, not times");

        fs::write(house.root.join("src/b.rs"), "").unwrap();
        assert!(!take(&house).is_fresh(), "an empty new file counts");
        fs::remove_file(house.root.join("src/b.rs")).unwrap();

        fs::write(house.root.join("out"), "built by another checkout").unwrap();
        assert!(!take(&house).is_fresh(), "the output was replaced");
        fs::remove_dir_all(&house.root).unwrap();
    }

    #[test]
    fn a_stamp_cannot_be_written_for_what_was_not_built() {
        let house = scratch("absent");
        assert!(take(&house).write().is_err());
        fs::remove_dir_all(&house.root).unwrap();
    }

    #[test]
    fn moving_a_byte_from_one_file_to_the_next_changes_the_hash() {
        let house = scratch("border");
        fs::write(house.root.join("src/x"), "ab").unwrap();
        fs::write(house.root.join("src/y"), "c").unwrap();
        let before = hash_inputs(&house.root, &["src"]).unwrap();
        fs::write(house.root.join("src/x"), "a").unwrap();
        fs::write(house.root.join("src/y"), "bc").unwrap();
        assert_ne!(before, hash_inputs(&house.root, &["src"]).unwrap());
        fs::remove_dir_all(&house.root).unwrap();
    }
}
