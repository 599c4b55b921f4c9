//! `Idempotency-Key`: a request that may be sent again and is carried out once. Applied around all operations that change
//! something, before they are routed; without the header nothing is looked up.

use countersign_application::Application;
use countersign_application::idempotency::{
    AnswerKind, AnswerOnce, AnswerOnceOutcome, Asker, FirstTime, IdempotencyKey, Repeat,
};
use countersign_serving::{pack, read_body, unpack};
use poem::http::header::AUTHORIZATION;
use poem::http::{HeaderMap, HeaderName, Method, StatusCode};
use poem::{Request, Response};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::bearer::{REALM, named_realm};
use crate::document::Asks;
use crate::problem::{Problem, ProblemCode};

/// The header, as documentation writes it.
pub(crate) const NAME: &str = "Idempotency-Key";

const HEADER: HeaderName = HeaderName::from_static("idempotency-key");

/// What is to be done with a request.
pub(crate) enum Begun {
    /// Carry it out; it may not be repeated.
    Unasked,
    /// Carry it out, with the application of this.
    First(Box<FirstTime>),
    /// Answer this.
    Repeat(Repeat),
}

/// Looks whether a request has a key, and whether it was carried out before. Its body has to be short.
pub(crate) async fn begin(application: &Application, request: &mut Request, asks: Asks) -> Result<Begun, Problem> {
    let Some(key) = key(request.method(), request.headers())? else { return Ok(Begun::Unasked) };
    let body = request.take_body();
    let body = Zeroizing::new(read_body(request, body).await?);
    request.set_body(body.to_vec());
    let fields = serde_json::from_slice::<Value>(&body).ok();
    // Whoever says nothing of themselves cannot change anything, and is told so by the operation.
    let Some(asker) = asker(asks, request.headers(), fields.as_ref()) else { return Ok(Begun::Unasked) };
    let what = Zeroizing::new(match &fields {
        // As it is understood: neither white space nor the order of the fields makes another request.
        Some(fields) => fields.to_string(),
        // What a client that sends nothing means.
        None if body.is_empty() => "{}".to_owned(),
        None => format!("{:02x?}", &**body),
    });
    // In another realm it is another request.
    let realm = named_realm(request.headers()).map(|realm| format!("{REALM}: {realm}\n")).unwrap_or_default();
    let request = format!("{} {}\n{realm}{}", request.method(), request.uri(), *what).into();
    match (AnswerOnce { key, asker, request }).execute(application).await? {
        AnswerOnceOutcome::First(first) => Ok(Begun::First(first)),
        AnswerOnceOutcome::Repeated(repeat) => Ok(Begun::Repeat(repeat)),
    }
}

fn key(method: &Method, headers: &HeaderMap) -> Result<Option<IdempotencyKey>, Problem> {
    let mut lines = headers.get_all(HEADER).iter();
    let (Some(line), false) = (lines.next(), method.is_safe()) else { return Ok(None) };
    let text = if lines.next().is_none() { line.to_str().unwrap_or_default() } else { "" };
    IdempotencyKey::new(text).map(Some).map_err(|error| Problem::invalid_request(NAME, error.to_string()))
}

fn asker(asks: Asks, headers: &HeaderMap, fields: Option<&Value>) -> Option<Asker> {
    if let Some(authorization) = headers.get(AUTHORIZATION) {
        let (_, token) = authorization.to_str().ok()?.split_once(' ')?;
        return Some(Asker::Bearer(token.trim().to_owned().into()));
    }
    if asks == Asks::Bearer {
        return None;
    }
    let text = |name| fields?.get(name)?.as_str().map(str::to_owned);
    if let Some(challenge) = text("challenge_token") {
        return Some(Asker::Challenge(challenge.into()));
    }
    Some(Asker::Claimant { login: text("login")?, realm: text("realm").unwrap_or_default() })
}

