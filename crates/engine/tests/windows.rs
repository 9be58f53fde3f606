//! Several windows of one device. After every act the stage asks whether the window that follows shows the same as
//! the one that leads; the scenarios here also let the other one lead.

use engine::{Engine, Reply, Save, Snapshot};
use expect_test::expect;
use protocol::message::PullReply;
use protocol::{ChangeId, DeviceId, Edit, Kind, Op, RecordId, TerritoryId};
use uuid::Uuid;

use crate::script::{check, play};

#[test]
fn a_save_left_by_a_closed_window_is_sent_by_the_other_one() {
    check(
        "save a name=Mercy
         other-leads
         pushed
         status",
        expect![[r#"
            > save a name=Mercy
              commit strict outbox [1] log ""
              show a {"name": "Mercy"} on this phone
              send push from device 1 of (number, id) [(1, 101)]
            > other-leads
              send push from device 1 of (number, id) [(1, 101)]
            > pushed
              commit relaxed outbox [1] log "" meta
              show a {"name": "Mercy"} on the web
            > status
              UpToDate; waiting 0, needs you 0, records 0
        "#]],
    );
}

#[test]
fn saves_of_two_windows_are_numbered_as_one_device() {
    check(
        "save a name=Mercy
         lost
         other-leads
         lost
         save a city=Reno
         other-leads
         save b name=Vista
         pushed",
        expect![[r#"
            > save a name=Mercy
              commit strict outbox [1] log ""
              show a {"name": "Mercy"} on this phone
              send push from device 1 of (number, id) [(1, 101)]
            > lost
              commit relaxed outbox [] log "" meta
            > other-leads
              send push from device 1 of (number, id) [(1, 101)]
            > lost
              commit relaxed outbox [] log "" meta
            > save a city=Reno
              commit strict outbox [2] log ""
              show a {"city": "Reno", "name": "Mercy"} on this phone
              send push from device 1 of (number, id) [(1, 101), (2, 102)]
            > other-leads
              send push from device 1 of (number, id) [(1, 101), (2, 102)]
            > save b name=Vista
              commit strict outbox [3] log ""
              show b {"name": "Vista"} on this phone
            > pushed
              commit relaxed outbox [1, 2] log "" meta
              show a {"city": "Reno", "name": "Mercy"} on the web
              send push from device 1 of (number, id) [(3, 103)]
        "#]],
    );
}

#[test]
fn a_pull_begun_in_one_window_ends_in_the_other() {
    check(
        "sync
         page north a=1 cursor=1 remaining=1
         other-leads
         page north b=1 cursor=2
         status",
        expect![[r#"
            > sync
              send pull after []
            > page north a=1 cursor=1 remaining=1
              commit relaxed outbox [] log "P" meta
              send pull after [1]
            > other-leads
              send pull after [1]
            > page north b=1 cursor=2
              commit strict outbox [] log "PC" meta
              show a {"name": "a 1"} on the web
              show b {"name": "b 1"} on the web
              news Pulled { new: 2, changed: 0, gone: 0 }
            > status
              UpToDate; waiting 0, needs you 0, records 2
        "#]],
    );
}

#[test]
fn a_feed_that_is_read_again_is_read_again_by_the_other_window_too() {
    check(
        "sync
         page north a=1 b=1 cursor=2
         sync
         page north a=2 cursor=3 digest=bad
         page north a=2 cursor=1 remaining=1
         other-leads
         page north b=1 cursor=3
         status",
        expect![[r#"
            > sync
              send pull after []
            > page north a=1 b=1 cursor=2
              commit strict outbox [] log "PC" meta
              show a {"name": "a 1"} on the web
              show b {"name": "b 1"} on the web
              news Pulled { new: 2, changed: 0, gone: 0 }
            > sync
              send pull after [2]
            > page north a=2 cursor=3 digest=bad
              commit relaxed outbox [] log "D"
              send pull after []
            > page north a=2 cursor=1 remaining=1
              commit relaxed outbox [] log "P"
              send pull after [1]
            > other-leads
              send pull after [1]
            > page north b=1 cursor=3
              commit strict outbox [] log "PC" meta
              show a {"name": "a 2"} on the web
              news Pulled { new: 0, changed: 1, gone: 0 }
            > status
              UpToDate; waiting 0, needs you 0, records 2
        "#]],
    );
}

#[test]
fn a_window_opened_in_the_middle_of_a_pull_follows_it() {
    check(
        "save c name=Vista
         pushed
         sync
         page north a=1 cursor=1 remaining=2
         other-opens
         page north b=1 c=1 cursor=3
         other-leads
         status",
        expect![[r#"
            > save c name=Vista
              commit strict outbox [1] log ""
              show c {"name": "Vista"} on this phone
              send push from device 1 of (number, id) [(1, 101)]
            > pushed
              commit relaxed outbox [1] log "" meta
              show c {"name": "Vista"} on the web
            > sync
              send pull after []
            > page north a=1 cursor=1 remaining=2
              commit relaxed outbox [] log "P"
              send pull after [1]
            > other-opens
            > page north b=1 c=1 cursor=3
              commit strict outbox [] log "PC" meta
              show a {"name": "a 1"} on the web
              show b {"name": "b 1"} on the web
              show c {"name": "c 1"} on the web
              news Pulled { new: 3, changed: 0, gone: 0 }
            > other-leads
              send pulse
            > status
              UpToDate; waiting 0, needs you 0, records 3
        "#]],
    );
}

#[test]
fn a_restored_server_and_an_ended_session_are_known_to_both() {
    play(
        "sync
         page north a=1 cursor=1
         save a city=Reno
         refused
         save b name=Vista
         epoch 2
         other-leads
         signed-out
         save c name=Oak
         other-leads
         lost
         signed-in
         pushed
         sync
         page north a=1 b=1 c=1 cursor=3
         pulse north=9
         status",
    );
}

/// The last page of a pull that the rep asked for could not be committed, because another window was faster: it is
/// asked for once more, and not forgotten.
#[test]
fn a_pull_whose_last_page_comes_too_late_goes_on() {
    check(
        "sync
         too-late
         page north a=1 cursor=1
         page north a=1 cursor=1
         status",
        expect![[r#"
            > sync
              send pull after []
            > too-late
            > page north a=1 cursor=1
              send pull after []
            > page north a=1 cursor=1
              commit strict outbox [] log "PC" meta
              show a {"name": "a 1"} on the web
              news Pulled { new: 1, changed: 0, gone: 0 }
            > status
              UpToDate; waiting 0, needs you 0, records 1
        "#]],
    );
}

/// A window that missed commits reads the disk, and what it knew before does not count against that: the server was
/// restored meanwhile, and the feeds are read from the start.
#[test]
fn a_window_that_missed_a_restored_server_reads_all_of_it() {
    check(
        "sync
         page north a=1 b=1 cursor=2
         other-remembers
         save a city=Reno
         epoch 2
         other-reads
         other-leads
         pushed
         sync",
        expect![[r#"
            > sync
              send pull after []
            > page north a=1 b=1 cursor=2
              commit strict outbox [] log "PC" meta
              show a {"name": "a 1"} on the web
              show b {"name": "b 1"} on the web
              news Pulled { new: 2, changed: 0, gone: 0 }
            > other-remembers
            > save a city=Reno
              commit strict outbox [1] log ""
              show a {"city": "Reno", "name": "a 1"} on this phone
              send push from device 1 of (number, id) [(1, 101)] 1 on base [1]
            > epoch 2
              commit strict outbox [1] log "" meta forgets [1]
              show a {"city": "Reno", "name": "a 1"} on this phone
              send push from device 9 of (number, id) [(1, 101)] 1 on base [1]
            > other-reads
            > other-leads
              send push from device 9 of (number, id) [(1, 101)] 1 on base [1]
            > pushed
              commit relaxed outbox [1] log ""
              show a {"city": "Reno", "name": "a 1"} on the web
            > sync
              send pull after []
        "#]],
    );
}

/// A restored server is read anew once: what this device writes down meanwhile does not send the other window back to
/// the start.
#[test]
fn a_restored_server_is_read_on_by_the_other_window_where_the_first_one_came() {
    check(
        "sync
         page north a=1 b=1 cursor=2
         save a city=Reno
         epoch 2
         pushed
         sync
         page north a=1 cursor=1 remaining=1
         lost
         other-leads
         page north b=1 cursor=2",
        expect![[r#"
            > sync
              send pull after []
            > page north a=1 b=1 cursor=2
              commit strict outbox [] log "PC" meta
              show a {"name": "a 1"} on the web
              show b {"name": "b 1"} on the web
              news Pulled { new: 2, changed: 0, gone: 0 }
            > save a city=Reno
              commit strict outbox [1] log ""
              show a {"city": "Reno", "name": "a 1"} on this phone
              send push from device 1 of (number, id) [(1, 101)] 1 on base [1]
            > epoch 2
              commit strict outbox [1] log "" meta forgets [1]
              show a {"city": "Reno", "name": "a 1"} on this phone
              send push from device 9 of (number, id) [(1, 101)] 1 on base [1]
            > pushed
              commit relaxed outbox [1] log ""
              show a {"city": "Reno", "name": "a 1"} on the web
            > sync
              send pull after []
            > page north a=1 cursor=1 remaining=1
              commit relaxed outbox [] log "P"
              send pull after [1]
            > lost
              commit relaxed outbox [] log "" meta
            > other-leads
              send pull after [1]
            > page north b=1 cursor=2
              commit strict outbox [] log "PC" meta
              show a {"name": "a 1"} on the web
              news Pulled { new: 0, changed: 0, gone: 0 }
        "#]],
    );
}

#[test]
fn both_show_the_same_when_the_log_is_written_afresh() {
    let pulls: String = (2..300).map(|n| format!("sync\npage north a={n} cursor={n}\n")).collect();
    let out = play(&format!("sync\npage north a=1 b=1 cursor=1\nsave b city=Reno\nrefused\n{pulls}"));
    assert!(out.contains(" afresh meta"), "the log was written afresh in between");
}

/// Two windows may lead for a moment, and the answer to one of them be late: what it tells is older than what the other
/// one has committed since.
#[test]
fn an_answer_to_a_pull_asked_for_before_another_window_committed_is_not_shown() {
    let open = || Engine::open(Snapshot::default(), DeviceId(Uuid::from_u128(1)), 7, 0).expect("it opens").0;
    let (mut this, mut other) = (open(), open());
    this.lead(0);
    let asked = this.sync_now(0).send.expect("a pull").token;
    let edits = vec![Edit {
        id: RecordId(Uuid::from_u128(5)),
        kind: Kind::Account,
        op: Op::Create(TerritoryId::new("north")),
        base: 0,
        set: [("name".to_owned(), Some("Vista".to_owned()))].into(),
    }];
    let save = Save { id: ChangeId(Uuid::from_u128(9)), edits, settles: Vec::new(), draft: None };
    this.on_batch(&other.save(save, 1).commit.expect("a row")).expect("our own rows read");
    let reply = PullReply::new(1, 2, Vec::new(), 0);
    let wire = serde_json::to_vec(&reply).expect("a page is JSON");
    let step = this.on_reply(asked, Ok(Reply::Pull(reply, wire)), DeviceId(Uuid::from_u128(3)), 2);
    assert_eq!((step.news, this.status().pulled_at), (None, None));
}
