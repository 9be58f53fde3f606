//! The import laws: which room must never name what, and why.

use super::source::Source;
use Name::{Crate, Room, Word};

/// A law for all files whose names begin in one of some ways.
struct Law {
    rooms: &'static [&'static str],
    never: &'static [Name],
    why: &'static str,
}

/// Something a room must not name.
enum Name {
    /// A word, wherever it stands in code.
    Word(&'static str),
    /// A crate: the first word of a path.
    Crate(&'static str),
    /// A room of the same crate, however it is reached.
    Room(&'static str),
}

/// One sentence for each place where the file breaks a law.
pub(super) fn broken_by(source: &Source) -> Vec<String> {
    let mut complaints = Vec::new();
    for law in LAWS.iter().filter(|law| law.rooms.iter().any(|room| is_in(&source.name, room))) {
        for name in law.never {
            for line in places(source, name) {
                let word = name.word();
                let complaint = format!("{}:{line} names `{word}`: {}.", source.name, law.why);
                if !complaints.contains(&complaint) {
                    complaints.push(complaint);
                }
            }
        }
    }
    complaints
}

/// `src/store` is both `src/store.rs` and what is below `src/store/`.
fn is_in(file: &str, room: &str) -> bool {
    file.strip_prefix(room).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

fn places(source: &Source, name: &Name) -> Vec<usize> {
    match name {
        Word(word) => source.words().filter(|(_, found)| found == word).map(|(line, _)| line).collect(),
        Crate(word) => {
            let paths = source.paths();
            paths
                .iter()
                .filter(|path| path.words.first().is_some_and(|first| first == word))
                .map(|path| path.line)
                .collect()
        }
        Room(word) => {
            let own = modules_of(&source.name);
            let paths = source.paths();
            let named = paths.iter().filter(|path| room_of(&own, &path.words) == Some(*word));
            named.map(|path| path.line).collect()
        }
    }
}

/// The modules a file stands for: `src/local/schema.rs` is `local`, `schema`.
fn modules_of(file: &str) -> Vec<&str> {
    let below = file.rsplit_once("src/").map_or(file, |(_, below)| below);
    let modules = below.trim_end_matches(".rs").split('/');
    modules.filter(|module| !["lib", "main", "mod"].contains(module)).collect()
}

/// The room that a path of this crate leads to. `super` in a module inside the file may reach less far than
/// is thought here, never further.
fn room_of<'a>(own: &[&'a str], words: &'a [String]) -> Option<&'a str> {
    let above = words.iter().take_while(|word| *word == "super").count();
    let from = match words.first()?.as_str() {
        "crate" => return words.get(1).map(String::as_str),
        "super" => own.len().saturating_sub(above),
        _ => return None,
    };
    let named = words[above..].iter().map(String::as_str);
    own[..from].iter().copied().chain(named).next()
}

impl Name {
    fn word(&self) -> &'static str {
        match self {
            Self::Word(word) | Self::Crate(word) | Self::Room(word) => word,
        }
    }
}

const LAWS: [Law; 12] = [
    Law {
        rooms: &["crates/protocol/src", "crates/engine/src", "crates/view/src"],
        never: &[
            Crate("web_sys"),
            Crate("js_sys"),
            Crate("wasm_bindgen"),
            Crate("leptos"),
            Crate("tokio"),
            Word("async"),
            Word("await"),
        ],
        why: "protocol, engine and view are pure: no browser, no runtime, no async",
    },
    Law {
        rooms: &["crates/protocol/src", "crates/engine/src", "crates/view/src"],
        never: &[Word("SystemTime"), Word("Instant"), Word("UNIX_EPOCH"), Crate("chrono"), Crate("web_time")],
        why: "protocol, engine and view have no clock: the time comes in as an argument",
    },
    Law {
        rooms: &["crates/protocol/src", "crates/engine/src", "crates/view/src"],
        never: &[
            Word("now_v7"),
            Word("new_v4"),
            Word("thread_rng"),
            Word("RandomState"),
            Crate("rand"),
            Crate("getrandom"),
            Crate("fastrand"),
        ],
        why: "protocol, engine and view have no randomness: ids come in as arguments",
    },
    Law {
        rooms: &["crates/protocol/src", "crates/engine/src", "crates/view/src"],
        never: &[Word("HashMap"), Word("HashSet")],
        why: "its order differs from run to run; use a BTreeMap or a BTreeSet",
    },
    Law {
        rooms: &["crates/server/src"],
        never: &[Crate("engine"), Crate("leptos"), Crate("web_sys")],
        why: "the server knows the protocol and nothing of the client",
    },
    Law {
        rooms: &["crates/server/src/ledger"],
        never: &[Crate("axum"), Crate("http")],
        why: "the ledger's rules know nothing of HTTP, so that the simulator can run them",
    },
    Law {
        rooms: &["src/ui"],
        never: &[
            Room("driver"),
            Room("local"),
            Room("remote"),
            Room("device"),
            Crate("gloo_net"),
            Crate("indexed_db_futures"),
        ],
        why: "the ui reads signals and calls verbs of the store, and knows nothing below it",
    },
    Law {
        rooms: &["src/ui/components"],
        never: &[Room("store"), Word("use_context")],
        why: "components take values and callbacks, so that each can stand alone",
    },
    Law {
        rooms: &["src/local"],
        never: &[Room("ui"), Room("store"), Room("driver"), Room("remote"), Room("device")],
        why: EDGES,
    },
    Law {
        rooms: &["src/remote"],
        never: &[Room("ui"), Room("store"), Room("driver"), Room("local"), Room("device")],
        why: EDGES,
    },
    Law {
        rooms: &["src/device"],
        never: &[Room("ui"), Room("store"), Room("driver"), Room("local"), Room("remote")],
        why: EDGES,
    },
    Law {
        rooms: &["crates/xtask/src"],
        never: &[
            Crate("protocol"),
            Crate("engine"),
            Crate("server"),
            Crate("satchel"),
            Crate("satchel_server"),
        ],
        why: "the tasks depend on nothing of ours",
    },
];

const EDGES: &str = "the edges know nobody in the client, nor each other";

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(name: &str, text: &str) -> usize {
        broken_by(&Source::read(name, text)).len()
    }

    #[test]
    fn the_pure_rooms_name_no_clock_no_chance_and_no_async() {
        let text = "use std::collections::{BTreeMap, HashMap};\nasync fn f() { std::time::Instant::now() }";
        assert_eq!(broken("crates/engine/src/outbox.rs", text), 3);
        assert_eq!(broken("crates/sim/src/main.rs", text), 0);
        assert_eq!(
            broken("crates/engine/src/outbox.rs", "//! Not async, no HashMap.\nlet m = \"Instant\";"),
            0
        );
    }

    #[test]
    fn the_sentence_names_the_place_and_the_law() {
        let said = broken_by(&Source::read("src/ui/pages/home.rs", "\nuse crate::driver::Driver;"));
        let expected = "src/ui/pages/home.rs:2 names `driver`: the ui reads signals and calls verbs of the store, \
                        and knows nothing below it.";
        assert_eq!(said, [expected]);
    }

    #[test]
    fn a_room_is_found_through_crate_and_super_and_not_through_a_like_name() {
        assert_eq!(broken("src/ui/pages/home.rs", "use super::super::super::remote::push;"), 1);
        assert_eq!(broken("src/ui/pages/home.rs", "use super::device::x; let local = 1; local.device();"), 0);
        assert_eq!(broken("src/local/schema.rs", "use super::store; use crate::local::open;"), 0);
        assert_eq!(broken("src/local/schema.rs", "crate::store::publish()"), 1);
        assert_eq!(broken("src/ui/components/row.rs", "use crate::store::Store; use_context::<u8>();"), 2);
    }

    #[test]
    fn a_module_of_another_crate_is_not_our_crate_of_the_same_name() {
        assert_eq!(broken("crates/server/src/auth.rs", "use base64::engine::general_purpose;"), 0);
        assert_eq!(broken("crates/server/src/auth.rs", "use engine::Engine;"), 1);
        assert_eq!(broken("crates/server/src/ledger/sqlite.rs", "use axum::Json;"), 1);
        assert_eq!(broken("crates/server/src/ledgers.rs", "use axum::Json;"), 0);
    }
}
