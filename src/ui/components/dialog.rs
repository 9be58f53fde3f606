//! A question that must be answered before anything else. The browser's own dialog keeps the focus inside.

use leptos::html;
use leptos::prelude::*;
use web_sys::MouseEvent;

/// A question on top of the page; Escape answers it as closing does.
#[component]
pub(crate) fn Dialog(
    /// Whether it is asked. The dialog sets it to false when it is closed.
    open: RwSignal<bool>,
    /// The question.
    #[prop(into)]
    title: Signal<String>,
    /// Its id, for the heading that names it.
    id: &'static str,
    /// Whether it is a sheet on the lower edge of a phone, which a press beside it closes.
    #[prop(optional)]
    sheet: bool,
    /// The answers.
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let wanted = open.get();
        let Some(dialog) = dialog.get() else { return };
        match (wanted, dialog.open()) {
            // It can only fail for a dialog that is not on the page, and then there is nothing to ask.
            (true, false) => drop(dialog.show_modal()),
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    // A double tap on what asks would answer too: its second tap finds an answer where the button was. On a sheet one
    // choice quickly follows the other, and each can be taken back.
    let once = move |event: MouseEvent| {
        if event.detail() > 1 && !sheet {
            event.prevent_default();
            event.stop_propagation();
        }
    };
    view! {
        <dialog
            node_ref=dialog
            class="dialog"
            class:dialog--sheet=sheet
            aria-labelledby=id
            closedby=sheet.then_some("any")
            on:click:capture=once
            on:close=move |_| open.set(false)
        >
            <h2 class="dialog__title" id=id>{move || title.get()}</h2>
            {children()}
        </dialog>
    }
}
