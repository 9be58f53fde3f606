//! What the engine does with saves that need a person, told as scripts; see `scenarios.rs`.

mod script;

use expect_test::expect;
use script::check;

#[test]
fn what_waits_for_a_refused_save_goes_on_once_that_is_undone() {
    check(
        "save a name=Mercy
         save a city=Elko
         save b name=Vista
         outcomes 1=denied
         outcomes 2=held 3=accepted
         status
         decide 1 done
         outcomes 4=accepted 102:accepted
         status",
        expect![[r#"
            > save a name=Mercy
              commit strict outbox [1] log ""
              show a {"name": "Mercy"} on this phone
              send push from device 1 of (number, id) [(1, 101)]
            > save a city=Elko
              commit strict outbox [2] log ""
              show a {"city": "Elko", "name": "Mercy"} on this phone
            > save b name=Vista
              commit strict outbox [3] log ""
              show b {"name": "Vista"} on this phone
            > outcomes 1=denied
              commit relaxed outbox [1] log "" meta
              show a {"city": "Elko", "name": "Mercy"} needs you
              send push from device 1 of (number, id) [(2, 102), (3, 103)] open [101]
            > outcomes 2=held 3=accepted
              commit relaxed outbox [2, 3] log ""
              show a {"city": "Elko", "name": "Mercy"} needs you
              show b {"name": "Vista"} on the web
            > status
              NeedsYou(1); waiting 0, needs you 2, records 0
            > decide 1 done
              commit strict outbox [1, 4] log ""
              show a gone needs you
              send push from device 1 of (number, id) [(4, 104)] 4 settles [(Done, 101)] on base [] open [102]
            > outcomes 4=accepted 102:accepted
              commit relaxed outbox [4, 2] log ""
              show a gone on the web
            > status
              UpToDate; waiting 0, needs you 0, records 0
        "#]],
    );
}

#[test]
fn a_save_in_place_of_a_refused_one_is_on_screen_at_once_and_refused_again_it_answers_for_both() {
    check(
        "save a name=Mercy
         outcomes 1=denied
         decide 1 done a name=Vista
         outcomes 2=denied
         status
         decide 2 done
         outcomes 3=accepted
         status",
        expect![[r#"
            > save a name=Mercy
              commit strict outbox [1] log ""
              show a {"name": "Mercy"} on this phone
              send push from device 1 of (number, id) [(1, 101)]
            > outcomes 1=denied
              commit relaxed outbox [1] log "" meta
              show a {"name": "Mercy"} needs you
            > decide 1 done a name=Vista
              commit strict outbox [1, 2] log ""
              show a gone on this phone
              send push from device 1 of (number, id) [(2, 102)] 2 settles [(Done, 101)] on base [0]
            > outcomes 2=denied
              commit relaxed outbox [2] log ""
              show a gone needs you
            > status
              NeedsYou(1); waiting 0, needs you 1, records 0
            > decide 2 done
              commit strict outbox [2, 3] log ""
              show a gone on the web
              send push from device 1 of (number, id) [(3, 103)] 3 settles [(Done, 102), (Done, 101)] on base []
            > outcomes 3=accepted
              commit relaxed outbox [3] log ""
            > status
              UpToDate; waiting 0, needs you 0, records 0
        "#]],
    );
}

#[test]
fn the_office_is_asked_and_its_answer_comes_with_a_later_push() {
    check(
        "save a name=Mercy
         outcomes 1=denied
         decide 1 ask
         outcomes 2=accepted 101:denied
         status
         save b name=Vista
         outcomes 3=accepted 101:accepted
         status",
        expect![[r#"
            > save a name=Mercy
              commit strict outbox [1] log ""
              show a {"name": "Mercy"} on this phone
              send push from device 1 of (number, id) [(1, 101)]
            > outcomes 1=denied
              commit relaxed outbox [1] log "" meta
              show a {"name": "Mercy"} needs you
            > decide 1 ask
              commit strict outbox [1, 2] log ""
              show a {"name": "Mercy"} needs you
              send push from device 1 of (number, id) [(2, 102)] 2 settles [(Ask, 101)] on base [] open [101]
            > outcomes 2=accepted 101:denied
              commit relaxed outbox [2] log ""
            > status
              UpToDate; waiting 0, needs you 1, records 0
              asked about 1
            > save b name=Vista
              commit strict outbox [3] log ""
              show b {"name": "Vista"} on this phone
              send push from device 1 of (number, id) [(3, 103)] open [101]
            > outcomes 3=accepted 101:accepted
              commit relaxed outbox [3, 1] log ""
              show b {"name": "Vista"} on the web
              show a {"name": "Mercy"} on the web
            > status
              UpToDate; waiting 0, needs you 0, records 0
        "#]],
    );
}

#[test]
fn to_keep_mine_builds_on_what_the_rep_was_told_of() {
    check(
        "save a name=Mercy owner=Ben
         outcomes 1=parked
         status
         decide 1 done a owner=Ben
         outcomes 2=accepted
         status",
        expect![[r#"
            > save a name=Mercy owner=Ben
              commit strict outbox [1] log ""
              show a {"name": "Mercy", "owner": "Ben"} on this phone
              send push from device 1 of (number, id) [(1, 101)]
            > outcomes 1=parked
              commit relaxed outbox [1] log "" meta
              show a {"name": "Mercy", "owner": "Ben"} needs you
            > status
              NeedsYou(1); waiting 0, needs you 1, records 0
            > decide 1 done a owner=Ben
              commit strict outbox [1, 2] log ""
              show a {"name": "Mercy", "owner": "Ben"} on this phone
              send push from device 1 of (number, id) [(2, 102)] 2 on base [7]
            > outcomes 2=accepted
              commit relaxed outbox [2] log ""
              show a {"name": "Mercy", "owner": "Ben"} on the web
            > status
              UpToDate; waiting 0, needs you 0, records 0
        "#]],
    );
}

/// It lay over what a colleague has saved since, so that the rep has not seen that, also when it is made anew once
/// more; what was parked has been told.
#[test]
fn what_stands_in_for_a_refused_save_builds_on_what_that_one_built_on() {
    check(
        "sync
         page north a=3 cursor=3
         save a owner=Ben
         outcomes 1=denied
         sync
         page north a=5 cursor=5
         decide 1 done a owner=Ben
         outcomes 2=denied
         decide 2 done a owner=Ben
         outcomes 3=parked
         decide 3 done a owner=Ben",
        expect![[r#"
            > sync
              send pull after []
            > page north a=3 cursor=3
              commit strict outbox [] log "PC" meta
              show a {"name": "a 3"} on the web
              news Pulled { new: 1, changed: 0, gone: 0 }
            > save a owner=Ben
              commit strict outbox [1] log ""
              show a {"name": "a 3", "owner": "Ben"} on this phone
              send push from device 1 of (number, id) [(1, 101)] 1 on base [3]
            > outcomes 1=denied
              commit relaxed outbox [1] log ""
              show a {"name": "a 3", "owner": "Ben"} needs you
            > sync
              send pull after [3]
            > page north a=5 cursor=5
              commit strict outbox [] log "PC" meta
              show a {"name": "a 5", "owner": "Ben"} needs you
              news Pulled { new: 0, changed: 1, gone: 0 }
            > decide 1 done a owner=Ben
              commit strict outbox [1, 2] log ""
              show a {"name": "a 5", "owner": "Ben"} on this phone
              send push from device 1 of (number, id) [(2, 102)] 2 settles [(Done, 101)] on base [3]
            > outcomes 2=denied
              commit relaxed outbox [2] log ""
              show a {"name": "a 5", "owner": "Ben"} needs you
            > decide 2 done a owner=Ben
              commit strict outbox [2, 3] log ""
              show a {"name": "a 5", "owner": "Ben"} on this phone
              send push from device 1 of (number, id) [(3, 103)] 3 settles [(Done, 102), (Done, 101)] on base [3]
            > outcomes 3=parked
              commit relaxed outbox [3] log ""
              show a {"name": "a 5"} needs you
            > decide 3 done a owner=Ben
              commit strict outbox [3, 4] log ""
              show a {"name": "a 5", "owner": "Ben"} on this phone
              send push from device 1 of (number, id) [(4, 104)] 4 on base [7]
        "#]],
    );
}

/// What the rep saw in that field was the refused save, not what a colleague has saved since; a field that nothing
/// lies over was seen.
#[test]
fn a_save_on_top_of_a_refused_one_builds_on_what_that_one_built_on() {
    check(
        "sync
         page north a=3 cursor=3
         save a owner=Ben
         outcomes 1=denied
         sync
         page north a=5 cursor=5
         save a owner=Cleo
         save a city=Elko
         delete a
         waiting",
        expect![[r#"
            > sync
              send pull after []
            > page north a=3 cursor=3
              commit strict outbox [] log "PC" meta
              show a {"name": "a 3"} on the web
              news Pulled { new: 1, changed: 0, gone: 0 }
            > save a owner=Ben
              commit strict outbox [1] log ""
              show a {"name": "a 3", "owner": "Ben"} on this phone
              send push from device 1 of (number, id) [(1, 101)] 1 on base [3]
            > outcomes 1=denied
              commit relaxed outbox [1] log ""
              show a {"name": "a 3", "owner": "Ben"} needs you
            > sync
              send pull after [3]
            > page north a=5 cursor=5
              commit strict outbox [] log "PC" meta
              show a {"name": "a 5", "owner": "Ben"} needs you
              news Pulled { new: 0, changed: 1, gone: 0 }
            > save a owner=Cleo
              commit strict outbox [2] log ""
              show a {"name": "a 5", "owner": "Cleo"} needs you
              send push from device 1 of (number, id) [(2, 102)] 2 on base [3] open [101]
            > save a city=Elko
              commit strict outbox [3] log ""
              show a {"city": "Elko", "name": "a 5", "owner": "Cleo"} needs you
            > delete a
              commit strict outbox [4] log ""
              show a gone needs you
            > waiting
              2: Patch [owner] on base 3
              3: Patch [city] on base 5
              4: Delete [] on base 3
        "#]],
    );
}

/// The web took it where it stands, in the place of the refused one; what corrects it comes after what was saved since.
#[test]
fn what_stands_in_for_a_save_set_aside_in_part_lies_on_top() {
    check(
        "sync
         page north a=3 cursor=3
         save a name= owner=Ben
         outcomes 1=denied
         decide 1 done a name=Mercy owner=Ben
         outcomes 2=parked
         save a name=Vista
         decide 2 done a name=Mercy owner=Ben",
        expect![[r#"
            > sync
              send pull after []
            > page north a=3 cursor=3
              commit strict outbox [] log "PC" meta
              show a {"name": "a 3"} on the web
              news Pulled { new: 1, changed: 0, gone: 0 }
            > save a name= owner=Ben
              commit strict outbox [1] log ""
              show a {"owner": "Ben"} on this phone
              send push from device 1 of (number, id) [(1, 101)] 1 on base [3]
            > outcomes 1=denied
              commit relaxed outbox [1] log ""
              show a {"owner": "Ben"} needs you
            > decide 1 done a name=Mercy owner=Ben
              commit strict outbox [1, 2] log ""
              show a {"name": "Mercy", "owner": "Ben"} on this phone
              send push from device 1 of (number, id) [(2, 102)] 2 settles [(Done, 101)] on base [3]
            > outcomes 2=parked
              commit relaxed outbox [2] log ""
              show a {"name": "a 3"} needs you
            > save a name=Vista
              commit strict outbox [3] log ""
              show a {"name": "Vista"} needs you
              send push from device 1 of (number, id) [(3, 103)] 3 on base [3]
            > decide 2 done a name=Mercy owner=Ben
              commit strict outbox [2, 4] log ""
              show a {"name": "Mercy", "owner": "Ben"} on this phone
        "#]],
    );
}

/// The record is older in a later life of the server: no more was seen of that than there is.
#[test]
fn what_was_seen_in_an_earlier_life_of_the_server_is_no_more_than_there_is() {
    check(
        "sync
         page north a=7 cursor=7
         save a owner=Ben
         outcomes 1=denied
         save b name=Vista
         epoch 2
         outcomes 1=denied 2=accepted
         sync
         page north a=2 cursor=2
         decide 1 done a owner=Ben",
        expect![[r#"
            > sync
              send pull after []
            > page north a=7 cursor=7
              commit strict outbox [] log "PC" meta
              show a {"name": "a 7"} on the web
              news Pulled { new: 1, changed: 0, gone: 0 }
            > save a owner=Ben
              commit strict outbox [1] log ""
              show a {"name": "a 7", "owner": "Ben"} on this phone
              send push from device 1 of (number, id) [(1, 101)] 1 on base [7]
            > outcomes 1=denied
              commit relaxed outbox [1] log ""
              show a {"name": "a 7", "owner": "Ben"} needs you
            > save b name=Vista
              commit strict outbox [2] log ""
              show b {"name": "Vista"} on this phone
              send push from device 1 of (number, id) [(2, 102)] open [101]
            > epoch 2
              commit strict outbox [1, 2] log "" meta forgets [1, 2]
              show a {"name": "a 7", "owner": "Ben"} on this phone
              show b {"name": "Vista"} on this phone
              send push from device 9 of (number, id) [(1, 101), (2, 102)] 1 on base [7]
            > outcomes 1=denied 2=accepted
              commit relaxed outbox [1, 2] log ""
              show a {"name": "a 7", "owner": "Ben"} needs you
              show b {"name": "Vista"} on the web
            > sync
              send pull after []
            > page north a=2 cursor=2
              commit strict outbox [] log "PC" meta
              show a {"name": "a 2", "owner": "Ben"} needs you
              show b {"name": "Vista"} on the web
              news Pulled { new: 0, changed: 1, gone: 0 }
            > decide 1 done a owner=Ben
              commit strict outbox [1, 3] log ""
              show a {"name": "a 2", "owner": "Ben"} on this phone
              send push from device 9 of (number, id) [(3, 103)] 3 settles [(Done, 101)] on base [2]
        "#]],
    );
}

#[test]
fn what_a_save_replaced_is_told_until_the_rep_has_seen_it() {
    check(
        "save a name=Mercy
         outcomes 1=merged
         status
         restart
         status
         seen 1
         restart
         status",
        expect![[r#"
            > save a name=Mercy
              commit strict outbox [1] log ""
              show a {"name": "Mercy"} on this phone
              send push from device 1 of (number, id) [(1, 101)]
            > outcomes 1=merged
              commit relaxed outbox [1] log "" meta
              show a {"name": "Mercy"} on the web
            > status
              UpToDate; waiting 0, needs you 0, records 0
              city: Some("mine") replaced Some("theirs") by Ana
            > restart
              show a {"name": "Mercy"} on the web
              send pulse
            > status
              UpToDate; waiting 0, needs you 0, records 0
              city: Some("mine") replaced Some("theirs") by Ana
            > seen 1
              commit strict outbox [1] log ""
              show a {"name": "Mercy"} on the web
            > restart
              show a {"name": "Mercy"} on the web
              send pulse
            > status
              UpToDate; waiting 0, needs you 0, records 0
        "#]],
    );
}

#[test]
fn a_save_that_the_server_fails_on_is_found_among_the_others_and_set_aside() {
    check(
        "save a name=Poison
         lost
         save b name=Vista
         lost
         save c name=Mercy
         failed
         wake
         failed
         wake
         failed
         wake
         failed
         wake
         outcomes 1=failed
         outcomes 2=accepted 3=accepted
         status",
        expect![[r#"
            > save a name=Poison
              commit strict outbox [1] log ""
              show a {"name": "Poison"} on this phone
              send push from device 1 of (number, id) [(1, 101)]
            > lost
              commit relaxed outbox [] log "" meta
            > save b name=Vista
              commit strict outbox [2] log ""
              show b {"name": "Vista"} on this phone
              send push from device 1 of (number, id) [(1, 101), (2, 102)]
            > lost
              commit relaxed outbox [] log "" meta
            > save c name=Mercy
              commit strict outbox [3] log ""
              show c {"name": "Mercy"} on this phone
              send push from device 1 of (number, id) [(1, 101), (2, 102), (3, 103)]
            > failed
              commit relaxed outbox [] log "" meta
            > wake
              send push from device 1 of (number, id) [(1, 101)]
            > failed
              commit relaxed outbox [] log "" meta
            > wake
              send push from device 1 of (number, id) [(1, 101)]
            > failed
              commit relaxed outbox [] log "" meta
            > wake
              send push from device 1 of (number, id) [(1, 101)]
            > failed
              commit relaxed outbox [] log "" meta
            > wake
              send push from device 1 of (number, id) [(1, 101)] suspect
            > outcomes 1=failed
              commit relaxed outbox [1] log "" meta
              show a {"name": "Poison"} needs you
              send push from device 1 of (number, id) [(2, 102), (3, 103)] open [101]
            > outcomes 2=accepted 3=accepted
              commit relaxed outbox [2, 3] log ""
              show b {"name": "Vista"} on the web
              show c {"name": "Mercy"} on the web
            > status
              NeedsYou(1); waiting 0, needs you 1, records 0
        "#]],
    );
}

#[test]
fn a_server_that_asks_for_patience_is_given_it_even_after_a_restart() {
    check(
        "save a name=Mercy
         busy
         save a city=Elko
         hint
         restart
         wake
         pushed
         status",
        expect![[r#"
            > save a name=Mercy
              commit strict outbox [1] log ""
              show a {"name": "Mercy"} on this phone
              send push from device 1 of (number, id) [(1, 101)]
            > busy
              commit relaxed outbox [] log "" meta
            > save a city=Elko
              commit strict outbox [2] log ""
              show a {"city": "Elko", "name": "Mercy"} on this phone
            > hint
            > restart
              show a {"city": "Elko", "name": "Mercy"} on this phone
            > wake
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
fn a_save_that_was_undone_does_not_come_back_when_the_server_is_restored() {
    check(
        "save a name=Mercy
         outcomes 1=denied
         decide 1 done
         outcomes 2=accepted
         save b name=Vista
         epoch 2
         outcomes 1=accepted 2=accepted 3=accepted
         status",
        expect![[r#"
            > save a name=Mercy
              commit strict outbox [1] log ""
              show a {"name": "Mercy"} on this phone
              send push from device 1 of (number, id) [(1, 101)]
            > outcomes 1=denied
              commit relaxed outbox [1] log "" meta
              show a {"name": "Mercy"} needs you
            > decide 1 done
              commit strict outbox [1, 2] log ""
              show a gone on the web
              send push from device 1 of (number, id) [(2, 102)] 2 settles [(Done, 101)] on base []
            > outcomes 2=accepted
              commit relaxed outbox [2] log ""
            > save b name=Vista
              commit strict outbox [3] log ""
              show b {"name": "Vista"} on this phone
              send push from device 1 of (number, id) [(3, 103)]
            > epoch 2
              commit strict outbox [1, 2, 3] log "" meta forgets [1, 2, 3]
              show b {"name": "Vista"} on this phone
              send push from device 9 of (number, id) [(1, 101), (2, 102), (3, 103)] 1 settles [(Done, 101)] on base [] 2 settles [(Done, 101)] on base []
            > outcomes 1=accepted 2=accepted 3=accepted
              commit relaxed outbox [1, 2, 3] log ""
              show b {"name": "Vista"} on the web
            > status
              UpToDate; waiting 0, needs you 0, records 0
        "#]],
    );
}

#[test]
fn what_stands_in_for_a_refused_save_comes_in_its_place_when_the_server_is_restored() {
    check(
        "save a name=Mercy
         save a city=Elko
         outcomes 1=denied
         outcomes 2=held
         decide 1 done a name=Vista
         outcomes 3=accepted 102:accepted
         save b name=Mercy
         epoch 2",
        expect![[r#"
            > save a name=Mercy
              commit strict outbox [1] log ""
              show a {"name": "Mercy"} on this phone
              send push from device 1 of (number, id) [(1, 101)]
            > save a city=Elko
              commit strict outbox [2] log ""
              show a {"city": "Elko", "name": "Mercy"} on this phone
            > outcomes 1=denied
              commit relaxed outbox [1] log "" meta
              show a {"city": "Elko", "name": "Mercy"} needs you
              send push from device 1 of (number, id) [(2, 102)] open [101]
            > outcomes 2=held
              commit relaxed outbox [2] log ""
              show a {"city": "Elko", "name": "Mercy"} needs you
            > decide 1 done a name=Vista
              commit strict outbox [1, 3] log ""
              show a gone needs you
              send push from device 1 of (number, id) [(3, 103)] 3 settles [(Done, 101)] on base [0] open [102]
            > outcomes 3=accepted 102:accepted
              commit relaxed outbox [3, 2] log ""
              show a gone needs you
              show a gone on the web
            > save b name=Mercy
              commit strict outbox [4] log ""
              show b {"name": "Mercy"} on this phone
              send push from device 1 of (number, id) [(4, 104)]
            > epoch 2
              commit strict outbox [1, 2, 3, 4] log "" meta forgets [1, 2, 3, 4]
              show a gone on this phone
              show b {"name": "Mercy"} on this phone
              send push from device 9 of (number, id) [(1, 101), (2, 103), (3, 102), (4, 104)] 1 settles [(Done, 101)] on base [] 2 settles [(Done, 101)] on base [0]
        "#]],
    );
}

#[test]
fn the_records_of_a_territory_that_was_lost_leave_the_disk() {
    check(
        "sync
         page north a=1 b=1 cursor=2
         sync
         page south c=1 cursor=1
         restart
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
            > page south c=1 cursor=1
              commit strict outbox [] log "PPC" afresh meta
              show a gone on the web
              show b gone on the web
              show c {"name": "c 1"} on the web
              news Pulled { new: 1, changed: 0, gone: 2 }
            > restart
              show c {"name": "c 1"} on the web
              send pulse
            > status
              UpToDate; waiting 0, needs you 0, records 1
        "#]],
    );
}

/// It was taken away between two pages of the first pull: nothing of it was ever shown, yet its page is on the disk.
#[test]
fn the_pages_of_a_territory_that_was_lost_within_a_pull_leave_the_disk() {
    check(
        "sync
         page north a=1 cursor=1 remaining=1
         page south c=1 cursor=1",
        expect![[r#"
            > sync
              send pull after []
            > page north a=1 cursor=1 remaining=1
              commit relaxed outbox [] log "P" meta
              send pull after [1]
            > page south c=1 cursor=1
              commit strict outbox [] log "PPC" afresh meta
              show c {"name": "c 1"} on the web
              news Pulled { new: 1, changed: 0, gone: 0 }
        "#]],
    );
}

#[test]
fn a_clock_that_is_far_off_is_told_and_changes_nothing_else() {
    check(
        "clock 86400000
         save a name=Mercy
         pushed
         status",
        expect![[r#"
            > clock 86400000
            > save a name=Mercy
              commit strict outbox [1] log ""
              show a {"name": "Mercy"} on this phone
              send push from device 1 of (number, id) [(1, 101)]
            > pushed
              commit relaxed outbox [1] log "" meta
              show a {"name": "Mercy"} on the web
            > status
              UpToDate; waiting 0, needs you 0, records 0
              the clock is off by 86400000 ms
        "#]],
    );
}

#[test]
fn an_app_too_old_to_pull_may_still_push() {
    check(
        "save a name=Mercy
         pushed
         sync
         too-old
         status
         save a city=Elko
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
            > sync
              send pull after []
            > too-old
              commit relaxed outbox [] log "" meta
              news PullFailed(TooOld)
            > status
              UpToDate; waiting 0, needs you 0, records 0
              too old to pull
            > save a city=Elko
              commit strict outbox [2] log ""
              show a {"city": "Elko", "name": "Mercy"} on this phone
              send push from device 1 of (number, id) [(2, 102)]
            > pushed
              commit relaxed outbox [2] log "" meta
              show a {"city": "Elko", "name": "Mercy"} on the web
            > status
              UpToDate; waiting 0, needs you 0, records 0
              too old to pull
        "#]],
    );
}

/// The web kept what somebody had changed meanwhile: it is on the screen before it is pulled, and what the rep saves
/// about it is seen, also after a restored server is told all of it once more.
#[test]
fn what_the_web_did_not_delete_is_shown_until_the_rep_decides() {
    check(
        "sync
         page north a=1 cursor=1
         delete a
         outcomes 1=kept
         save a city=Reno
         pushed
         save a phone=1
         epoch 2
         outcomes 1=kept 2=accepted 3=accepted
         delete a
         restore a
         status",
        expect![[r#"
            > sync
              send pull after []
            > page north a=1 cursor=1
              commit strict outbox [] log "PC" meta
              show a {"name": "a 1"} on the web
              news Pulled { new: 1, changed: 0, gone: 0 }
            > delete a
              commit strict outbox [1] log ""
              show a gone on this phone
              send push from device 1 of (number, id) [(1, 101)] 1 on base [1]
            > outcomes 1=kept
              commit relaxed outbox [1] log ""
              show a {"name": "a 1"} needs you
            > save a city=Reno
              commit strict outbox [2] log ""
              show a {"city": "Reno", "name": "a 1"} needs you
              send push from device 1 of (number, id) [(2, 102)] 2 on base [1]
            > pushed
              commit relaxed outbox [2] log ""
              show a {"city": "Reno", "name": "a 1"} needs you
            > save a phone=1
              commit strict outbox [3] log ""
              show a {"city": "Reno", "name": "a 1", "phone": "1"} needs you
              send push from device 1 of (number, id) [(3, 103)] 3 on base [1]
            > epoch 2
              commit strict outbox [1, 2, 3] log "" meta forgets [1, 2, 3]
              show a gone on this phone
              send push from device 9 of (number, id) [(1, 101), (2, 102), (3, 103)] 1 on base [1] 2 on base [1] 3 on base [1]
            > outcomes 1=kept 2=accepted 3=accepted
              commit relaxed outbox [1, 2, 3] log ""
              show a {"city": "Reno", "name": "a 1", "phone": "1"} needs you
            > delete a
              commit strict outbox [4] log ""
              show a gone needs you
              send push from device 9 of (number, id) [(4, 104)] 4 on base [1]
            > restore a
              commit strict outbox [5] log ""
              show a {"city": "Reno", "name": "a 1", "phone": "1"} needs you
            > status
              Sending; waiting 2, needs you 1, records 1
        "#]],
    );
}

/// Yesterday's server may not know the colleague's change that kept the record from being deleted.
#[test]
fn what_was_set_aside_and_let_be_is_not_done_by_a_restored_server() {
    check(
        "sync
         page north a=1 cursor=1
         save a owner=Ben
         outcomes 1=parked
         seen 1
         save a owner=Ben city=Elko
         outcomes 2=parked
         seen 2
         delete a
         outcomes 3=kept
         seen 3
         save b name=Vista
         epoch 2
         waiting
         pushed
         status",
        expect![[r#"
            > sync
              send pull after []
            > page north a=1 cursor=1
              commit strict outbox [] log "PC" meta
              show a {"name": "a 1"} on the web
              news Pulled { new: 1, changed: 0, gone: 0 }
            > save a owner=Ben
              commit strict outbox [1] log ""
              show a {"name": "a 1", "owner": "Ben"} on this phone
              send push from device 1 of (number, id) [(1, 101)] 1 on base [1]
            > outcomes 1=parked
              commit relaxed outbox [1] log ""
              show a {"name": "a 1"} needs you
            > seen 1
              commit strict outbox [1] log ""
              show a {"name": "a 1"} on the web
            > save a owner=Ben city=Elko
              commit strict outbox [2] log ""
              show a {"city": "Elko", "name": "a 1", "owner": "Ben"} on this phone
              send push from device 1 of (number, id) [(2, 102)] 2 on base [1]
            > outcomes 2=parked
              commit relaxed outbox [2] log ""
              show a {"city": "Elko", "name": "a 1", "owner": "Ben"} needs you
            > seen 2
              commit strict outbox [2] log ""
              show a {"city": "Elko", "name": "a 1", "owner": "Ben"} on the web
            > delete a
              commit strict outbox [3] log ""
              show a gone on this phone
              send push from device 1 of (number, id) [(3, 103)] 3 on base [1]
            > outcomes 3=kept
              commit relaxed outbox [3] log ""
              show a {"city": "Elko", "name": "a 1", "owner": "Ben"} needs you
            > seen 3
              commit strict outbox [3] log ""
              show a {"city": "Elko", "name": "a 1", "owner": "Ben"} on the web
            > save b name=Vista
              commit strict outbox [4] log ""
              show b {"name": "Vista"} on this phone
              send push from device 1 of (number, id) [(4, 104)]
            > epoch 2
              commit strict outbox [1, 2, 3, 4] log "" meta forgets [1, 2, 3, 4]
              show a {"city": "Elko", "name": "a 1", "owner": "Ben"} on this phone
              show b {"name": "Vista"} on this phone
              send push from device 9 of (number, id) [(1, 101), (2, 102), (3, 103), (4, 104)] 1 settles [(Done, 101)] on base [] 2 on base [1] 3 settles [(Done, 103)] on base []
            > waiting
              1: 
              2: Patch [city owner] on base 1
              3: 
              4: Create(TerritoryId("north")) [name] on base 0
            > pushed
              commit relaxed outbox [1, 2, 3, 4] log ""
              show a {"city": "Elko", "name": "a 1", "owner": "Ben"} on the web
              show b {"name": "Vista"} on the web
            > status
              UpToDate; waiting 0, needs you 0, records 1
        "#]],
    );
}

#[test]
fn what_this_device_deleted_is_back_without_a_pull() {
    check(
        "save a name=Mercy
         save a city=Elko
         delete a
         restore a
         delete a
         restore a phone=1
         restart",
        expect![[r#"
            > save a name=Mercy
              commit strict outbox [1] log ""
              show a {"name": "Mercy"} on this phone
              send push from device 1 of (number, id) [(1, 101)]
            > save a city=Elko
              commit strict outbox [2] log ""
              show a {"city": "Elko", "name": "Mercy"} on this phone
            > delete a
              commit strict outbox [3] log ""
              show a gone on this phone
            > restore a
              commit strict outbox [4] log ""
              show a {"city": "Elko", "name": "Mercy"} on this phone
            > delete a
              commit strict outbox [5] log ""
              show a gone on this phone
            > restore a phone=1
              commit strict outbox [6] log ""
              show a {"city": "Elko", "name": "Mercy", "phone": "1"} on this phone
            > restart
              show a {"city": "Elko", "name": "Mercy", "phone": "1"} on this phone
              send push from device 1 of (number, id) [(1, 101), (2, 102), (3, 103), (4, 104), (5, 105), (6, 106)]
        "#]],
    );
}

#[test]
fn a_correction_builds_on_the_other_saves_that_lie_over_its_fields_too() {
    check(
        "sync
         page north a=3 cursor=3
         save a name=Mercy
         refused
         sync
         page north a=5 cursor=5
         save a city=Elko
         refused
         decide 2 done a name=Hope city=Reno",
        expect![[r#"
            > sync
              send pull after []
            > page north a=3 cursor=3
              commit strict outbox [] log "PC" meta
              show a {"name": "a 3"} on the web
              news Pulled { new: 1, changed: 0, gone: 0 }
            > save a name=Mercy
              commit strict outbox [1] log ""
              show a {"name": "Mercy"} on this phone
              send push from device 1 of (number, id) [(1, 101)] 1 on base [3]
            > refused
              commit relaxed outbox [1] log ""
              show a {"name": "Mercy"} needs you
            > sync
              send pull after [3]
            > page north a=5 cursor=5
              commit strict outbox [] log "PC" meta
              show a {"name": "Mercy"} needs you
              news Pulled { new: 0, changed: 0, gone: 0 }
            > save a city=Elko
              commit strict outbox [2] log ""
              show a {"city": "Elko", "name": "Mercy"} needs you
              send push from device 1 of (number, id) [(2, 102)] 2 on base [5] open [101]
            > refused
              commit relaxed outbox [2] log ""
              show a {"city": "Elko", "name": "Mercy"} needs you
            > decide 2 done a name=Hope city=Reno
              commit strict outbox [2, 3] log ""
              show a {"city": "Reno", "name": "Hope"} needs you
              send push from device 1 of (number, id) [(3, 103)] 3 settles [(Done, 102)] on base [3] open [101]
        "#]],
    );
}
