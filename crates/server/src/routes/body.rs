//! What a request must look like before its call reads it.

use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;

use super::error::ApiError;

/// Stops what another site's page could send: a request that changes something must be of this site, and one
/// with a body must be declared as JSON, which a plain form cannot do.
pub(super) async fn guard(request: Request, next: Next) -> Response {
    let (method, headers) = (request.method(), request.headers());
    if matches!(*method, Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    if !is_this_site(headers) {
        return ApiError::OtherSite.into_response();
    }
    if *method == Method::POST && !is_json(headers) {
        return ApiError::NotJson.into_response();
    }
    next.run(request).await
}

/// A request body of this JSON.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let bytes = axum::body::Bytes::from_request(request, state).await.map_err(|rejection| {
            let rejection: BytesRejection = rejection;
            match rejection.status() {
                StatusCode::PAYLOAD_TOO_LARGE => ApiError::TooLarge,
                _ => ApiError::Malformed("it ended early".to_owned()),
            }
        })?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| ApiError::Malformed(error.to_string()))
    }
}

fn is_this_site(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    match (origin, host) {
        (Some((_, origin)), Some(host)) => origin.eq_ignore_ascii_case(host),
        _ => false,
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = value.and_then(|value| value.split(';').next()).unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case("application/json")
}
