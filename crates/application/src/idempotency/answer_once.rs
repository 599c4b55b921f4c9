//! Answering a request that may be sent again.

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::idempotency::{Asker, Claimant, IdempotencyClaim, IdempotencyDigest, IdempotencyKey, KEPT_SECONDS};
use crate::ports::{TokenDigest, TokenKind};
use crate::{Application, IdempotencyClaimId, Timestamp, UseCaseError};

/// For how long a repeat waits for the answer of the first one, in milliseconds between each two looks: 2.5 s in all.
const PAUSES_MILLIS: [u64; 8] = [10, 20, 40, 80, 160, 320, 640, 1_230];

/// After how many seconds an answer that is still missing will not come any more: no request takes as long.
const ANSWERED_WITHIN_SECONDS: u64 = 60;

/// Answers a request under an idempotency key: carries it out the first time, and repeats the answer from then on.
#[derive(Clone, Debug)]
pub struct AnswerOnce {
    /// The client's key.
    pub key: IdempotencyKey,
    /// Who asks.
    pub asker: Asker,
    /// Everything that makes the request what it is: operation and body.
    pub request: SecretString,
}

/// What is to be done with the request. Like [`Repeat`], it may hold secrets, and has no `Debug`.
pub enum AnswerOnceOutcome {
    /// Carry it out, with [`FirstTime::application`].
    First(Box<FirstTime>),
    /// Do nothing, and say this.
    Repeated(Repeat),
}

/// What someone is told whose request was carried out before.
pub enum Repeat {
    /// What the first one was told.
    Answer(Zeroizing<Vec<u8>>),
    /// That the key stands for another request.
    OtherRequest,
    /// That the first one is still being carried out.
    InProgress {
        /// When to ask again.
        retry_after_seconds: u64,
    },
    /// That it was carried out, and that what was answered is not known.
    AnswerLost,
}

/// What kind of answer a request has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerKind {
    /// It was done as asked: this is told whatever else fails.
    Done,
    /// It was refused.
    Refused,
    /// Nothing was looked at, and the same request may be sent again later.
    Later,
    /// A part failed: nobody knows how far it came.
    Fault,
}

impl AnswerOnce {
    /// # Errors
    /// A port failed; nothing may be carried out.
    pub async fn execute(&self, application: &Application) -> Result<AnswerOnceOutcome, UseCaseError> {
        let api_key = match &self.asker {
            Asker::Bearer(token) => application.tokens().digest(TokenKind::ApiKey, token.expose_secret()),
            _ => None,
        };
        let question = Question {
            digest: application.idempotency_digest(&self.asker, &self.key),
            request: application.tokens().fingerprint(self.request.expose_secret()),
            api_key,
        };
        if let Some(found) = question.look(application).await? {
            return Ok(AnswerOnceOutcome::Repeated(question.wait(application, Some(found)).await?));
        }
        let now = application.now();
        let id = IdempotencyClaimId::new(now, 0, application.random()?);
        let request = application.sealer().seal(&IdempotencyClaim::request_context(id), &question.request).await?;
        let claimant = Claimant::new(IdempotencyClaim {
            id,
            digest: question.digest,
            request,
            answer: None,
            claimed_at: now,
            expires_at: now.plus_seconds(KEPT_SECONDS),
        });
        let application = application.claiming(Arc::clone(&claimant));
        Ok(AnswerOnceOutcome::First(Box::new(FirstTime { question, claimant, application })))
    }
}

/// A request that is carried out under its key.
pub struct FirstTime {
    question: Question,
    claimant: Arc<Claimant>,
    application: Application,
}

impl FirstTime {
    /// What it has to be carried out with: each of its units of work claims the key.
    #[must_use]
    pub fn application(&self) -> &Application {
        &self.application
    }

    /// Keeps the answer for those who repeat the request. What it yields is to be answered instead: the same request was
    /// carried out meanwhile, elsewhere.
    ///
    /// # Errors
    /// A port failed; the answer must not be given.
    pub async fn finish(self, kind: AnswerKind, answer: &[u8]) -> Result<Option<Repeat>, UseCaseError> {
        let application = &self.application;
        if self.claimant.is_held() {
            if let Err(error) = self.keep(kind, answer).await {
                // It was carried out, and this is what came of it.
                tracing::warn!(%error, "an answer could not be kept for those who repeat the request");
            }
            return Ok(None);
        }
        if self.claimant.is_lost() {
            return self.question.wait(application, None).await.map(Some);
        }
        // Nothing was changed here, perhaps because the same request has just changed it elsewhere.
        match (kind, self.question.look(application).await) {
            (AnswerKind::Fault, _) | (AnswerKind::Done, Err(_)) | (_, Ok(None)) => Ok(None),
            (_, Ok(found)) => self.question.wait(application, found).await.map(Some),
            (_, Err(error)) => Err(error),
        }
    }

