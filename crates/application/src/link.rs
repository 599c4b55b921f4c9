//! Links that open something once: the time at which one was made and what else it says, sealed to a row. Any node with the key ring
//! recognizes it, and nothing is stored.

use secrecy::{ExposeSecret, SecretString};

use crate::ports::{SealContext, Sealed, SealerError};
use crate::{Application, Timestamp, UseCaseError};

impl Application {
    /// What a link carries that is made at `now` and says something.
    pub(crate) async fn seal_link(
        &self,
        context: &SealContext,
        now: Timestamp,
        says: &[u8],
    ) -> Result<SecretString, UseCaseError> {
        let carried = [&now.as_micros().to_be_bytes()[..], says].concat();
        Ok(text_of(&self.sealer().seal(context, &carried).await?).into())
    }

    /// What a link says that was made for this row, and not longer than `seconds` ago; `None` where it is not good.
    pub(crate) async fn open_link(
        &self,
        context: &SealContext,
        carried: &SecretString,
        (now, seconds): (Timestamp, u64),
    ) -> Result<Option<Vec<u8>>, UseCaseError> {
        let Some(sealed) = sealed_in(carried.expose_secret()) else { return Ok(None) };
        let opened = match self.sealer().open(context, &sealed).await {
            Ok(opened) => opened,
            // Whoever made it up named a key that there is not, or sealed nothing.
            Err(SealerError::KeyMissing { .. } | SealerError::Broken) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let Some((made_at, says)) = opened.split_first_chunk::<8>() else { return Ok(None) };
        let made_at = Timestamp::from_micros(i64::from_be_bytes(*made_at));
        let in_time = made_at <= now && now < made_at.plus_seconds(seconds);
        Ok(in_time.then(|| says.to_vec()))
    }
}

/// The name of the key, and the bytes in hexadecimal digits.
fn text_of(sealed: &Sealed) -> String {
    let digits: String = sealed.bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}.{digits}", sealed.key_id)
}

fn sealed_in(text: &str) -> Option<Sealed> {
    let (key_id, digits) = text.rsplit_once('.')?;
    if digits.len() % 2 != 0 || digits.len() > 1_024 || !digits.is_ascii() {
        return None;
    }
    let byte = |place| u8::from_str_radix(digits.get(place..place + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..digits.len()).step_by(2).map(byte).collect();
    Some(Sealed { key_id: key_id.to_owned(), bytes: bytes? })
}
