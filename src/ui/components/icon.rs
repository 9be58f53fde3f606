//! The drawings, all on a grid of 24 and in the colour of the text beside them.

use leptos::prelude::*;

/// Each drawing by what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Icon {
    Home,
    Accounts,
    More,
    Sync,
    Check,
    Waiting,
    News,
    Key,
    Alert,
    Phone,
    Web,
    Plus,
    Pencil,
    Note,
    Outbox,
    About,
    Leave,
    Back,
    Forward,
    Copy,
    Pin,
    Satchel,
    Close,
    Search,
    Calendar,
    Referral,
    Person,
    Chart,
    Mail,
    Message,
    Trash,
    Merge,
    Export,
    Picture,
    Print,
    Filter,
    Saved,
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Self::Home => "M4 11l8-7 8 7v8a1 1 0 0 1-1 1h-4.5v-6h-5v6H5a1 1 0 0 1-1-1z",
            Self::Accounts => {
                "M4 20.5V6l8-3v17.5M12 9h7a1 1 0 0 1 1 1v10.5M2.5 20.5h19M7.5 9v.01\
                M7.5 13v.01M7.5 17v.01M16 13v.01M16 17v.01"
            }
            Self::More => "M4 7h16M4 12h16M4 17h16",
            Self::Sync => {
                "M20 11.5A8 8 0 0 0 5.8 7L4 9M4 4.5V9h4.5M4 12.5A8 8 0 0 0 18.2 17L20 15\
                M20 19.5V15h-4.5"
            }
            Self::Check => "M5 12.5l4.5 4.5L19 7.5",
            Self::Waiting => "M12 7v5.5l3.5 2M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
            Self::News => "M12 5v14M6 13l6 6 6-6",
            Self::Key => {
                "M15.5 14a5.5 5.5 0 1 0-5.3-4L4 16.2V20h3.8v-2.5h2.5V15l1.4-1.3\
                M16.5 7.5v.01"
            }
            Self::Alert => {
                "M12 9v4.5M12 17v.01M10.3 4.2L2.6 17.5A2 2 0 0 0 4.3 20.5h15.4a2 2 0 0 0 \
                1.7-3L13.7 4.2a2 2 0 0 0-3.4 0z"
            }
            Self::Phone => {
                "M8 2.5h8a1.5 1.5 0 0 1 1.5 1.5v16a1.5 1.5 0 0 1-1.5 1.5H8A1.5 1.5 0 0 1 \
                6.5 20V4A1.5 1.5 0 0 1 8 2.5zM11 18.5h2"
            }
            Self::Web => "M7 18.5a4.5 4.5 0 0 1-.5-8.97A6 6 0 0 1 18 11a3.8 3.8 0 0 1-.5 7.5z",
            Self::Plus => "M12 5v14M5 12h14",
            Self::Pencil => "M4 20l1-4.5L16.5 4a2 2 0 0 1 2.8 0l.7.7a2 2 0 0 1 0 2.8L8.5 19zM14 6.5l3.5 3.5",
            Self::Note => {
                "M6 3.5h12a1 1 0 0 1 1 1V15l-5 5.5H6a1 1 0 0 1-1-1v-15a1 1 0 0 1 1-1zM14 20.5V15h5\
                M8.5 8h7M8.5 12h4"
            }
            Self::Outbox => {
                "M4 13.5V18a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-4.5h-5a3 3 0 0 1-6 0zM12 10.5v-7\
                M8.5 6.5L12 3l3.5 3.5"
            }
            Self::About => "M12 11v6M12 7.5v.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
            Self::Leave => "M14 4H6a1 1 0 0 0-1 1v14a1 1 0 0 0 1 1h8M10 12h11M17 8l4 4-4 4",
            Self::Back => "M14.5 5.5L8 12l6.5 6.5",
            Self::Forward => "M9.5 5.5L16 12l-6.5 6.5",
            Self::Copy => {
                "M9 8.5h10a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H9a1 1 0 0 1-1-1v-10a1 1 0 0 1 1-1z\
                M15.5 5V4a1 1 0 0 0-1-1H4.5a1 1 0 0 0-1 1v10a1 1 0 0 0 1 1H5.5"
            }
            Self::Pin => {
                "M12 21.5s7-6.2 7-11.5a7 7 0 0 0-14 0c0 5.3 7 11.5 7 11.5zM12 12.5a2.5 2.5 0 1 0 \
                0-5 2.5 2.5 0 0 0 0 5z"
            }
            Self::Close => "M6 6l12 12M18 6L6 18",
            Self::Search => "M10.5 17.5a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM15.5 15.5L21 21",
            Self::Calendar => {
                "M5 5.5h14a1 1 0 0 1 1 1v13a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1v-13a1 1 0 0 1 1-1z\
                M4 10h16M8 3v4.5M16 3v4.5"
            }
            Self::Referral => {
                "M9 6.5a3 3 0 1 0 0 .01zM3.5 20.5v-2a5.5 5.5 0 0 1 9-4.2M14 17h7M18 13.5l3.5 3.5-3.5 3.5"
            }
            Self::Person => "M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5v-1a7.5 7.5 0 0 1 15 0v1",
            Self::Chart => "M4 20.5h16M7 20.5v-7M12 20.5V5M17 20.5v-11",
            Self::Mail => {
                "M4 5.5h16a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1v-11a1 1 0 0 1 1-1zM3.5 7l8.5 6 8.5-6"
            }
            Self::Message => {
                "M5 4.5h14a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1h-7l-5 4v-4H5a1 1 0 0 1-1-1v-10a1 1 0 0 1 1-1z"
            }
            Self::Trash => "M4.5 6.5h15M9.5 6.5v-3h5v3M6.5 6.5l1 14h9l1-14M10 10.5v6M14 10.5v6",
            Self::Merge => "M6 3.5v4a5 5 0 0 0 5 5h1v8M18 3.5v4a5 5 0 0 1-5 5h-1M8.5 17l3.5 3.5 3.5-3.5",
            Self::Export => "M12 14.5V3.5M7.5 8L12 3.5 16.5 8M5 12v7a1 1 0 0 0 1 1h12a1 1 0 0 0 1-1v-7",
            Self::Picture => {
                "M5 4.5h14a1 1 0 0 1 1 1v13a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1v-13a1 1 0 0 1 1-1zM4 16.5l4.5-4.5 \
                4 4 2.5-2.5 5 5M15.5 9v.01"
            }
            Self::Print => {
                "M7.5 8.5V3.5h9v5M7.5 16.5H4.5a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1h15a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-3\
                M7.5 13.5h9v7h-9z"
            }
            Self::Filter => "M4 6h16M7 12h10M10 18h4",
            Self::Saved => "M6.5 3.5h11v17l-5.5-4.5-5.5 4.5z",
            Self::Satchel => {
                "M4 8h16a1 1 0 0 1 1 1v10a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 19V9a1 1 0 0 1 \
                1-1zM8.5 8V6a2.5 2.5 0 0 1 2.5-2.5h2A2.5 2.5 0 0 1 15.5 6v2M3 9.5c0 3 3 4 9 4s9-1 9-4\
                M12 12.5v3"
            }
        }
    }
}

/// One drawing. It says nothing to a screen reader: a word always stands beside it.
#[component]
pub(crate) fn Drawing(
    /// Which one; it may change.
    #[prop(into)]
    icon: Signal<Icon>,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d=move || icon.get().path() />
        </svg>
    }
}
