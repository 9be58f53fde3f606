//! The drawings, all on a grid of 24 and in the colour of the text beside them.

use leptos::prelude::*;

/// Each drawing by what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Icon {
    Home,
    Accounts,
    More,
    Sync,
    Check,
    Send,
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
    Close,
    Copy,
    Pin,
    Satchel,
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Self::Home => "M4 11l8-7 8 7v8a1 1 0 0 1-1 1h-4.5v-6h-5v6H5a1 1 0 0 1-1-1z",
            Self::Accounts => "M4 20.500V6l8-3v17.500M12 9h7a1 1 0 0 1 1 1v10.500M2.500 20.500h19M7.500 9v.01\
                M7.500 13v.01M7.500 17v.01M16 13v.01M16 17v.01",
            Self::More => "M4 7h16M4 12h16M4 17h16",
            Self::Sync => "M20 11.500A8 8 0 0 0 5.800 7L4 9M4 4.500V9h4.500M4 12.500A8 8 0 0 0 18.200 17L20 15\
                M20 19.500V15h-4.500",
            Self::Check => "M5 12.500l4.500 4.500L19 7.500",
            Self::Send => "M12 19V5M6 11l6-6 6 6",
            Self::Waiting => "M12 7v5.500l3.500 2M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
            Self::News => "M12 5v14M6 13l6 6 6-6",
            Self::Key => "M15.500 14a5.500 5.500 0 1 0-5.300-4L4 16.200V20h3.800v-2.500h2.500V15l1.400-1.300\
                M16.500 7.500v.01",
            Self::Alert => "M12 9v4.500M12 17v.01M10.300 4.200L2.600 17.500A2 2 0 0 0 4.300 20.500h15.400a2 2 0 0 0 \
                1.700-3L13.700 4.200a2 2 0 0 0-3.400 0z",
            Self::Phone => "M8 2.500h8a1.500 1.500 0 0 1 1.500 1.500v16a1.500 1.500 0 0 1-1.500 1.500H8A1.500 1.500 0 0 1 \
                6.500 20V4A1.500 1.500 0 0 1 8 2.500zM11 18.500h2",
            Self::Web => "M7 18.500a4.500 4.500 0 0 1-.5-8.970A6 6 0 0 1 18 11a3.800 3.800 0 0 1-.5 7.500z",
            Self::Plus => "M12 5v14M5 12h14",
            Self::Pencil => "M4 20l1-4.500L16.500 4a2 2 0 0 1 2.800 0l.7.700a2 2 0 0 1 0 2.800L8.500 19zM14 6.500l3.500 3.500",
            Self::Note => "M6 3.500h12a1 1 0 0 1 1 1V15l-5 5.500H6a1 1 0 0 1-1-1v-15a1 1 0 0 1 1-1zM14 20.500V15h5\
                M8.500 8h7M8.500 12h4",
            Self::Outbox => "M4 13.500V18a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-4.500h-5a3 3 0 0 1-6 0zM12 10.500v-7\
                M8.500 6.500L12 3l3.500 3.500",
            Self::About => "M12 11v6M12 7.500v.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
            Self::Leave => "M14 4H6a1 1 0 0 0-1 1v14a1 1 0 0 0 1 1h8M10 12h11M17 8l4 4-4 4",
            Self::Back => "M14.500 5.500L8 12l6.500 6.500",
            Self::Forward => "M9.500 5.500L16 12l-6.500 6.500",
            Self::Close => "M6 6l12 12M18 6L6 18",
            Self::Copy => "M9 8.500h10a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H9a1 1 0 0 1-1-1v-10a1 1 0 0 1 1-1z\
                M15.500 5V4a1 1 0 0 0-1-1H4.500a1 1 0 0 0-1 1v10a1 1 0 0 0 1 1H5.500",
            Self::Pin => "M12 21.500s7-6.200 7-11.500a7 7 0 0 0-14 0c0 5.300 7 11.500 7 11.500zM12 12.500a2.500 2.500 0 1 0 \
                0-5 2.500 2.500 0 0 0 0 5z",
            Self::Satchel => "M4 8h16a1 1 0 0 1 1 1v10a1.500 1.500 0 0 1-1.500 1.500h-15A1.500 1.500 0 0 1 3 19V9a1 1 0 0 1 \
                1-1zM8.500 8V6a2.500 2.500 0 0 1 2.500-2.500h2A2.500 2.500 0 0 1 15.500 6v2M3 9.500c0 3 3 4 9 4s9-1 9-4\
                M12 12.500v3",
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
