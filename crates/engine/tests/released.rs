//! Disks that released versions of the app have written, kept for ever: each must open, and nothing on it be lost.
//!
//! `released/format-N.txt` is what the last version with that row format wrote. It is never edited; a new format
//! gets a new file.

mod script;

use expect_test::{expect, expect_file};
use protocol::schema::SCHEMA;
use script::{check_disk, disk_after};

/// Some of everything: pulled pages, half a pull, and a save in each of the states that a save can be in.
const LIFE: &str = "sync
    page north a=1 b=1 cursor=2
    save a name=Mercy city=Elko
    pushed
    save b phone=1
    outcomes 2=denied
    save b phone=2
    outcomes 3=held
    save a city=Reno
    outcomes 4=merged
    save a owner=Ben
    outcomes 5=parked
    save d name=Undone
    outcomes 6=denied
    decide 6 done
    outcomes 7=accepted
    save e name=Asked
    outcomes 8=denied
    decide 8 ask
    outcomes 9=accepted
    sync
    page north f=1 cursor=3 remaining=1
    lost
    save c name=Waiting
    lost";

#[test]
fn this_version_writes_the_format_it_says() {
    // The catalogue of fields grows without another format of rows.
    let written = disk_after(LIFE).replace(&format!("\"schema\":{SCHEMA}"), "\"schema\":1");
    expect_file!["released/format-2.txt"].assert_eq(&written);
}

#[test]
fn a_disk_of_each_format_opens_and_nothing_on_it_is_lost() {
    for disk in [include_str!("released/format-1.txt"), include_str!("released/format-2.txt")] {
        check_disk(
            disk,
            "status",
            expect![[r#"
            > restart
              commit relaxed outbox [] log "D" meta
              show a {"city": "Reno", "name": "a 1", "owner": "Ben"} needs you
              show b {"name": "b 1", "phone": "2"} needs you
              show c {"name": "Waiting"} on this phone
              show e {"name": "Asked"} needs you
            > status
              WaitingForSignal(1); waiting 1, needs you 4, records 2
              city: Some("mine") replaced Some("theirs") by Ana
              asked about 8
        "#]],
        );
    }
}