/// Keeps the answer of a request that was carried out for the first time, and yields what is to be answered.
pub(crate) async fn finish(first: FirstTime, mut answer: Response) -> Result<Response, Problem> {
    let kind = match answer.status() {
        status if status.is_success() => AnswerKind::Done,
        StatusCode::TOO_MANY_REQUESTS => AnswerKind::Later,
        status if status.is_server_error() => AnswerKind::Fault,
        _ => AnswerKind::Refused,
    };
    let body = answer.take_body().into_vec().await.unwrap_or_default();
    let packed = pack(&answer, &body);
    answer.set_body(body);
    match first.finish(kind, &packed).await? {
        None => Ok(answer),
        Some(instead) => repeated(instead),
    }
}

/// What someone is answered whose request was carried out before.
pub(crate) fn repeated(repeat: Repeat) -> Result<Response, Problem> {
    let detail = match repeat {
        Repeat::Answer(packed) => {
            return unpack(&packed).ok_or_else(|| {
                tracing::error!("a kept answer cannot be read");
                Problem::new(ProblemCode::InternalError, "What was answered to this request cannot be read.")
            });
        }
        Repeat::InProgress { retry_after_seconds } => return Err(Problem::in_progress(retry_after_seconds)),
        Repeat::OtherRequest => "This key was used for another request. Take a new one for each.",
        Repeat::AnswerLost => {
            "This request was carried out, and its answer is lost. Look at the present state, then take a new key."
        }
    };
    Err(Problem::new(ProblemCode::IdempotencyConflict, detail))
}

#[cfg(test)]
mod tests {
    use poem::http::HeaderValue;

    use super::*;

    fn headers(lines: &[(&'static str, &[u8])]) -> HeaderMap {
        lines.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_bytes(value).unwrap())).collect()
    }

    #[test]
    fn a_key_is_one_line_of_visible_ascii_on_whatever_changes_something() {
        let of = |method: Method, lines: &[(&'static str, &[u8])]| key(&method, &headers(lines));
        let name = "idempotency-key";
        for good in [&b"8e03978e-40d5-43dd-bc93-6894a57f9324"[..], b"!", b"\"quoted\"", &[b'~'; 200]] {
            assert!(of(Method::POST, &[(name, good)]).unwrap().is_some());
        }
        for bad in [&b""[..], b"two words", b"caf\xc3\xa9", b"\xff", b"tab\there", &[b'a'; 201]] {
            let problem = of(Method::POST, &[(name, bad)]).unwrap_err();
            assert_eq!((problem.code, &*problem.errors[0].field), (ProblemCode::InvalidRequest, NAME));
        }
        assert!(of(Method::POST, &[(name, b"a"), (name, b"a")]).is_err());
        assert!(of(Method::GET, &[(name, b"two words")]).unwrap().is_none());
        assert!(of(Method::POST, &[]).unwrap().is_none());
    }

    #[test]
    fn who_asks_is_told_by_the_token_the_challenge_or_the_login() {
        let bearer = headers(&[("authorization", b"Bearer  cs_session_x ")]);
        let body = serde_json::json!({ "login": "ada", "challenge_token": "c", "password": "p" });
        let asker = |headers: &HeaderMap, fields: Option<&Value>| asker(Asks::Anyone, headers, fields);
        assert!(matches!(asker(&bearer, Some(&body)), Some(Asker::Bearer(_))));
        assert!(matches!(asker(&headers(&[]), Some(&body)), Some(Asker::Challenge(_))));
        assert!(super::asker(Asks::Bearer, &headers(&[]), Some(&body)).is_none(), "a login is no token");
        let login = serde_json::json!({ "login": "ada" });
        assert!(matches!(asker(&headers(&[]), Some(&login)), Some(Asker::Claimant { login, .. }) if login == "ada"));
        for nothing in [serde_json::json!({ "login": 7 }), serde_json::json!([1]), serde_json::json!({})] {
            assert!(asker(&headers(&[]), Some(&nothing)).is_none());
        }
        assert!(asker(&headers(&[]), None).is_none());
    }
}
