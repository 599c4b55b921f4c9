//! What every form passes before its handler: that it is one of our pages', and, where it is an act, that it is carried out
//! once however often it is sent.
//!
//! Somebody presses Stop, or the answer is lost on its way, and sends the form again; a browser asks whether to send it once
//! more. Whoever did it once has done it then, and is told again what was answered (the protocol of `docs/idempotency.md`).

use countersign_application::Application;
use countersign_application::idempotency::{
    AnswerKind, AnswerOnce, AnswerOnceOutcome, Asker, FirstTime, IdempotencyKey, Repeat,
};
use countersign_serving::{pack, unpack};
use poem::http::StatusCode;
use poem::{Endpoint, IntoEndpoint, IntoResponse, Request, Response};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::cut_off::Sent;
use crate::form::{Form, FormToken};
use crate::refusal::Refusal;
use crate::shown_once::Shown;

/// A form of a page.
pub(crate) fn form<E: IntoEndpoint>(handler: E) -> Posted<E::Endpoint> {
    Posted { handler: handler.into_endpoint(), demands: Demands::Ours, takes_files: false }
}

/// A form that comes back filled in where it is no longer one of ours: its handler looks at that.
pub(crate) fn form_or_again<E: IntoEndpoint>(handler: E) -> Posted<E::Endpoint> {
    Posted { handler: handler.into_endpoint(), demands: Demands::Nothing, takes_files: false }
}

/// A form that is carried out once, however often it is sent.
pub(crate) fn act<E: IntoEndpoint>(handler: E) -> Posted<E::Endpoint> {
    Posted { handler: handler.into_endpoint(), demands: Demands::OursOnce, takes_files: false }
}

/// The same with a file in it.
pub(crate) fn upload<E: IntoEndpoint>(handler: E) -> Posted<E::Endpoint> {
    Posted { takes_files: true, ..act(handler) }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Demands {
    Nothing,
    Ours,
    OursOnce,
}

/// The handler of a form, and what it demands of it.
pub(crate) struct Posted<E> {
    handler: E,
    demands: Demands,
    takes_files: bool,
}

/// The name of the act that is being carried out: what it shows once is found under it.
#[derive(Clone)]
pub(crate) struct Act(pub(crate) String);

/// Who asks for an act, and under which name.
pub(crate) fn asked(browser: &str, act: &str) -> Option<(Asker, IdempotencyKey)> {
    Some((Asker::Browser(browser.into()), IdempotencyKey::new(act).ok()?))
}

impl<E: Endpoint> Endpoint for Posted<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let body = request.take_body();
        let form = Form::read(&request, body, self.takes_files).await?;
        if !form.is_ours() && self.demands != Demands::Nothing {
            return Err(Refusal::FormExpired.into());
        }
        request.set_data(form.clone());
        let sent = Sent::of(&request);
        let answer = match self.demands {
            Demands::Nothing | Demands::Ours => self.handler.call(request).await.map(IntoResponse::into_response),
            Demands::OursOnce => self.once(request, &form).await,
        };
        match answer {
            Err(error) if error.downcast_ref() == Some(&Refusal::SignIn) => {
                sent.and_then(|sent| sent.page(&form)).ok_or(error)
            }
            answer => answer,
        }
    }
}

impl<E: Endpoint> Posted<E> {
    async fn once(&self, mut request: Request, form: &Form) -> poem::Result<Response> {
        let application = request.data::<Application>().ok_or(Refusal::Internal)?.clone();
        let token = form.token();
        let browser = FormToken::browser_of(request.headers()).map_or(token.browser, str::to_owned);
        let what: SecretString = format!("{}\n{}", request.uri().path(), form.asks().expose_secret()).into();
        // Another form under the same name is another act: a page may have several, and somebody may have come back to it and
        // changed what they typed.
        let fresh = hex::encode(application.random::<16>().map_err(Refusal::from)?);
        for name in [token.act, fresh] {
            // A form without a name cannot be told from others.
            let Some((asker, key)) = asked(&browser, &name) else { continue };
            let once = AnswerOnce { key, asker, request: what.clone() };
            match once.execute(&application).await.map_err(Refusal::from)? {
                AnswerOnceOutcome::First(first) => {
                    request.set_data(first.application().clone());
                    request.set_data(Act(name));
                    let answer = self.handler.call(request).await.map(IntoResponse::into_response);
                    return finish(*first, answer).await;
                }
                AnswerOnceOutcome::Repeated(Repeat::Answer(kept)) => return Ok(answer_of(&kept)?),
                AnswerOnceOutcome::Repeated(Repeat::InProgress { .. }) => return Err(Refusal::Busy.into()),
                AnswerOnceOutcome::Repeated(Repeat::OtherRequest | Repeat::AnswerLost) => {}
            }
        }
        Err(Refusal::Internal.into())
    }
}

/// Keeps what was answered for whoever sends the form again, and yields what is to be answered.
async fn finish(first: FirstTime, answer: poem::Result<Response>) -> poem::Result<Response> {
    let kind = match &answer {
        Ok(answer) => kind_of(answer.status()),
        Err(error) if error.status().is_server_error() => AnswerKind::Fault,
        Err(_) => AnswerKind::Later,
    };
    let (kept, answer) = match answer {
        Ok(mut answer) => {
            let body = answer.take_body().into_vec().await.unwrap_or_default();
            let shown = answer.data::<Shown>().map(Shown::to_bytes).unwrap_or_default();
            let kept = kept(&shown, &pack(&answer, &body));
            answer.set_body(body);
            (kept, Ok(answer))
        }
        Err(error) => (Zeroizing::default(), Err(error)),
    };
    match first.finish(kind, &kept).await.map_err(Refusal::from)? {
        None => answer,
        Some(Repeat::Answer(kept)) => Ok(answer_of(&kept)?),
        // The same form was sent twice at once, and the other one is not through yet.
        Some(Repeat::InProgress { .. } | Repeat::OtherRequest | Repeat::AnswerLost) => Err(Refusal::Busy.into()),
    }
}

fn kind_of(status: StatusCode) -> AnswerKind {
    match status {
        StatusCode::SEE_OTHER => AnswerKind::Done,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => AnswerKind::Later,
        status if status.is_server_error() => AnswerKind::Fault,
        _ => AnswerKind::Refused,
    }
}

/// What is kept: how long what is shown once is, that itself, and the answer.
fn kept(shown: &[u8], answer: &[u8]) -> Zeroizing<Vec<u8>> {
    let length = u32::try_from(shown.len()).unwrap_or_default();
    Zeroizing::new([&length.to_be_bytes()[..], shown, answer].concat())
}

fn parts(kept: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = kept.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

fn answer_of(kept: &[u8]) -> Result<Response, Refusal> {
    parts(kept).and_then(|(_, answer)| unpack(answer)).ok_or_else(|| {
        tracing::error!("a kept answer cannot be read");
        Refusal::Internal
    })
}

/// What is shown once, of what was kept of an act.
pub(crate) fn shown_of(kept: &[u8]) -> Option<Shown> {
    parts(kept).and_then(|(shown, _)| Shown::from_bytes(shown))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_parted_as_it_was_put_together() {
        for (shown, answer) in [(&b""[..], &b""[..]), (b"", b"303\n\n"), (b"{}", b""), (b"shown", b"answer")] {
            assert_eq!(parts(&kept(shown, answer)), Some((shown, answer)));
        }
        for damaged in [&b""[..], b"\0\0\0", b"\0\0\0\x05shor"] {
            assert_eq!(parts(damaged), None);
        }
    }
}