    async fn keep(&self, kind: AnswerKind, answer: &[u8]) -> Result<(), UseCaseError> {
        let IdempotencyClaim { id, digest, .. } = self.claimant.claim;
        let sealed = match kind {
            AnswerKind::Done | AnswerKind::Refused => {
                let context = IdempotencyClaim::answer_context(id);
                Some(self.application.sealer().seal(&context, answer).await?)
            }
            AnswerKind::Later => None,
            // Something was committed before: it must not be done again.
            AnswerKind::Fault => return Ok(()),
        };
        let sealed = sealed.as_ref();
        self.application
            .transact_aside(|unit| {
                Box::pin(async move {
                    match sealed {
                        Some(sealed) => unit.idempotency().keep_answer(&digest, id, sealed).await?,
                        None => unit.idempotency().release(&digest, id).await?,
                    };
                    Ok(())
                })
            })
            .await
    }
}

/// A request, as it is told from others.
struct Question {
    digest: IdempotencyDigest,
    request: [u8; 32],
    /// The API key that asks, where it is one. One that opens nothing any more gets no kept answers either.
    api_key: Option<TokenDigest>,
}

/// What is kept of a request with the same key.
enum Found {
    OtherRequest,
    Answered(Zeroizing<Vec<u8>>),
    Unanswered { claimed_at: Timestamp },
}

impl Question {
    async fn look(&self, application: &Application) -> Result<Option<Found>, UseCaseError> {
        let now = application.now();
        let store = application.store();
        let claim = store.find_idempotency_claim(&self.digest).await?;
        let Some(claim) = claim.filter(|claim| claim.stands_at(now)) else { return Ok(None) };
        if let Some(api_key) = &self.api_key
            && !store.find_api_key(api_key).await?.is_some_and(|key| key.is_valid_at(now))
        {
            return Ok(None);
        }
        let sealer = application.sealer();
        let request = sealer.open(&IdempotencyClaim::request_context(claim.id), &claim.request).await?;
        if request[..] != self.request {
            return Ok(Some(Found::OtherRequest));
        }
        Ok(Some(match &claim.answer {
            Some(answer) => Found::Answered(sealer.open(&IdempotencyClaim::answer_context(claim.id), answer).await?),
            None => Found::Unanswered { claimed_at: claim.claimed_at },
        }))
    }

    /// Waits until the answer is there, for a short while.
    async fn wait(&self, application: &Application, mut found: Option<Found>) -> Result<Repeat, UseCaseError> {
        let mut pauses = PAUSES_MILLIS.into_iter();
        loop {
            match found {
                Some(Found::OtherRequest) => return Ok(Repeat::OtherRequest),
                Some(Found::Answered(answer)) => return Ok(Repeat::Answer(answer)),
                Some(Found::Unanswered { claimed_at })
                    if claimed_at.plus_seconds(ANSWERED_WITHIN_SECONDS) <= application.now() =>
                {
                    return Ok(Repeat::AnswerLost);
                }
                Some(Found::Unanswered { .. }) | None => {}
            }
            let Some(pause) = pauses.next() else { return Ok(Repeat::InProgress { retry_after_seconds: 1 }) };
            tokio::time::sleep(Duration::from_millis(pause)).await;
            found = self.look(application).await?;
        }
    }
}

impl Application {
    pub(crate) fn idempotency_digest(&self, asker: &Asker, key: &IdempotencyKey) -> IdempotencyDigest {
        use secrecy::ExposeSecret;
        let (kind, first, second) = match asker {
            Asker::Bearer(token) => ("bearer", token.expose_secret(), ""),
            Asker::Challenge(token) => ("challenge", token.expose_secret(), ""),
            Asker::Browser(token) => ("browser", token.expose_secret(), ""),
            Asker::Claimant { realm, login } => ("claimant", realm.as_str(), login.as_str()),
        };
        let (before, between) = (first.len(), second.len());
        // The lengths keep what was sent in one field from being taken for another.
        let label = zeroize::Zeroizing::new(format!(
            "idempotency key of a {kind}: {before} {first} {between} {second} {}",
            key.as_str()
        ));
        IdempotencyDigest(self.tokens().fingerprint(&label))
    }
}
