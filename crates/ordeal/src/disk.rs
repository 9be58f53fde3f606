//! A client's disk: one file of batches, each with its length and checksum, flushed when the engine says strict. What
//! a killed process left half written at the end of the file was never promised, and is cut off.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use engine::{Batch, Snapshot};

/// The file, open for one process.
#[derive(Debug)]
pub(crate) struct Disk {
    file: File,
    _lock: File,
}

impl Disk {
    /// Opens the disk in this directory, empty or not, and reads all of it.
    ///
    /// # Errors
    /// When the directory cannot be used, or another process uses it.
    pub(crate) fn open(dir: &Path) -> io::Result<(Self, Snapshot)> {
        let lock = File::options().create(true).truncate(false).write(true).open(dir.join("lock"))?;
        lock.try_lock()?;
        let path = dir.join("disk");
        let mut bytes = Vec::new();
        let mut file = File::options().create(true).truncate(false).read(true).write(true).open(&path)?;
        file.read_to_end(&mut bytes)?;
        let (snapshot, whole) = replay(&bytes);
        if whole < bytes.len() {
            file.set_len(whole as u64)?;
            file.sync_all()?;
        }
        drop(file);
        if whole > REWRITE_BYTES {
            rewrite(&path, &snapshot)?;
        }
        let file = File::options().append(true).open(&path)?;
        Ok((Self { file, _lock: lock }, snapshot))
    }

    /// Writes one batch, all or nothing. When this returns, a strict one is on the disk.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub(crate) fn commit(&mut self, batch: &Batch) -> io::Result<()> {
        self.file.write_all(&frame(batch))?;
        if batch.strict { self.file.sync_data() } else { Ok(()) }
    }
}

/// What the frames add up to, and how many bytes of them are whole.
fn replay(bytes: &[u8]) -> (Snapshot, usize) {
    let mut snapshot = Snapshot::default();
    let mut at = 0;
    while let Some((batch, length)) = unframe(&bytes[at..]) {
        apply(&mut snapshot, batch);
        at += length;
    }
    (snapshot, at)
}

fn apply(disk: &mut Snapshot, batch: Batch) {
    if batch.meta.is_some() {
        disk.meta = batch.meta;
    }
    if let Some(upto) = batch.delete_upto {
        disk.log.retain(|(key, _)| *key > upto);
    }
    disk.log.extend(batch.append);
    let put: Vec<u64> = batch.outbox_put.iter().map(|(number, _)| *number).collect();
    disk.outbox.retain(|(number, _)| !batch.outbox_delete.contains(number) && !put.contains(number));
    disk.outbox.extend(batch.outbox_put);
    disk.outbox.sort_by_key(|(number, _)| *number);
}

/// Writes the disk afresh beside the old one and renames it into its place.
fn rewrite(path: &Path, snapshot: &Snapshot) -> io::Result<()> {
    let fresh: PathBuf = path.with_extension("fresh");
    let Snapshot { meta, log, outbox } = snapshot.clone();
    let batch = Batch { meta, append: log, outbox_put: outbox, ..Batch::default() };
    let mut file = File::create(&fresh)?;
    file.write_all(&frame(&batch))?;
    file.sync_all()?;
    fs::rename(&fresh, path)?;
    File::open(path.parent().expect("it is in a directory"))?.sync_all()
}

fn frame(batch: &Batch) -> Vec<u8> {
    // Named one by one, so that a new field of the engine's batch is not forgotten here.
    let Batch { strict: _, meta, append, delete_upto, outbox_put, outbox_delete, draft_delete: _ } = batch;
    let mut body = Vec::new();
    put_rows(&mut body, &meta.iter().map(|row| (0, row)).collect::<Vec<_>>());
    put_rows(&mut body, &append.iter().map(|(key, row)| (*key, row)).collect::<Vec<_>>());
    put_keys(&mut body, &delete_upto.iter().copied().collect::<Vec<_>>());
    put_rows(&mut body, &outbox_put.iter().map(|(key, row)| (*key, row)).collect::<Vec<_>>());
    put_keys(&mut body, outbox_delete);
    let mut frame = Vec::with_capacity(body.len() + HEAD_BYTES);
    frame.extend((body.len() as u64).to_le_bytes());
    frame.extend(checksum(&body).to_le_bytes());
    frame.extend(body);
    frame
}

