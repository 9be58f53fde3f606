//! `GET /api/pulse`: proves a connection, and says how far the feeds are.

use axum::Json;
use axum::extract::State;
use protocol::message::{ErrorReply, PulseReply};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::error::ApiError;
use super::signed_in::MaybeSignedIn;
use crate::app::App;
use crate::clock;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(pulse))
}

/// Answers signed-in and signed-out requests alike.
#[utoipa::path(
    get,
    path = "/api/pulse",
    responses(
        (status = 200, description = "There is a connection", body = PulseReply),
        (status = 503, description = "Busy; ask again", body = ErrorReply),
    )
)]
async fn pulse(
    State(app): State<App>,
    MaybeSignedIn(user): MaybeSignedIn,
) -> Result<Json<PulseReply>, ApiError> {
    let user = user.map(|user| user.id);
    Ok(Json(app.ledgers.read(move |ledger| ledger.pulse(user, clock::now())).await?))
}
