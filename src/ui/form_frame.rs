//! What every form has around its fields: the restored line, what went wrong, Save and Cancel.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};

use crate::ui::components::banner::Failure;
use crate::ui::components::button::{Button, Submit, Weight};
use crate::ui::components::dialog::Dialog;
use crate::ui::components::field::Entry;
use crate::ui::components::when;
use crate::ui::disk::NotKeptHint;
use crate::ui::open_form::OpenForm;
use crate::ui::{attention, trail, words};

/// What a field of an open form is told.
pub(crate) fn entry(open: OpenForm, name: &'static str, label: &'static str) -> Entry {
    Entry {
        name,
        label,
        text: open.text(name),
        wrong: open.wrong(name, label),
        on_typed: Callback::new(move |typed| open.put(name, typed)),
        on_left: Callback::new(move |()| open.keep()),
    }
}

/// The frame. The fields appear once the disk has said what was typed before.
#[component]
pub(crate) fn FormFrame(
    open: OpenForm,
    /// Where Cancel leads when the form was opened by its address.
    leave: String,
    /// Save was pressed.
    on_save: impl Fn() + 'static,
    /// The fields.
    children: ChildrenFn,
) -> impl IntoView {
    let asks = RwSignal::new(false);
    let navigate = use_navigate();
    let leave = StoredValue::new(leave);
    let go = move || {
        if !trail::go_back() {
            leave.with_value(|leave| trail::leave_for(leave, &navigate));
        }
    };
    let cancel = {
        let go = go.clone();
        move || if open.is_touched() { asks.set(true) } else { go() }
    };
    let keep = {
        let go = go.clone();
        move || {
            open.keep();
            go();
        }
    };
    let discard = move || {
        open.discard();
        go();
    };
    let unfinished = RwSignal::new(None::<String>);
    let on_submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        // What is half typed is in no form yet: what stood there before would be saved, and another day is in sight.
        let half_typed = event.target().and_then(|form| when::unfinished(form.unchecked_ref()));
        unfinished.set(half_typed.as_ref().map(|input| words::not_complete(&label_of(input))));
        match half_typed {
            Some(input) => attention::focus(&input),
            None => on_save(),
        }
    };
    let on_input = move |event: web_sys::Event| {
        let form = event.target().and_then(|input| input.dyn_into::<Element>().ok()?.closest("form").ok()?);
        if unfinished.with_untracked(Option::is_some)
            && form.is_some_and(|form| when::unfinished(&form).is_none())
        {
            unfinished.set(None);
        }
    };
    let wrong = Signal::derive(move || {
        let not_kept = || open.is_unkept().then(|| words::TYPED_NOT_KEPT.to_owned());
        unfinished.get().or_else(|| open.failed()).or_else(not_kept)
    });
    let children = StoredValue::new(children);
    view! {
        <form class="form page__body" autocomplete="off" novalidate on:submit=on_submit on:input=on_input>
            <Show when=move || open.is_restored()>
                <p class="form__restored">
                    <span>{words::RESTORED}</span>
                    <Button label=words::DISCARD on_press=move || open.discard() />
                </p>
            </Show>
            <Show when=move || open.is_ready()>
                <div class="form__fields">{children.with_value(|children| children())}</div>
            </Show>
            <NotKeptHint store=open.store() />
            <div class="form__end">
                <Failure text=wrong />
                <div class="form__do">
                    <Submit
                        label=words::SAVE
                        busy_label=words::SAVING
                        busy=Signal::derive(move || open.is_saving())
                    />
                    <Button label=words::CANCEL on_press=cancel />
                </div>
            </div>
        </form>
        <Dialog open=asks title=words::KEEP_TYPED id="keep-typed">
            <p class="dialog__text">{words::KEEP_TYPED_TEXT}</p>
            <div class="dialog__do">
                <Button label=words::KEEP weight=Weight::Main on_press=keep />
                <Button label=words::DISCARD on_press=discard />
            </div>
        </Dialog>
    }
}

fn label_of(input: &HtmlInputElement) -> String {
    let labels = input.labels().and_then(|labels| labels.get(0));
    labels.and_then(|label| label.text_content()).unwrap_or_default()
}
