//! `POST /api/push`: a device's next changes.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use protocol::message::{ErrorReply, PushReply, PushRequest};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::Body;
use super::error::ApiError;
use super::signed_in::SignedIn;
use crate::app::App;
use crate::clock;
use crate::ledger::LedgerError;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(push))
}

/// Takes changes, in their order; answers each with its receipt once all are durable.
#[utoipa::path(
    post,
    path = "/api/push",
    request_body = PushRequest,
    responses(
        (status = 200, description = "One receipt a change, or why none was taken", body = PushReply),
        (status = 400, description = "Not readable", body = ErrorReply),
        (status = 401, description = "Signed out; keep the changes and send them later", body = ErrorReply),
        (status = 403, description = "The device belongs to another user", body = ErrorReply),
        (status = 413, description = "Too large; send fewer at once", body = ErrorReply),
        (status = 503, description = "Busy, full or failing; nothing was lost, send the same again", body = ErrorReply),
    )
)]
async fn push(
    State(app): State<App>,
    SignedIn(user): SignedIn,
    Body(request): Body<PushRequest>,
) -> Result<Json<PushReply>, ApiError> {
    let request = Arc::new(request);
    let asked = Arc::clone(&request);
    let taken = app.ledgers.write(move |ledger| ledger.push(user.id, &asked, clock::now())).await;
    let reply = match taken {
        Err(LedgerError::Database(text)) if request.suspect && request.changes.len() == 1 => {
            tracing::error!("change {} is set aside unread: {text}", request.changes[0].id.0);
            app.ledgers.write(move |ledger| ledger.set_aside(user.id, &request, clock::now())).await?
        }
        taken => taken?,
    };
    Ok(Json(reply))
}