/// The first batch and its length in bytes, unless it is cut short or was never whole.
fn unframe(bytes: &[u8]) -> Option<(Batch, usize)> {
    let mut rest = bytes;
    let (length, sum) = (take_u64(&mut rest)?, take_u64(&mut rest)?);
    let mut body = rest.get(..usize::try_from(length).ok()?)?;
    if checksum(body) != sum {
        return None;
    }
    let total = HEAD_BYTES + body.len();
    let meta = take_rows(&mut body)?.pop().map(|(_, row)| row);
    let append = take_rows(&mut body)?;
    let delete_upto = take_keys(&mut body)?.pop();
    let outbox_put = take_rows(&mut body)?;
    let outbox_delete = take_keys(&mut body)?;
    Some((Batch { meta, append, delete_upto, outbox_put, outbox_delete, ..Batch::default() }, total))
}

fn put_rows(body: &mut Vec<u8>, rows: &[(u64, &Vec<u8>)]) {
    body.extend((rows.len() as u64).to_le_bytes());
    for (key, row) in rows {
        body.extend(key.to_le_bytes());
        body.extend((row.len() as u64).to_le_bytes());
        body.extend(*row);
    }
}

fn put_keys(body: &mut Vec<u8>, keys: &[u64]) {
    body.extend((keys.len() as u64).to_le_bytes());
    keys.iter().for_each(|key| body.extend(key.to_le_bytes()));
}

fn take_rows(body: &mut &[u8]) -> Option<Vec<(u64, Vec<u8>)>> {
    let count = take_u64(body)?;
    let mut row = || {
        let (key, length) = (take_u64(body)?, take_u64(body)?);
        let (row, rest) = body.split_at_checked(usize::try_from(length).ok()?)?;
        *body = rest;
        Some((key, row.to_vec()))
    };
    (0..count).map(|_| row()).collect()
}

fn take_keys(body: &mut &[u8]) -> Option<Vec<u64>> {
    let count = take_u64(body)?;
    (0..count).map(|_| take_u64(body)).collect()
}

fn take_u64(bytes: &mut &[u8]) -> Option<u64> {
    let (first, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(u64::from_le_bytes(*first))
}

/// FNV-1a, 64 bits (Fowler, Noll, Vo).
fn checksum(bytes: &[u8]) -> u64 {
    let mix = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, mix)
}

const HEAD_BYTES: usize = 16;
/// A disk longer than this is written afresh when it is opened.
const REWRITE_BYTES: usize = 8 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn batches() -> Vec<Batch> {
        let put = |number: u64| Batch {
            strict: true,
            meta: (number == 1).then(|| b"who I am".to_vec()),
            append: vec![(number, vec![number as u8; 300])],
            delete_upto: number.checked_sub(4),
            outbox_put: vec![(number, format!("save {number}").into_bytes())],
            outbox_delete: number.checked_sub(3).into_iter().collect(),
            draft_delete: None,
        };
        (1..=8).map(put).collect()
    }

    #[test]
    fn wherever_a_kill_cuts_the_file_the_batches_before_are_whole_and_the_rest_is_gone() {
        let batches = batches();
        let mut states = vec![(0, Snapshot::default())];
        let mut bytes = Vec::new();
        for batch in &batches {
            bytes.extend(frame(batch));
            let (_, mut snapshot) = states.last().expect("the empty one").clone();
            apply(&mut snapshot, batch.clone());
            states.push((bytes.len(), snapshot));
        }
        for cut in 0..=bytes.len() {
            let (at, expected) = states.iter().rev().find(|(end, _)| *end <= cut).expect("the empty one");
            assert_eq!(replay(&bytes[..cut]), (expected.clone(), *at), "{cut}");
        }
    }

    #[test]
    fn a_disk_that_was_cut_short_is_written_on_and_read_again() {
        let dir = tempfile::tempdir().expect("a directory");
        let (mut disk, empty) = Disk::open(dir.path()).expect("opens");
        assert_eq!(empty, Snapshot::default());
        assert!(Disk::open(dir.path()).is_err(), "one process at a time");
        let batches = batches();
        batches[..3].iter().for_each(|batch| disk.commit(batch).expect("writes"));
        let half = &frame(&batches[3])[..50];
        disk.file.write_all(half).expect("writes");
        drop(disk);
        let (mut disk, _) = Disk::open(dir.path()).expect("opens");
        batches[3..].iter().for_each(|batch| disk.commit(batch).expect("writes"));
        drop(disk);
        let mut expected = Snapshot::default();
        batches.into_iter().for_each(|batch| apply(&mut expected, batch));
        assert_eq!(Disk::open(dir.path()).expect("opens").1, expected);
        rewrite(&dir.path().join("disk"), &expected).expect("writes");
        assert_eq!(Disk::open(dir.path()).expect("opens").1, expected);
    }
}
