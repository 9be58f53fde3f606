//! `GET /api/health`: for whoever watches the server.

use axum::Json;
use axum::extract::State;
use protocol::message::{ErrorReply, SATCHEL};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::error::ApiError;
use crate::app::App;
use crate::clock;

/// The server can answer, and can keep a save.
#[derive(Serialize, ToSchema)]
struct HealthReply {
    /// Always 1.
    satchel: u32,
    /// The version of the program.
    version: &'static str,
    /// The server's life number.
    epoch: u64,
}

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(health))
}

/// Reads the database, and writes to it unless it took a change a moment ago, so that a good answer means something:
/// records can be read, and a save would be kept.
#[utoipa::path(
    get,
    path = "/api/health",
    responses(
        (status = 200, description = "The server can answer", body = HealthReply),
        (status = 503, description = "It cannot: `busy`, `full`, `disk` or `too_slow`", body = ErrorReply),
    )
)]
async fn health(State(app): State<App>) -> Result<Json<HealthReply>, ApiError> {
    let pulse = app.ledgers.read(|ledger| ledger.pulse(None, clock::now())).await?;
    app.ledgers.prove().await?;
    let version = env!("CARGO_PKG_VERSION");
    Ok(Json(HealthReply { satchel: SATCHEL, version, epoch: pulse.epoch }))
}
