//! Signing out, and the questions between what is on this phone alone and its loss.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::store::Store;
use crate::ui::components::button::{Button, Weight};
use crate::ui::components::dialog::Dialog;
use crate::ui::components::icon::{Drawing, Icon};
use crate::ui::words;

/// The button. It signs out at once when nothing is unsent.
#[component]
pub(crate) fn SignOut(store: Store) -> impl IntoView {
    let unsent = RwSignal::new(0_usize);
    let asks = RwSignal::new(false);
    let asks_again = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let sign_out = move |discard: bool| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let answer = store.sign_out(discard).await;
            busy.try_set(false);
            if let Err(count) = answer {
                unsent.try_set(count);
                asks.try_set(true);
            }
        });
    };
    // What is neither on the web nor on its way there: nobody brings it back.
    let goes_too = RwSignal::new(String::new());
    let asks_first = RwSignal::new(false);
    let press = move |_| {
        spawn_local(async move {
            let begun = store.drafts().await.len();
            let undecided = store.status().with_untracked(|status| status.needs_you.len());
            if undecided + begun == 0 {
                return sign_out(false);
            }
            goes_too.try_set(words::goes_too(undecided, begun));
            asks_first.try_set(true);
        });
    };
    let go_on = move || {
        asks_first.set(false);
        sign_out(false);
    };
    let keep_working = move || {
        asks_first.set(false);
        asks.set(false);
        asks_again.set(false);
    };
    let lose = move || {
        asks.set(false);
        asks_again.set(true);
    };
    let lose_all = move || {
        asks_again.set(false);
        sign_out(true);
    };
    let question = Signal::derive(move || words::not_on_web(unsent.get()));
    view! {
        <button type="button" class="card__line" disabled=move || busy.get() on:click=press>
            <Drawing icon=Icon::Leave />
            <span class="card__words">
                {move || if busy.get() { words::SIGNING_OUT } else { words::SIGN_OUT }}
            </span>
        </button>
        <p class="card__hint">{words::SIGN_OUT_TEXT}</p>
        <Dialog open=asks_first title=Signal::stored(words::GOES_TOO.to_owned()) id="goes-too">
            <p class="dialog__text">{move || goes_too.get()}</p>
            <div class="dialog__do">
                <Button label=words::KEEP_WORKING weight=Weight::Main on_press=keep_working />
                <Button label=words::SIGN_OUT on_press=go_on />
            </div>
        </Dialog>
        <Dialog open=asks title=question id="unsent">
            <p class="dialog__text">{words::NOT_ON_WEB_TEXT}</p>
            <div class="dialog__do">
                <Button label=words::KEEP_WORKING weight=Weight::Main on_press=keep_working />
                <Button label=words::SIGN_OUT_AND_LOSE on_press=lose />
            </div>
        </Dialog>
        <Dialog open=asks_again title=question id="unsent-again">
            <p class="dialog__text">{words::LOSE_TEXT}</p>
            <div class="dialog__do">
                <Button label=words::KEEP_WORKING on_press=keep_working />
                <button type="button" class="button button--danger" on:click=move |_| lose_all()>
                    <span class="button__label">{move || words::lose(unsent.get())}</span>
                </button>
            </div>
        </Dialog>
    }
}
