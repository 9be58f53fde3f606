//! What the rep reads of the disk: what is wrong with it, what happened to it, what it promises.

use crate::store::{Notice, Trouble};

/// What keeps the disk from doing as asked, and what to do.
pub(crate) fn trouble(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Full => "This phone has no more room for Satchel. Free some space, then save again.".to_owned(),
        Trouble::Closed => {
            "The browser closed Satchel's storage. Try again; if it stays so, close every window of Satchel and \
             open it anew."
                .to_owned()
        }
        Trouble::Silent => {
            "Satchel's storage does not answer; another window may be holding it. Close other windows of Satchel, \
             then try again."
                .to_owned()
        }
        Trouble::Busy => "Other windows of Satchel saved at the same time. Save again.".to_owned(),
        Trouble::Newer => {
            "A newer version of Satchel has been at work here. Reload to get it; nothing was changed.".to_owned()
        }
        Trouble::Refused => {
            "This browser gives Satchel no storage, as in some private windows. Open Satchel in an ordinary window."
                .to_owned()
        }
        Trouble::Other(why) => format!("The browser's storage did not do as asked ({why})."),
    }
}

/// What happened to the disk, in a few words and in full.
pub(crate) fn notice(notice: &Notice) -> (&'static str, String) {
    match notice {
        Notice::Cleared { rescued, lost } => ("The browser has cleared Satchel", cleared(*rescued, *lost)),
        Notice::Renewed { rescued, unreadable, was_open } => {
            ("Satchel's storage was damaged", renewed(*rescued, *unreadable, *was_open))
        }
        Notice::Rescued(saves) => {
            let are = if *saves == 1 { "was" } else { "were" };
            let text = format!("{} {are} missing here and came back from a second copy.", unsent(*saves));
            ("Nothing is lost", text)
        }
        Notice::SyncStopped => (
            "The sync was broken off",
            "This browser's storage failed under way. Nothing is lost; sync again.".to_owned(),
        ),
        Notice::NoRoomToSync => (
            "No room for the records from the web",
            "Your saves are safe and go to the web all the same. Free some space on this phone, then sync again."
                .to_owned(),
        ),
    }
}

fn cleared(rescued: usize, lost: usize) -> String {
    let saves = match (rescued, lost) {
        (0, 0) => "Everything you had saved was on the web.".to_owned(),
        (rescued, 0) => format!("{} came back from a second copy.", unsent(rescued)),
        (0, lost) => format!("{} went with it.", unsent(lost)),
        (rescued, lost) => format!("{} came back from a second copy, {lost} did not.", unsent(rescued)),
    };
    format!("It does so when the phone runs out of room. {saves} Sync now to bring your records back.")
}

fn renewed(rescued: usize, unreadable: usize, was_open: bool) -> String {
    let saves = match (rescued, was_open) {
        (0, true) => "No unsent save waited in it.".to_owned(),
        (0, false) => "It does not open, and there was no second copy of unsent saves.".to_owned(),
        (rescued, _) => {
            format!("{} {} brought over.", unsent(rescued), if rescued == 1 { "was" } else { "were" })
        }
    };
    let kept = match unreadable {
        0 => String::new(),
        1 => " One save in it cannot be read; it is kept there for your office.".to_owned(),
        many => format!(" {many} saves in it cannot be read; they are kept there for your office."),
    };
    format!("A new one was begun beside it. {saves}{kept} Sync now to bring your records back.")
}

fn unsent(count: usize) -> String {
    if count == 1 {
        "1 save that was not on the web yet".to_owned()
    } else {
        format!("{count} saves that were not on the web yet")
    }
}

// What is said in one way only, by the page that says it.
pub(crate) const STORAGE_FAILS: &str = "What you save now is not kept";
pub(crate) const TRY_AGAIN: &str = "Try again";
pub(crate) const UNDERSTOOD: &str = "OK";
pub(crate) const LET_GO: &str = "This phone ran out of room. To keep your saves, the records from the web were taken \
    off it; they are on screen until Satchel is closed. Free some space, then sync again.";
pub(crate) const NOT_KEPT: &str = "This browser may clear Satchel";
pub(crate) const NOT_KEPT_TEXT: &str = "It has not promised to keep what is stored here, and a private window clears \
    it when it closes. Saves that are not on the web yet would go with it. Installing Satchel helps.";
pub(crate) const NOT_KEPT_HINT: &str =
    "This browser may clear Satchel, and with it what is not on the web yet. Home says how to keep it.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_lost_and_what_came_back_is_counted() {
        let check = |rescued, lost, said: &str| {
            let (_, text) = notice(&Notice::Cleared { rescued, lost });
            assert!(text.contains(said), "{text}");
        };
        check(0, 0, "Everything you had saved was on the web.");
        check(1, 0, "1 save that was not on the web yet came back");
        check(0, 2, "2 saves that were not on the web yet went with it.");
        check(3, 1, "3 saves that were not on the web yet came back from a second copy, 1 did not.");
    }

    #[test]
    fn a_damaged_disk_says_what_could_not_be_read() {
        let (_, text) = notice(&Notice::Renewed { rescued: 2, unreadable: 1, was_open: true });
        assert!(text.contains("2 saves that were not on the web yet were brought over."), "{text}");
        assert!(text.contains("One save in it cannot be read"), "{text}");
    }
}
