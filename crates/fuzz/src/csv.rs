//! Bytes as a file of accounts: every row is taken or refused by its line, and the same file once more changes
//! nothing.

use protocol::TerritoryId;
use server::import::{ImportError, Map, Summary, Target, accounts, unpacked};

use crate::world::World;

/// A first line `--map …` gives the map, as the command line does; the rest is the file.
pub fn run(bytes: &[u8]) {
    let (map, file) = parts(bytes);
    let Ok(file) = unpacked(file.to_vec()) else { return };
    let mut world = World::new();
    let (organisation, territory) = (world.org, TerritoryId::new("north"));
    let target = Target { organisation, territory, map, states: Vec::new() };
    let first = match accounts(&mut world.ledger, &file, &target, world.now) {
        Ok(summary) => summary,
        Err(ImportError::File(sentence)) => return assert!(sentence.ends_with('.'), "{sentence}"),
        Err(ImportError::Ledger(error)) => panic!("the ledger failed: {error}"),
    };
    let lines = 1 + file.iter().filter(|byte| **byte == b'\n').count() as u64;
    for (line, reason) in &first.refused {
        assert!((1..=lines).contains(line) && !reason.is_empty(), "line {line} of {lines}: {reason}");
    }
    world.assert_true();
    let state = world.state();
    let again = accounts(&mut world.ledger, &file, &target, world.now + 1).expect("it was read before");
    let unchanged = first.new + first.changed + first.unchanged;
    assert_eq!(again, Summary { unchanged, refused: first.refused, ..Summary::default() });
    assert_eq!(world.state(), state);
}

fn parts(bytes: &[u8]) -> (Option<Map>, &[u8]) {
    let Some(rest) = bytes.strip_prefix(b"--map ") else { return (None, bytes) };
    let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    let text = String::from_utf8_lossy(&rest[..end]);
    match Map::parse(&text) {
        Ok(map) => (Some(map), rest.get(end + 1..).unwrap_or_default()),
        Err(sentence) => {
            assert!(sentence.ends_with('.'), "{sentence}");
            (None, bytes)
        }
    }
}
