//! `GET /api/records/{id}/versions`: what a record was before, and who changed it.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use protocol::RecordId;
use protocol::message::{ErrorReply, VersionsReply};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::error::ApiError;
use super::signed_in::SignedIn;
use crate::app::App;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(versions))
}

/// Reads the versions of a record of the user's, the newest first.
#[utoipa::path(
    get,
    path = "/api/records/{id}/versions",
    params(
        ("id" = Uuid, Path, description = "The record"),
        ("below" = Option<u64>, Query, description = "Only versions below this one: the last of the page before"),
    ),
    responses(
        (status = 200, description = "One page of them", body = VersionsReply),
        (status = 400, description = "Not readable", body = ErrorReply),
        (status = 401, description = "Signed out", body = ErrorReply),
        (status = 404, description = "Not a record of the user's", body = ErrorReply),
        (status = 503, description = "Busy; ask again", body = ErrorReply),
    )
)]
async fn versions(
    State(app): State<App>,
    SignedIn(user): SignedIn,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Json<VersionsReply>, ApiError> {
    let id: Uuid = id.parse().map_err(|_| ApiError::NoSuchRecord)?;
    let below = query.as_deref().map(below).transpose()?;
    let read = app.ledgers.read(move |ledger| ledger.versions(user.id, RecordId(id), below));
    read.await?.map(Json).ok_or(ApiError::NoSuchRecord)
}

fn below(query: &str) -> Result<u64, ApiError> {
    let number = query.strip_prefix("below=").and_then(|number| number.parse().ok());
    number
        .ok_or_else(|| ApiError::Malformed("after the question mark only below=VERSION may stand".to_owned()))
}
