//! Signing out, and the two questions between unsent saves and their loss.

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
    let keep_working = move || {
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
        <button type="button" class="card__line" disabled=move || busy.get() on:click=move |_| sign_out(false)>
            <Drawing icon=Icon::Leave />
            <span class="card__words">
                {move || if busy.get() { words::SIGNING_OUT } else { words::SIGN_OUT }}
            </span>
        </button>
        <p class="card__hint">{words::SIGN_OUT_TEXT}</p>
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
