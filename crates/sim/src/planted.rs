//! Bugs of the kind that products ship, planted around the engine one at a time. A judge that does not find them is
//! no judge; `sim --planted` shows how many worlds each takes.

/// What goes wrong in a world with a planted bug.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Planted {
    /// The disk says that a strict transaction is complete before it is durable, and the power fails.
    StrictIsRelaxed,
    /// A push that is sent again comes under new change ids.
    FreshIdsOnResend,
    /// A push that never reached the server is answered as accepted by something in between.
    ReceiptWithoutServer,
    /// A page loses a record on its way, and the digest is made to fit.
    PageLosesRecord,
    /// An answer from long ago is taken for the answer to the newest pull.
    OldAnswerAsNew,
    /// A page in the middle of a pull says that nothing remains.
    MiddlePageAsLast,
    /// The screen misses what a receipt changed.
    ScreenMissesShown,
    /// A page ends with an older version of a record that it brought before, and the digest is made to fit.
    OldVersionAfterNew,
    /// A commit that fails half way leaves its second half on disk.
    TornCommit,
    /// The outbox row is deleted when the push leaves, not when the receipt comes.
    ForgetOnSend,
}

impl Planted {
    /// All of them, with the invariant (PROTOCOL, section C) that each breaks.
    pub const ALL: [(Self, &'static str); 10] = [
        (Self::StrictIsRelaxed, "P1 no lost save"),
        (Self::ForgetOnSend, "P1 no lost save"),
        (Self::FreshIdsOnResend, "P2 at most once"),
        (Self::ReceiptWithoutServer, "P3 honest receipts"),
        (Self::PageLosesRecord, "P6 one moment of the server"),
        (Self::OldAnswerAsNew, "P7 never back in time"),
        (Self::MiddlePageAsLast, "P8 never half a pull"),
        (Self::ScreenMissesShown, "P13 read your writes"),
        (Self::OldVersionAfterNew, "P17 a page twice is a page"),
        (Self::TornCommit, "P18 crash at any moment"),
    ];
}
