//! Signing in: the page of a phone that nobody uses yet, and the form that an ended session asks for.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::store::Store;
use crate::ui::components::banner::Failure;
use crate::ui::components::button::Submit;
use crate::ui::components::field::{Entry, Keys, TextField};
use crate::ui::components::icon::{Drawing, Icon};
use crate::ui::disk::DiskNotice;
use crate::ui::{title, words};

/// The page.
#[component]
pub(crate) fn SignIn(store: Store) -> impl IntoView {
    title(|| words::SIGN_IN.to_owned());
    view! {
        <main class="entrance">
            <div class="entrance__mark">
                <Drawing icon=Icon::Satchel />
                <p class="entrance__name">{words::APP}</p>
            </div>
            <DiskNotice store />
            <h1 class="entrance__title">{words::SIGN_IN}</h1>
            <p class="entrance__text">{words::SIGN_IN_TEXT}</p>
            <SignInForm store email=String::new() />
        </main>
    }
}

/// The form. What is typed stays when signing in fails.
#[component]
pub(crate) fn SignInForm(
    store: Store,
    /// Who signed in here before.
    email: String,
) -> impl IntoView {
    // In a dialog the keyboard begins at what is still to be typed.
    let is_known = !email.is_empty();
    let email = RwSignal::new(email);
    let password = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<String>);
    let form = NodeRef::<html::Form>::new();
    let entry = |name, label, text: RwSignal<String>| Entry {
        name,
        label,
        text: text.into(),
        wrong: Signal::derive(|| None),
        on_typed: Callback::new(move |typed| text.set(typed)),
        on_left: Callback::new(|()| ()),
    };
    let send = move || {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failed.set(None);
        let (address, secret) = (email.get_untracked().trim().to_owned(), password.get_untracked());
        spawn_local(async move {
            let answer = store.sign_in(address, secret).await;
            // By now a success may have taken this form off the page.
            failed.try_set(answer.as_ref().err().map(words::not_signed_in));
            busy.try_set(false);
            if answer.is_ok() {
                password.try_set(String::new());
            }
        });
    };
    let on_submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        send();
    };
    view! {
        <form class="form" node_ref=form method="post" on:submit=on_submit>
            <TextField entry=entry("email", words::EMAIL, email) keys=Keys::EMAIL />
            <TextField entry=entry("password", words::PASSWORD, password) keys=Keys::PASSWORD first=is_known />
            <Failure text=failed />
            <div class="form__do">
                <Submit label=words::SIGN_IN busy_label=words::SIGNING_IN busy />
            </div>
        </form>
    }
}
