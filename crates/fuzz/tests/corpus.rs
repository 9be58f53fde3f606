//! Every input that is kept, once more, without a fuzzer: a fault found once stays found.

use std::fs;
use std::path::Path;

fn replay(target: &str, run: fn(&[u8])) {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for dir in ["seeds", "corpus"].map(|kind| home.join(kind).join(target)) {
        let entries = fs::read_dir(&dir).expect("each target has seeds and a corpus");
        files.extend(entries.map(|entry| entry.expect("it is readable").path()));
    }
    files.sort();
    for file in files {
        println!("{}", file.display());
        run(&fs::read(&file).expect("it is readable"));
    }
}

#[test]
fn push() {
    replay("push", fuzz::push::run);
}

#[test]
fn pull() {
    replay("pull", fuzz::pull::run);
}

#[test]
fn rows() {
    replay("rows", fuzz::rows::run);
}

#[test]
fn csv() {
    replay("csv", fuzz::csv::run);
}

#[test]
fn backup() {
    replay("backup", fuzz::backup::run);
}
