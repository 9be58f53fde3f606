//! `POST /api/pull`: what is new for a device, page by page.

use axum::Json;
use axum::extract::State;
use protocol::message::{ErrorReply, PullReply, PullRequest};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::Body;
use super::error::ApiError;
use super::signed_in::SignedIn;
use crate::app::App;
use crate::clock;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(pull))
}

/// Reads the user's feeds after these cursors, one page of it.
#[utoipa::path(
    post,
    path = "/api/pull",
    request_body = PullRequest,
    responses(
        (status = 200, description = "One page; complete when nothing remains", body = PullReply),
        (status = 400, description = "Not readable", body = ErrorReply),
        (status = 401, description = "Signed out", body = ErrorReply),
        (status = 426, description = "The app is too old to pull", body = ErrorReply),
        (status = 503, description = "Busy; ask again", body = ErrorReply),
    )
)]
async fn pull(
    State(app): State<App>,
    SignedIn(user): SignedIn,
    Body(request): Body<PullRequest>,
) -> Result<Json<PullReply>, ApiError> {
    if !request.diverged.is_empty() {
        tracing::error!("device {} got feeds that do not add up: {:?}", request.device.0, request.diverged);
        let report = request.clone();
        app.ledgers.write(move |ledger| ledger.add_divergence(user.id, &report, clock::now())).await?;
    }
    let reply = app.ledgers.read(move |ledger| ledger.pull(user.id, &request, clock::now())).await?;
    Ok(Json(reply))
}
