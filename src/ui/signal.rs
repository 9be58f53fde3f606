//! Whether there is a signal, as far as this phone knows.

use engine::{Chip, LinkError, News};
use leptos::prelude::*;

use crate::store::Store;

/// Whether what is shown cannot be as new as the web's: the browser knows of no network, or the last try to sync found
/// none. Saves that wait say so themselves.
pub(crate) fn is_missing(store: Store, chip: Memo<Chip>) -> Memo<bool> {
    let (network, unanswered) = (RwSignal::new(has_network()), RwSignal::new(false));
    for name in ["online", "offline"] {
        let listener = window_event_listener_untyped(name, move |_| {
            network.set(has_network());
            unanswered.set(false);
        });
        on_cleanup(move || listener.remove());
    }
    Effect::new(move |_| {
        let got_none = matches!(store.news().get(), Some(News::PullFailed(LinkError::NoAnswer)));
        // While saves wait the chip says so, and their way to the web is a sign of a signal.
        unanswered.set(got_none && chip.get_untracked() == Chip::UpToDate);
    });
    // Whatever is tried after it says anew whether there is a signal.
    Effect::new(move |_| {
        if chip.get() != Chip::UpToDate {
            unanswered.set(false);
        }
    });
    Memo::new(move |_| chip.get() == Chip::UpToDate && (unanswered.get() || !network.get()))
}

fn has_network() -> bool {
    window().navigator().on_line()
}
