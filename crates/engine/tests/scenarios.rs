//! What the engine does, told as scripts: one line an act, and after it what came out, in the order of the step.
//! `UPDATE_EXPECT=1 cargo test -p engine` writes the expectations anew; read the difference before believing it.

mod script;
mod windows;

use expect_test::expect;
use script::{check, check_disk, disk_after};

#[test]
fn a_save_is_durable_then_visible_then_sent() {
    check(
        "save a name=Mercy city=Reno
         pushed
         status",
        expect![[r#"
            > save a name=Mercy city=Reno
              commit strict outbox [1] log ""
              show a {"city": "Reno", "name": "Mercy"} on this phone
              send push from device 1 of (number, id) [(1, 101)]
            > pushed
              commit relaxed outbox [1] log "" meta
              show a {"city": "Reno", "name": "Mercy"} on the web
            > status
              UpToDate; waiting 0, needs you 0, records 0
        "#]],
    );
}

#[test]
fn a_save_made_offline_leaves_on_reconnect() {
    check(
        "save a name=Mercy
         lost
         status
         save a city=Elko
         lost
         hint
         pushed
         status",
        expect![[r#"
            > save a name=Mercy
              commit strict outbox [1] log ""
              show a {"name": "Mercy"} on this phone
              send push from device 1 of (number, id) [(1, 101)]
            > lost
              commit relaxed outbox [] log "" meta
            > status
              WaitingForSignal(1); waiting 1, needs you 0, records 0
            > save a city=Elko
              commit strict outbox [2] log ""
              show a {"city": "Elko", "name": "Mercy"} on this phone
              send push from device 1 of (number, id) [(1, 101), (2, 102)]
            > lost
              commit relaxed outbox [] log "" meta
            > hint
              send push from device 1 of (number, id) [(1, 101), (2, 102)]
            > pushed
              commit relaxed outbox [1, 2] log "" meta
              show a {"city": "Elko", "name": "Mercy"} on the web
            > status
              UpToDate; waiting 0, needs you 0, records 0
        "#]],
    );
}

#[test]
fn a_lost_answer_is_asked_for_again_with_the_same_change() {
    check(
        "save a name=Mercy
         lost
         wake
         pushed
         late-answer
         status",
        expect![[r#"
            > save a name=Mercy
              commit strict outbox [1] log ""
              show a {"name": "Mercy"} on this phone
              send push from device 1 of (number, id) [(1, 101)]
            > lost
              commit relaxed outbox [] log "" meta
            > wake
              send push from device 1 of (number, id) [(1, 101)]
            > pushed
              commit relaxed outbox [1] log "" meta
              show a {"name": "Mercy"} on the web
            > late-answer
            > status
              UpToDate; waiting 0, needs you 0, records 0
        "#]],
    );
}

#[test]
fn a_pull_is_shown_once_and_whole() {
    check(
        "sync
         page north a=1 cursor=1 remaining=1
         page north b=1 cursor=2
         status",
        expect![[r#"
            > sync
              send pull after []
            > page north a=1 cursor=1 remaining=1
              commit relaxed outbox [] log "P" meta
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
fn an_interrupted_pull_goes_on_where_it_was() {
    check(
        "sync
         page north a=1 cursor=1 remaining=1
         restart
         status
         pulse north=2
         sync
         page north b=1 cursor=2",
        expect![[r#"
            > sync
              send pull after []
            > page north a=1 cursor=1 remaining=1
              commit relaxed outbox [] log "P" meta
              send pull after [1]
            > restart
              send pulse
            > status
              UpToDate; waiting 0, needs you 0, records 0
            > pulse north=2
            > sync
              send pull after [1]
            > page north b=1 cursor=2
              commit strict outbox [] log "PC" meta
              show a {"name": "a 1"} on the web
              show b {"name": "b 1"} on the web
              news Pulled { new: 2, changed: 0, gone: 0 }
        "#]],
    );
}

#[test]
fn nothing_pulls_unless_the_rep_asks() {
    check(
        "pulse north=7
         status
         hint
         pulse north=9
         wake
         status",
        expect![[r#"
            > pulse north=7
              send pulse
            > status
              UpdatesReady(7); waiting 0, needs you 0, records 0
            > hint
              send pulse
            > pulse north=9
            > wake
              send pulse
            > status
              UpdatesReady(9); waiting 0, needs you 0, records 0
        "#]],
    );
}

#[test]
fn own_saves_stay_on_screen_until_a_pull_covers_them() {
    check(
        "save a name=Mercy
         pushed
         sync
         page north a=1 cursor=1
         status",
        expect![[r#"
            > save a name=Mercy
              commit strict outbox [1] log ""
              show a {"name": "Mercy"} on this phone
              send push from device 1 of (number, id) [(1, 101)]
            > pushed
              commit relaxed outbox [1] log "" meta
              show a {"name": "Mercy"} on the web
            > sync
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

#[test]
fn a_refused_save_does_not_hold_up_the_next() {
    check(
        "save a name=Mercy
         refused
         save b name=Vista
         pushed
         status",
        expect![[r#"
            > save a name=Mercy
              commit strict outbox [1] log ""
              show a {"name": "Mercy"} on this phone
              send push from device 1 of (number, id) [(1, 101)]
            > refused
              commit relaxed outbox [1] log "" meta
              show a {"name": "Mercy"} needs you
            > save b name=Vista
              commit strict outbox [2] log ""
              show b {"name": "Vista"} on this phone
              send push from device 1 of (number, id) [(2, 102)] open [101]
            > pushed
              commit relaxed outbox [2] log ""
              show b {"name": "Vista"} on the web
            > status
              NeedsYou(1); waiting 0, needs you 1, records 0
        "#]],
    );
}

#[test]
fn an_expired_session_keeps_everything_and_goes_on_after_signing_in() {
    check(
        "save a name=Mercy
         signed-out
         status
         save b name=Vista
         status
         signed-in
         pushed
         status",
        expect![[r#"
            > save a name=Mercy
              commit strict outbox [1] log ""
              show a {"name": "Mercy"} on this phone
              send push from device 1 of (number, id) [(1, 101)]
            > signed-out
            > status
              SignInToSend; waiting 1, needs you 0, records 0
            > save b name=Vista
              commit strict outbox [2] log ""
              show b {"name": "Vista"} on this phone
            > status
              SignInToSend; waiting 2, needs you 0, records 0
            > signed-in
              send push from device 1 of (number, id) [(1, 101), (2, 102)]
            > pushed
              commit relaxed outbox [1, 2] log "" meta
              show a {"name": "Mercy"} on the web
              show b {"name": "Vista"} on the web
            > status
              UpToDate; waiting 0, needs you 0, records 0
        "#]],
    );
}

#[test]
fn a_restored_server_gets_everything_again_under_a_new_name() {
    check(
        "save a name=Mercy
         pushed
         save b name=Vista
         epoch 2
         pushed
         status",
        expect![[r#"
            > save a name=Mercy
              commit strict outbox [1] log ""
              show a {"name": "Mercy"} on this phone
              send push from device 1 of (number, id) [(1, 101)]
            > pushed
              commit relaxed outbox [1] log "" meta
              show a {"name": "Mercy"} on the web
            > save b name=Vista
              commit strict outbox [2] log ""
              show b {"name": "Vista"} on this phone
              send push from device 1 of (number, id) [(2, 102)]
            > epoch 2
              commit strict outbox [1, 2] log "" meta forgets [1, 2]
              show a {"name": "Mercy"} on this phone
              show b {"name": "Vista"} on this phone
              send push from device 9 of (number, id) [(1, 101), (2, 102)]
            > pushed
              commit relaxed outbox [1, 2] log ""
              show a {"name": "Mercy"} on the web
              show b {"name": "Vista"} on the web
            > status
              UpToDate; waiting 0, needs you 0, records 0
        "#]],
    );
}

/// A file put in the server's place by hand tells of no other life, but it lacks changes that were confirmed.
#[test]
fn a_server_that_has_forgotten_a_change_gets_everything_again_as_a_pull_shows_it() {
    check(
        "sync
         page north a=1 cursor=9 last=0
         save a city=Reno
         pushed
         sync
         page north a=1 cursor=8 last=0
         pushed
         restart
         sync
         page north a=2 cursor=1 last=1",
        expect![[r#"
            > sync
              send pull after []
            > page north a=1 cursor=9 last=0
              commit strict outbox [] log "PC" meta
              show a {"name": "a 1"} on the web
              news Pulled { new: 1, changed: 0, gone: 0 }
            > save a city=Reno
              commit strict outbox [1] log ""
              show a {"city": "Reno", "name": "a 1"} on this phone
              send push from device 1 of (number, id) [(1, 101)] 1 on base [1]
            > pushed
              commit relaxed outbox [1] log ""
              show a {"name": "a 1"} on the web
            > sync
              send pull after [9]
            > page north a=1 cursor=8 last=0
              commit strict outbox [1] log "" meta forgets [1]
              show a {"city": "Reno", "name": "a 1"} on this phone
              send push from device 9 of (number, id) [(1, 101)] 1 on base [1]
            > pushed
              commit relaxed outbox [1] log ""
              show a {"name": "a 1"} on the web
              send pull after []
            > restart
              show a {"name": "a 1"} on the web
              send pulse
            > sync
            > page north a=2 cursor=1 last=1
              commit strict outbox [] log "PC" meta
              show a {"city": "Reno", "name": "a 2"} on the web
              news Pulled { new: 0, changed: 1, gone: 0 }
        "#]],
    );
}

#[test]
fn a_server_that_has_forgotten_a_change_gets_everything_again_as_a_push_shows_it() {
    check(
        "sync
         page north a=1 cursor=9 last=0
         save a city=Reno
         pushed
         save a phone=1
         forked 0
         wake
         pushed
         other-opens
         sync
         page north a=2 cursor=2 last=2",
        expect![[r#"
            > sync
              send pull after []
            > page north a=1 cursor=9 last=0
              commit strict outbox [] log "PC" meta
              show a {"name": "a 1"} on the web
              news Pulled { new: 1, changed: 0, gone: 0 }
            > save a city=Reno
              commit strict outbox [1] log ""
              show a {"city": "Reno", "name": "a 1"} on this phone
              send push from device 1 of (number, id) [(1, 101)] 1 on base [1]
            > pushed
              commit relaxed outbox [1] log ""
              show a {"name": "a 1"} on the web
            > save a phone=1
              commit strict outbox [2] log ""
              show a {"name": "a 1", "phone": "1"} on this phone
              send push from device 1 of (number, id) [(2, 102)] 2 on base [1]
            > forked 0
              commit strict outbox [1, 2] log "" meta forgets [1, 2]
              show a {"city": "Reno", "name": "a 1", "phone": "1"} on this phone
            > wake
              send push from device 9 of (number, id) [(1, 101), (2, 102)] 1 on base [1] 2 on base [1]
            > pushed
              commit relaxed outbox [1, 2] log ""
              show a {"name": "a 1"} on the web
            > other-opens
            > sync
              send pull after []
            > page north a=2 cursor=2 last=2
              commit strict outbox [] log "PC" meta
              show a {"name": "a 2", "phone": "1"} on the web
              news Pulled { new: 0, changed: 1, gone: 0 }
        "#]],
    );
}

/// It has all that this device knows to be confirmed, and yet the number was used: two phones have one image.
#[test]
fn a_number_that_another_phone_has_used_is_no_reason_to_read_everything_again() {
    check(
        "sync
         page north a=1 cursor=9 last=0
         save a city=Reno
         pushed
         save a phone=1
         forked 2
         wake
         pushed
         sync
         page north a=2 cursor=11 last=2",
        expect![[r#"
            > sync
              send pull after []
            > page north a=1 cursor=9 last=0
              commit strict outbox [] log "PC" meta
              show a {"name": "a 1"} on the web
              news Pulled { new: 1, changed: 0, gone: 0 }
            > save a city=Reno
              commit strict outbox [1] log ""
              show a {"city": "Reno", "name": "a 1"} on this phone
              send push from device 1 of (number, id) [(1, 101)] 1 on base [1]
            > pushed
              commit relaxed outbox [1] log ""
              show a {"name": "a 1"} on the web
            > save a phone=1
              commit strict outbox [2] log ""
              show a {"name": "a 1", "phone": "1"} on this phone
              send push from device 1 of (number, id) [(2, 102)] 2 on base [1]
            > forked 2
              commit strict outbox [1, 2] log "" meta forgets [1, 2]
              show a {"city": "Reno", "name": "a 1", "phone": "1"} on this phone
            > wake
              send push from device 9 of (number, id) [(1, 101), (2, 102)] 1 on base [1] 2 on base [1]
            > pushed
              commit relaxed outbox [1, 2] log ""
              show a {"name": "a 1"} on the web
            > sync
              send pull after [9]
            > page north a=2 cursor=11 last=2
              commit strict outbox [] log "PC" meta
              show a {"name": "a 2"} on the web
              news Pulled { new: 0, changed: 1, gone: 0 }
        "#]],
    );
}

#[test]
fn a_server_that_keeps_forgetting_fails_the_pull() {
    check(
        "save a name=Mercy
         pushed
         sync
         page north a=1 cursor=1 last=0
         pushed
         page north a=1 cursor=1 last=0",
        expect![[r#"
            > save a name=Mercy
              commit strict outbox [1] log ""
              show a {"name": "Mercy"} on this phone
              send push from device 1 of (number, id) [(1, 101)]
            > pushed
              commit relaxed outbox [1] log "" meta
              show a {"name": "Mercy"} on the web
            > sync
              send pull after []
            > page north a=1 cursor=1 last=0
              commit strict outbox [1] log "" meta forgets [1]
              show a {"name": "Mercy"} on this phone
              send push from device 9 of (number, id) [(1, 101)]
            > pushed
              commit relaxed outbox [1] log ""
              show a {"name": "Mercy"} on the web
              send pull after []
            > page north a=1 cursor=1 last=0
              commit strict outbox [1] log "" meta forgets [1]
              show a {"name": "Mercy"} on this phone
              news PullFailed(Failed)
              send push from device 9 of (number, id) [(1, 101)]
        "#]],
    );
}

/// A feed whose numbers go back is a lie in one life of the server; whatever the screen makes of it, a start from disk
/// makes the same of it.
#[test]
fn a_save_past_a_feed_that_went_back_is_seen_again_and_not_only_after_a_restart() {
    check(
        "sync
         page north a=1 cursor=4
         save a city=Reno
         pushed
         sync
         page north a=2 cursor=5
         sync
         page north cursor=0
         restart",
        expect![[r#"
            > sync
              send pull after []
            > page north a=1 cursor=4
              commit strict outbox [] log "PC" meta
              show a {"name": "a 1"} on the web
              news Pulled { new: 1, changed: 0, gone: 0 }
            > save a city=Reno
              commit strict outbox [1] log ""
              show a {"city": "Reno", "name": "a 1"} on this phone
              send push from device 1 of (number, id) [(1, 101)] 1 on base [1]
            > pushed
              commit relaxed outbox [1] log ""
              show a {"name": "a 1"} on the web
            > sync
              send pull after [4]
            > page north a=2 cursor=5
              commit strict outbox [] log "PC" meta
              show a {"name": "a 2"} on the web
              news Pulled { new: 0, changed: 1, gone: 0 }
            > sync
              send pull after [5]
            > page north cursor=0
              commit strict outbox [] log "PC" meta
              show a {"city": "Reno", "name": "a 2"} on the web
              news Pulled { new: 0, changed: 0, gone: 0 }
            > restart
              show a {"city": "Reno", "name": "a 2"} on the web
              send pulse
        "#]],
    );
}

/// The numbers of the new life are low: none of them says what the old base holds.
#[test]
fn what_a_restored_server_took_stays_on_screen_through_a_restart_until_a_pull_shows_it() {
    check(
        "sync
         page north a=1 cursor=9
         save a city=Reno
         epoch 2
         pushed
         restart
         sync
         page north a=2 cursor=1",
        expect![[r#"
            > sync
              send pull after []
            > page north a=1 cursor=9
              commit strict outbox [] log "PC" meta
              show a {"name": "a 1"} on the web
              news Pulled { new: 1, changed: 0, gone: 0 }
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
            > restart
              show a {"city": "Reno", "name": "a 1"} on the web
              send pulse
            > sync
            > page north a=2 cursor=1
              commit strict outbox [] log "PC" meta
              show a {"name": "a 2"} on the web
              news Pulled { new: 0, changed: 1, gone: 0 }
        "#]],
    );
}

/// The pages are read again for the sake of new fields; in this life of the server they still cover what they covered.
#[test]
fn after_an_update_that_reads_every_feed_again_an_old_save_is_not_laid_over_newer_pages() {
    let disk = disk_after(
        "save a name=Mercy city=Reno
         pushed
         sync
         page north a=2 cursor=2",
    );
    let now = format!(r#""reread":false,"schema":{}"#, protocol::schema::SCHEMA);
    let newer = disk.replace(&now, r#""reread":false,"schema":0"#);
    assert_ne!(disk, newer);
    check_disk(
        &newer,
        "restart
         sync
         page north a=2 cursor=2",
        expect![[r#"
            > restart
              commit relaxed outbox [] log "" meta
              show a {"name": "a 2"} on the web
              send pulse
            > restart
              show a {"name": "a 2"} on the web
              send pulse
            > sync
            > page north a=2 cursor=2
              commit strict outbox [] log "PC" meta
              news Pulled { new: 0, changed: 0, gone: 0 }
        "#]],
    );
}

#[test]
fn numbers_that_no_server_of_ours_sends_bring_nothing_down() {
    check(
        "pulse north=18446744073709551615 south=18446744073709551615
         status
         sync
         page north a=1 cursor=18446744073709551615 remaining=18446744073709551615
         status
         page north b=1 cursor=18446744073709551615
         status",
        expect![[r#"
            > pulse north=18446744073709551615 south=18446744073709551615
              send pulse
            > status
              UpdatesReady(18446744073709551615); waiting 0, needs you 0, records 0
            > sync
              send pull after []
            > page north a=1 cursor=18446744073709551615 remaining=18446744073709551615
              commit relaxed outbox [] log "P" meta
              send pull after [18446744073709551615]
            > status
              Sending; waiting 0, needs you 0, records 0
            > page north b=1 cursor=18446744073709551615
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
fn a_wrong_digest_makes_the_feed_be_read_again() {
    check(
        "sync
         page north a=1 cursor=1 digest=bad
         page north a=1 cursor=1
         status",
        expect![[r#"
            > sync
              send pull after []
            > page north a=1 cursor=1 digest=bad
              commit relaxed outbox [] log "D" meta
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

#[test]
fn a_pull_that_cannot_begin_says_so_at_once() {
    check(
        "sync
         lost
         status",
        expect![[r#"
            > sync
              send pull after []
            > lost
              commit relaxed outbox [] log "" meta
              news PullFailed(NoAnswer)
            > status
              UpToDate; waiting 0, needs you 0, records 0
        "#]],
    );
}

#[test]
fn everything_waiting_is_there_after_a_restart() {
    check(
        "save a name=Mercy
         lost
         save b name=Vista
         restart
         status",
        expect![[r#"
            > save a name=Mercy
              commit strict outbox [1] log ""
              show a {"name": "Mercy"} on this phone
              send push from device 1 of (number, id) [(1, 101)]
            > lost
              commit relaxed outbox [] log "" meta
            > save b name=Vista
              commit strict outbox [2] log ""
              show b {"name": "Vista"} on this phone
              send push from device 1 of (number, id) [(1, 101), (2, 102)]
            > restart
              show a {"name": "Mercy"} on this phone
              show b {"name": "Vista"} on this phone
              send push from device 1 of (number, id) [(1, 101), (2, 102)]
            > status
              WaitingForSignal(2); waiting 2, needs you 0, records 0
        "#]],
    );
}

#[test]
fn pulled_records_make_room_for_saves_and_come_back_with_the_next_pull() {
    check(
        "sync
         page north a=1 b=1 cursor=2
         save c name=Mine
         lost
         let-go
         status
         restart
         status
         pushed
         sync
         page north a=1 b=1 cursor=3
         status",
        expect![[r#"
            > sync
              send pull after []
            > page north a=1 b=1 cursor=2
              commit strict outbox [] log "PC" meta
              show a {"name": "a 1"} on the web
              show b {"name": "b 1"} on the web
              news Pulled { new: 2, changed: 0, gone: 0 }
            > save c name=Mine
              commit strict outbox [1] log ""
              show c {"name": "Mine"} on this phone
              send push from device 1 of (number, id) [(1, 101)]
            > lost
              commit relaxed outbox [] log "" meta
            > let-go
              commit relaxed outbox [] log "" afresh
            > status
              WaitingForSignal(1); waiting 1, needs you 0, records 2, let go
            > restart
              show c {"name": "Mine"} on this phone
              send push from device 1 of (number, id) [(1, 101)]
            > status
              WaitingForSignal(1); waiting 1, needs you 0, records 0, let go
            > pushed
              commit relaxed outbox [1] log "" meta
              show c {"name": "Mine"} on the web
            > sync
              send pull after []
            > page north a=1 b=1 cursor=3
              commit strict outbox [] log "PC" meta
              show a {"name": "a 1"} on the web
              show b {"name": "b 1"} on the web
              show c gone on the web
              news Pulled { new: 2, changed: 0, gone: 0 }
            > status
              UpToDate; waiting 0, needs you 0, records 2
        "#]],
    );
}

#[test]
fn letting_go_during_a_pull_waits_for_no_answer_to_the_old_cursors() {
    check(
        "sync
         page north a=1 cursor=1
         sync
         let-go
         status
         sync
         page north a=1 b=1 cursor=2
         status",
        expect![[r#"
            > sync
              send pull after []
            > page north a=1 cursor=1
              commit strict outbox [] log "PC" meta
              show a {"name": "a 1"} on the web
              news Pulled { new: 1, changed: 0, gone: 0 }
            > sync
              send pull after [1]
            > let-go
              commit relaxed outbox [] log "" afresh
            > status
              UpToDate; waiting 0, needs you 0, records 1, let go
            > sync
              send pull after []
            > page north a=1 b=1 cursor=2
              commit strict outbox [] log "PC" meta
              show b {"name": "b 1"} on the web
              news Pulled { new: 1, changed: 0, gone: 0 }
            > status
              UpToDate; waiting 0, needs you 0, records 2
        "#]],
    );
}

#[test]
fn saves_of_another_disk_are_taken_in_once_in_their_order() {
    check(
        "save a name=Mercy
         pushed
         save a city=Reno
         save b name=Elko
         new-disk
         spoil
         take-in
         take-in
         lost
         restart
         status",
        expect![[r#"
            > save a name=Mercy
              commit strict outbox [1] log ""
              show a {"name": "Mercy"} on this phone
              send push from device 1 of (number, id) [(1, 101)]
            > pushed
              commit relaxed outbox [1] log "" meta
              show a {"name": "Mercy"} on the web
            > save a city=Reno
              commit strict outbox [2] log ""
              show a {"city": "Reno", "name": "Mercy"} on this phone
              send push from device 1 of (number, id) [(2, 102)]
            > save b name=Elko
              commit strict outbox [3] log ""
              show b {"name": "Elko"} on this phone
            > new-disk
              commit strict outbox [] log "" meta
              send pulse
            > spoil
            > take-in
              commit strict outbox [1, 2] log ""
              show a gone on this phone
              show b {"name": "Elko"} on this phone
              TakenIn { saves: 2, unreadable: 1 }
            > take-in
              TakenIn { saves: 0, unreadable: 1 }
            > lost
              commit relaxed outbox [] log "" meta
            > restart
              show a gone on this phone
              show b {"name": "Elko"} on this phone
              send push from device 8 of (number, id) [(1, 102), (2, 103)]
            > status
              WaitingForSignal(2); waiting 2, needs you 0, records 0
        "#]],
    );
}

#[test]
fn a_refused_save_of_another_disk_asks_for_its_answer_again() {
    check(
        "save a name=Mercy
         refused
         new-disk
         take-in
         lost
         hint
         refused
         status",
        expect![[r#"
            > save a name=Mercy
              commit strict outbox [1] log ""
              show a {"name": "Mercy"} on this phone
              send push from device 1 of (number, id) [(1, 101)]
            > refused
              commit relaxed outbox [1] log "" meta
              show a {"name": "Mercy"} needs you
            > new-disk
              commit strict outbox [] log "" meta
              send pulse
            > take-in
              commit strict outbox [1] log ""
              show a {"name": "Mercy"} on this phone
              TakenIn { saves: 1, unreadable: 0 }
            > lost
              commit relaxed outbox [] log "" meta
            > hint
              send push from device 8 of (number, id) [(1, 101)]
            > refused
              commit relaxed outbox [1] log "" meta
              show a {"name": "Mercy"} needs you
            > status
              NeedsYou(1); waiting 0, needs you 1, records 0
        "#]],
    );
}

#[test]
fn a_disk_opened_again_without_its_pulled_records_keeps_them_on_the_screen() {
    check(
        "sync
         page north a=1 b=1 cursor=2
         save a city=Reno
         pushed
         let-go
         open-again
         status
         open-again
         sync
         page north a=1 b=2 cursor=3
         open-again
         status",
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
            > pushed
              commit relaxed outbox [1] log ""
              show a {"name": "a 1"} on the web
            > let-go
              commit relaxed outbox [] log "" afresh
            > open-again
              show a {"name": "a 1"} on the web
              show b {"name": "b 1"} on the web
              send pulse
            > status
              UpToDate; waiting 0, needs you 0, records 2, let go
            > open-again
              show a {"name": "a 1"} on the web
              show b {"name": "b 1"} on the web
              send pulse
            > sync
            > page north a=1 b=2 cursor=3
              commit strict outbox [] log "PC" meta
              show b {"name": "b 2"} on the web
              news Pulled { new: 0, changed: 1, gone: 0 }
            > open-again
              send pulse
            > status
              UpToDate; waiting 0, needs you 0, records 2
        "#]],
    );
}

/// A page may bring nothing but a later number; the same once more is not written again.
#[test]
fn a_page_without_records_that_tells_a_later_number_is_kept() {
    check(
        "sync
         page north a=1 cursor=1
         sync
         page north cursor=5
         sync
         page north cursor=5",
        expect![[r#"
            > sync
              send pull after []
            > page north a=1 cursor=1
              commit strict outbox [] log "PC" meta
              show a {"name": "a 1"} on the web
              news Pulled { new: 1, changed: 0, gone: 0 }
            > sync
              send pull after [1]
            > page north cursor=5
              commit strict outbox [] log "PC" meta
              news Pulled { new: 0, changed: 0, gone: 0 }
            > sync
              send pull after [5]
            > page north cursor=5
              commit relaxed outbox [] log "" meta
              news Pulled { new: 0, changed: 0, gone: 0 }
        "#]],
    );
}

/// What the rep saved was on the screen before the pull that brings it: only what somebody else did is news.
#[test]
fn the_news_of_a_pull_is_what_others_did() {
    check(
        "save a name=a_1
         save b name=B
         pushed
         sync
         page north a=1 b=2 c=3 cursor=3
         sync
         page north a=4 cursor=4",
        expect![[r#"
            > save a name=a_1
              commit strict outbox [1] log ""
              show a {"name": "a 1"} on this phone
              send push from device 1 of (number, id) [(1, 101)]
            > save b name=B
              commit strict outbox [2] log ""
              show b {"name": "B"} on this phone
            > pushed
              commit relaxed outbox [1] log "" meta
              show a {"name": "a 1"} on the web
              send push from device 1 of (number, id) [(2, 102)]
            > sync
            > page north a=1 b=2 c=3 cursor=3
              commit strict outbox [] log "PC" meta
              show a {"name": "a 1"} on the web
              show b {"name": "B"} on this phone
              show c {"name": "c 3"} on the web
              news Pulled { new: 1, changed: 0, gone: 0 }
              send push from device 1 of (number, id) [(2, 102)]
            > sync
            > page north a=4 cursor=4
              commit strict outbox [] log "PC" meta
              show a {"name": "a 4"} on the web
              news Pulled { new: 0, changed: 1, gone: 0 }
              send push from device 1 of (number, id) [(2, 102)]
        "#]],
    );
}

/// A late note goes where its account is now, out of this phone's sight: it stays on the screen until the next pull.
#[test]
fn what_was_taken_in_a_territory_that_is_not_here_is_shown_until_the_next_pull() {
    check(
        "sync
         page south b=1 cursor=1
         save a name=A
         pushed
         restart
         sync
         page south b=2 cursor=2",
        expect![[r#"
            > sync
              send pull after []
            > page south b=1 cursor=1
              commit strict outbox [] log "PC" meta
              show b {"name": "b 1"} on the web
              news Pulled { new: 1, changed: 0, gone: 0 }
            > save a name=A
              commit strict outbox [1] log ""
              show a {"name": "A"} on this phone
              send push from device 1 of (number, id) [(1, 101)]
            > pushed
              commit relaxed outbox [1] log ""
              show a {"name": "A"} on the web
            > restart
              show a {"name": "A"} on the web
              show b {"name": "b 1"} on the web
              send pulse
            > sync
            > page south b=2 cursor=2
              commit strict outbox [1] log "PC" meta
              show a gone on the web
              show b {"name": "b 2"} on the web
              news Pulled { new: 0, changed: 1, gone: 0 }
        "#]],
    );
}

/// For two weeks the server may be restored from a backup that lacks what it had confirmed. Each line takes a second: b
/// is kept to the end of the last one, and forgotten three seconds later.
#[test]
fn a_confirmed_save_is_kept_for_two_weeks_and_no_longer() {
    check(
        "save a name=A
         pushed
         save b name=B
         lost
         sync
         page north a=1 cursor=1
         seconds 1209600
         hint
         pushed
         sync
         page north b=2 cursor=2
         seconds 1209594
         hint
         sync
         page north a=3 cursor=3
         hint
         sync
         page north a=4 cursor=4",
        expect![[r#"
            > save a name=A
              commit strict outbox [1] log ""
              show a {"name": "A"} on this phone
              send push from device 1 of (number, id) [(1, 101)]
            > pushed
              commit relaxed outbox [1] log "" meta
              show a {"name": "A"} on the web
            > save b name=B
              commit strict outbox [2] log ""
              show b {"name": "B"} on this phone
              send push from device 1 of (number, id) [(2, 102)]
            > lost
              commit relaxed outbox [] log "" meta
            > sync
              send push from device 1 of (number, id) [(2, 102)]
            > page north a=1 cursor=1
              commit strict outbox [] log "PC" meta
              show a {"name": "a 1"} on the web
              news Pulled { new: 1, changed: 0, gone: 0 }
              send push from device 1 of (number, id) [(2, 102)]
            > seconds 1209600
            > hint
            > pushed
              commit relaxed outbox [2] log ""
              show b {"name": "B"} on the web
            > sync
              send pull after [1]
            > page north b=2 cursor=2
              commit strict outbox [] log "PC" meta forgets [1]
              show b {"name": "b 2"} on the web
              news Pulled { new: 1, changed: 0, gone: 0 }
            > seconds 1209594
            > hint
              send pulse
            > sync
            > page north a=3 cursor=3
              commit strict outbox [] log "PC" meta
              show a {"name": "a 3"} on the web
              news Pulled { new: 0, changed: 1, gone: 0 }
            > hint
              send pulse
            > sync
            > page north a=4 cursor=4
              commit strict outbox [] log "PC" meta forgets [2]
              show a {"name": "a 4"} on the web
              news Pulled { new: 0, changed: 1, gone: 0 }
        "#]],
    );
}

/// Where it stands among the others, another one still says.
#[test]
fn what_an_open_save_stands_in_for_is_kept_with_it() {
    check(
        "save a name=A
         pushed
         sync
         page north a=1 cursor=1
         save a owner=B
         refused
         decide 2 done a owner=C
         pushed
         seconds 1440000
         hint
         sync
         page north b=1 cursor=1
         hint
         sync
         page north a=3 cursor=3",
        expect![[r#"
            > save a name=A
              commit strict outbox [1] log ""
              show a {"name": "A"} on this phone
              send push from device 1 of (number, id) [(1, 101)]
            > pushed
              commit relaxed outbox [1] log "" meta
              show a {"name": "A"} on the web
            > sync
              send pull after []
            > page north a=1 cursor=1
              commit strict outbox [] log "PC" meta
              show a {"name": "a 1"} on the web
              news Pulled { new: 1, changed: 0, gone: 0 }
            > save a owner=B
              commit strict outbox [2] log ""
              show a {"name": "a 1", "owner": "B"} on this phone
              send push from device 1 of (number, id) [(2, 102)] 2 on base [1]
            > refused
              commit relaxed outbox [2] log ""
              show a {"name": "a 1", "owner": "B"} needs you
            > decide 2 done a owner=C
              commit strict outbox [2, 3] log ""
              show a {"name": "a 1", "owner": "C"} on this phone
              send push from device 1 of (number, id) [(3, 103)] 3 settles [(Done, 102)] on base [1]
            > pushed
              commit relaxed outbox [3] log ""
              show a {"name": "a 1", "owner": "C"} on the web
            > seconds 1440000
            > hint
              send pulse
            > sync
            > page north b=1 cursor=1
              commit strict outbox [] log "PC" meta forgets [1]
              show a {"name": "a 1", "owner": "C"} on the web
              show b {"name": "b 1"} on the web
              news Pulled { new: 1, changed: 0, gone: 0 }
            > hint
              send pulse
            > sync
            > page north a=3 cursor=3
              commit strict outbox [] log "PC" meta forgets [2, 3]
              show a {"name": "a 3"} on the web
              news Pulled { new: 0, changed: 1, gone: 0 }
        "#]],
    );
}
