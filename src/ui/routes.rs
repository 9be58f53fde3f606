//! Which page stands at which address.

use leptos::prelude::*;
use leptos_router::components::{ParentRoute, Route, Routes};
use leptos_router::hooks::use_params_map;
use leptos_router::path;
use protocol::RecordId;

use crate::store::Store;
use crate::ui::intl::{self, Now};
use crate::ui::pages::about::About;
use crate::ui::pages::account::AccountPage;
use crate::ui::pages::account_form::{EditAccount, NewAccount};
use crate::ui::pages::accounts::{Accounts, Choose, ListPlace};
use crate::ui::pages::calendar::Calendar;
use crate::ui::pages::changes::Changes;
use crate::ui::pages::contact::ContactPage;
use crate::ui::pages::contact_form::{EditContact, NewContact};
use crate::ui::pages::contacts::{ChooseContact, Contacts, ContactsPlace};
use crate::ui::pages::event::EventPage;
use crate::ui::pages::event_form::{EditEvent, NewEvent};
use crate::ui::pages::export::Export;
use crate::ui::pages::figures::Figures;
use crate::ui::pages::find::Find;
use crate::ui::pages::home::Home;
use crate::ui::pages::mend::Mend;
use crate::ui::pages::merge::Merge;
use crate::ui::pages::more::More;
use crate::ui::pages::note::NotePage;
use crate::ui::pages::note_form::{EditNote, NewNote, NoteForm};
use crate::ui::pages::outbox::Outbox;
use crate::ui::pages::referral::ReferralPage;
use crate::ui::pages::referral_form::{EditReferral, NewReferral};
use crate::ui::pages::referrals::Referrals;
use crate::ui::pages::still::NotFound;
use crate::ui::pages::unfiled::Unfiled;

/// The page of the address.
#[component]
pub(crate) fn Pages(store: Store) -> impl IntoView {
    let place = ListPlace::new();
    let people = ContactsPlace::new();
    let now = Now::start();
    let wall = Memo::new(move |_| {
        now.tick();
        let clock = intl::clock();
        (clock.now.date(), clock.zone)
    });
    Effect::new(move |was: Option<_>| {
        let wall = wall.get();
        if was.is_some_and(|was| was != wall) {
            store.read_anew();
        }
        wall
    });
    view! {
        <Routes fallback=|| view! { <NotFound /> }.into_any()>
            <Route path=path!("/") view=move || view! { <Home store now /> }.into_any() />
            <Route path=path!("/find") view=move || view! { <Find store /> }.into_any() />
            <ParentRoute path=path!("/accounts") view=move || view! { <Accounts store place now /> }.into_any()>
                <Route path=path!("") view=|| view! { <Choose /> }.into_any() />
                <Route path=path!("new") view=move || view! { <NewAccount store /> }.into_any() />
                <Route
                    path=path!(":id")
                    view=move || view! { <AccountPage store id=record_id() /> }.into_any()
                />
                <Route
                    path=path!(":id/edit")
                    view=of_record(move |id| view! { <EditAccount store id /> }.into_any())
                />
                <Route
                    path=path!(":id/note")
                    view=of_record(move |account| view! { <NoteForm store account /> }.into_any())
                />
                <Route
                    path=path!(":id/merge")
                    view=of_record(move |id| view! { <Merge store id /> }.into_any())
                />
            </ParentRoute>
            <ParentRoute
                path=path!("/contacts")
                view=move || view! { <Contacts store place=people now /> }.into_any()
            >
                <Route path=path!("") view=|| view! { <ChooseContact /> }.into_any() />
                <Route path=path!("new") view=move || view! { <NewContact store /> }.into_any() />
                <Route
                    path=path!(":id")
                    view=of_record(move |id| view! { <ContactPage store id /> }.into_any())
                />
                <Route
                    path=path!(":id/edit")
                    view=of_record(move |id| view! { <EditContact store id /> }.into_any())
                />
            </ParentRoute>
            <Route path=path!("/referrals") view=move || view! { <Referrals store /> }.into_any() />
            <Route path=path!("/referrals/new") view=move || view! { <NewReferral store /> }.into_any() />
            <Route
                path=path!("/referrals/:id")
                view=of_record(move |id| view! { <ReferralPage store id /> }.into_any())
            />
            <Route
                path=path!("/referrals/:id/edit")
                view=of_record(move |id| view! { <EditReferral store id /> }.into_any())
            />
            <Route path=path!("/calendar") view=move || view! { <Calendar store /> }.into_any() />
            <Route path=path!("/events/new") view=move || view! { <NewEvent store /> }.into_any() />
            <Route
                path=path!("/events/:id")
                view=of_record(move |id| view! { <EventPage store id /> }.into_any())
            />
            <Route
                path=path!("/events/:id/edit")
                view=of_record(move |id| view! { <EditEvent store id /> }.into_any())
            />
            <Route path=path!("/notes/new") view=move || view! { <NewNote store /> }.into_any() />
            <Route
                path=path!("/notes/:id")
                view=of_record(move |id| view! { <NotePage store id /> }.into_any())
            />
            <Route
                path=path!("/notes/:id/edit")
                view=of_record(move |id| view! { <EditNote store id /> }.into_any())
            />
            <Route path=path!("/changes/:id") view=of_record(move |id| view! { <Changes store id /> }.into_any()) />
            <Route path=path!("/unfiled") view=move || view! { <Unfiled store /> }.into_any() />
            <Route path=path!("/figures") view=move || view! { <Figures store /> }.into_any() />
            <Route path=path!("/more") view=move || view! { <More store now /> }.into_any() />
            <Route path=path!("/more/outbox") view=move || view! { <Outbox store /> }.into_any() />
            <Route path=path!("/more/outbox/:save") view=move || mend(store).into_any() />
            <Route path=path!("/more/export") view=move || view! { <Export store /> }.into_any() />
            <Route path=path!("/more/about") view=move || view! { <About store /> }.into_any() />
        </Routes>
    }
}

/// The record of the address. The router keeps a page when only the id in its address changes.
fn record_id() -> Memo<Option<RecordId>> {
    let params = use_params_map();
    Memo::new(move |_| params.with(|params| params.get("id")?.parse().ok().map(RecordId)))
}

/// A page that belongs to one record: for another it is made anew.
fn of_record(
    page: impl Fn(RecordId) -> AnyView + Copy + Send + Sync + 'static,
) -> impl Fn() -> AnyView + Copy + Send + Sync + 'static {
    move || {
        let id = record_id();
        let shown = move || match id.get() {
            Some(id) => page(id),
            None => view! { <NotFound /> }.into_any(),
        };
        shown.into_any()
    }
}

/// A save is corrected in a form of its own.
fn mend(store: Store) -> impl IntoView {
    let params = use_params_map();
    let save = Memo::new(move |_| params.with(|params| params.get("save")));
    move || match save.get() {
        Some(named) => view! { <Mend store named /> }.into_any(),
        None => view! { <NotFound /> }.into_any(),
    }
}
