//! The app's own files: read once at start-up, sent compressed, cached as long as their names allow.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

/// The files by their path, beginning with `/`.
#[derive(Clone, Debug, Default)]
pub struct Assets(Arc<HashMap<String, Asset>>);

#[derive(Debug, Default)]
struct Asset {
    plain: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
    etag: String,
}

impl Assets {
    /// Reads every file under `dir`. `name.br` and `name.gz` beside `name` are its compressed forms.
    ///
    /// # Errors
    /// When a file cannot be read, or there is no `index.html`.
    pub fn read(dir: &Path) -> std::io::Result<Self> {
        let mut files = HashMap::new();
        read_into(dir, String::new(), &mut files)?;
        if !files.contains_key("/index.html") {
            let sentence = format!("There is no index.html in {}.", dir.display());
            return Err(std::io::Error::new(std::io::ErrorKind::NotFound, sentence));
        }
        let names: Vec<_> = files.keys().cloned().collect();
        let mut assets = HashMap::new();
        for name in names.iter().filter(|name| !is_compressed_form(name, &names)) {
            let plain = files.get(name).cloned().unwrap_or_default();
            let hash = Sha256::digest(&plain);
            let etag = hash[..12].iter().map(|byte| format!("{byte:02x}")).collect();
            let form = |ending| files.get(&format!("{name}{ending}")).cloned();
            let asset = Asset { brotli: form(".br"), gzip: form(".gz"), plain, etag };
            assets.insert(name.clone(), asset);
        }
        Ok(Self(Arc::new(assets)))
    }

    /// Answers a request for a file; a navigation to a page of the app gets `index.html`.
    pub fn answer(&self, request: &Request) -> Response {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return (StatusCode::METHOD_NOT_ALLOWED, "Only GET is answered here.").into_response();
        }
        let path = request.uri().path();
        let path = if path.ends_with('/') || is_page(path, request.headers()) { "/index.html" } else { path };
        match self.0.get(path) {
            Some(asset) => asset.answer(path, request.headers()),
            None => (StatusCode::NOT_FOUND, "There is no such file.").into_response(),
        }
    }
}

impl Asset {
    fn answer(&self, path: &str, headers: &HeaderMap) -> Response {
        let (body, encoding) = match (&self.brotli, &self.gzip) {
            (Some(body), _) if accepts(headers, "br") => (body, "br"),
            (_, Some(body)) if accepts(headers, "gzip") => (body, "gzip"),
            _ => (&self.plain, "identity"),
        };
        let etag = format!("\"{}-{encoding}\"", self.etag);
        let is_known = headers.get(header::IF_NONE_MATCH).is_some_and(|known| {
            known.to_str().is_ok_and(|known| known.split(',').any(|tag| tag.trim() == etag))
        });
        let mut response = match is_known {
            true => StatusCode::NOT_MODIFIED.into_response(),
            false => body.clone().into_response(),
        };
        let caching = if is_hashed(path) { "public, max-age=31536000, immutable" } else { "no-cache" };
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(path)));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        headers.insert(header::ETAG, HeaderValue::try_from(etag).expect("a hash is plain text"));
        if encoding != "identity" {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        response
    }
}

/// Puts on every answer what keeps a browser from doing more than the app needs.
pub fn secure(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert("permissions-policy", HeaderValue::from_static(PERMISSIONS_POLICY));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    response
}

/// No inline script or style, nothing from elsewhere; WebAssembly may be compiled.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
     style-src 'self'; connect-src 'self'; img-src 'self' data: blob:; worker-src 'self'; \
     manifest-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";
const PERMISSIONS_POLICY: &str =
    "camera=(), display-capture=(), geolocation=(self), microphone=(), payment=(), serial=(), usb=()";

fn read_into(dir: &Path, prefix: String, files: &mut HashMap<String, Bytes>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let path: PathBuf = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let name = format!("{prefix}/{name}");
        if path.is_dir() {
            read_into(&path, name, files)?;
        } else {
            files.insert(name, std::fs::read(&path)?.into());
        }
    }
    Ok(())
}

fn is_compressed_form(name: &str, names: &[String]) -> bool {
    let plain = name.strip_suffix(".br").or_else(|| name.strip_suffix(".gz"));
    plain.is_some_and(|plain| names.iter().any(|other| other == plain))
}

/// A page of the app has no ending, and a browser asks for it as a document.
fn is_page(path: &str, headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let last = path.rsplit('/').next().unwrap_or_default();
    !last.contains('.') && accept.contains("text/html")
}

/// Whether the build put a hash of the content into the name: a hyphen and 16 or more hexadecimal digits.
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let hex_run = |part: &str| part.bytes().take_while(u8::is_ascii_hexdigit).count();
    name.split('-').skip(1).any(|part| hex_run(part) >= 16)
}

fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let values = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let refused = parts.any(|part| part.replace(' ', "").trim_end_matches(['0', '.']) == "q=");
        name.eq_ignore_ascii_case(encoding) && !refused
    })
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_a_hash_are_kept_for_ever() {
        assert!(is_hashed("/satchel-0123456789abcdef_bg.wasm"));
        assert!(is_hashed("/style-0123456789abcdef.css"));
        for path in ["/sw.js", "/index.html", "/manifest.webmanifest", "/icons/icon-192.png", "/a-0123.js"] {
            assert!(!is_hashed(path), "{path}");
        }
    }

    #[test]
    fn an_encoding_refused_by_weight_is_not_accepted() {
        let headers = |text: &str| -> HeaderMap {
            [(header::ACCEPT_ENCODING, HeaderValue::from_str(text).expect("plain"))].into_iter().collect()
        };
        assert!(accepts(&headers("gzip, deflate, br, zstd"), "br"));
        assert!(accepts(&headers("br;q=0.5"), "br"));
        assert!(!accepts(&headers("br;q=0, gzip"), "br"));
        assert!(!accepts(&headers("br; q=0.000"), "br"));
        assert!(!accepts(&headers("gzip"), "br"));
    }
}
