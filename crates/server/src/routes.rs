//! The API: one file per resource, put together here.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use protocol::limits::{PUSH_BODY_BYTES_MAX, REQUEST_MS_MAX};
use std::time::Duration;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::trace::TraceLayer;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use crate::routes::error::ApiError;

mod address;
mod body;
mod cookie;
mod error;
mod health;
mod pull;
mod pulse;
mod push;
mod session;
mod signed_in;
mod versions;

/// What the description says beside the calls.
#[derive(OpenApi)]
#[openapi(info(
    title = "Satchel",
    description = "Push, pull, sign-in, and what a record was before. Every answer begins with `satchel: 1`; \
                   one that does not is not ours."
))]
struct Description;

/// Every call under `/api`, with what all of them share.
pub fn router(app: App) -> Router {
    let calls = OpenApiRouter::with_openapi(Description::openapi())
        .merge(push::router())
        .merge(pull::router())
        .merge(pulse::router())
        .merge(versions::router())
        .merge(session::router())
        .merge(health::router());
    let (calls, description) = calls.split_for_parts();
    let description = serde_json::to_vec(&description).expect("a description is plain JSON");
    let answer = move || async move { (JSON, description.clone()).into_response() };
    calls
        .route("/api/openapi.json", get(answer))
        .route("/api", any(|| async { ApiError::NoSuchCall }))
        .route("/api/", any(|| async { ApiError::NoSuchCall }))
        .route("/api/{*rest}", any(|| async { ApiError::NoSuchCall }))
        .method_not_allowed_fallback(|| async { ApiError::NoSuchCall })
        .layer(from_fn_with_state(app.clone(), signed_in::recognise))
        .layer(from_fn(body::guard))
        .layer(DefaultBodyLimit::max(PUSH_BODY_BYTES_MAX))
        .layer(from_fn(in_time))
        .layer(CatchPanicLayer::custom(|_| ApiError::Internal("a panic".to_owned()).into_response()))
        // Fast rather than small: at 4, brotli takes about 10 ms for a page of a pull and leaves a tenth of
        // it.
        .layer(CompressionLayer::new().quality(CompressionLevel::Precise(4)))
        .layer(axum::middleware::map_response(never_stored))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(TraceLayer::new_for_http())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .with_state(app)
}

const JSON: [(axum::http::HeaderName, &str); 1] = [(axum::http::header::CONTENT_TYPE, "application/json")];

async fn in_time(request: Request, next: Next) -> Response {
    let limit = Duration::from_millis(REQUEST_MS_MAX.into());
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::TooSlow.into_response(),
    }
}

async fn never_stored(mut response: Response) -> Response {
    let value = axum::http::HeaderValue::from_static("no-store");
    response.headers_mut().insert(axum::http::header::CACHE_CONTROL, value);
    response
}
