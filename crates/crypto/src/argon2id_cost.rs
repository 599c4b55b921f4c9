//! What an Argon2id computation costs.

use argon2::Params;

/// The cost of hashing a password with Argon2id (RFC 9106, section 3.1): memory, passes, lanes.
///
/// The default is 19 MiB, 2 passes, 1 lane, as recommended by the OWASP Password Storage Cheat Sheet; nothing weaker
/// can be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argon2idCost(Params);

/// Why a cost is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Argon2idCostError {
    /// Weaker than every setting that OWASP recommends.
    #[error(
        "the cost of Argon2id must be at least 19456 KiB with 2 passes, or 47104 KiB with 1, 12288 KiB with 3, \
         9216 KiB with 4, or 7168 KiB with 5"
    )]
    TooWeak,
    /// More than 1 GiB, 10 passes or 16 lanes: the server would be the first to suffer.
    #[error("the cost of Argon2id must be at most 1048576 KiB, 10 passes and 16 lanes")]
    TooHigh,
}

/// Beyond this, hashes are neither made nor verified: verification takes its cost from the stored hash, and a row that
/// someone wrote must not take the server's memory or time away.
const HIGHEST_MEMORY_KIB: u32 = 1024 * 1024;
const HIGHEST_PASSES: u32 = 10;
const MOST_LANES: u32 = 16;

/// Memory in KiB and passes that the OWASP Password Storage Cheat Sheet recommends as equally strong.
const RECOMMENDED: [(u32, u32); 5] = [(47_104, 1), (19_456, 2), (12_288, 3), (9_216, 4), (7_168, 5)];

/// Bytes of a hash.
const OUTPUT_BYTES: usize = 32;

impl Argon2idCost {
    /// A cost of `memory_kib` KiB, `passes` passes and `lanes` lanes.
    ///
    /// # Errors
    /// It is weaker than what OWASP recommends, or so high that it would not be verified.
    pub fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, Argon2idCostError> {
        if !RECOMMENDED.iter().any(|(memory, time)| *memory <= memory_kib && *time <= passes) {
            return Err(Argon2idCostError::TooWeak);
        }
        let params =
            Params::new(memory_kib, passes, lanes, Some(OUTPUT_BYTES)).map_err(|_| Argon2idCostError::TooWeak)?;
        if within_caps(&params) { Ok(Self(params)) } else { Err(Argon2idCostError::TooHigh) }
    }

    /// Memory in KiB.
    #[must_use]
    pub fn memory_kib(&self) -> u32 {
        self.0.m_cost()
    }

    /// Passes over the memory.
    #[must_use]
    pub fn passes(&self) -> u32 {
        self.0.t_cost()
    }

    /// Lanes.
    #[must_use]
    pub fn lanes(&self) -> u32 {
        self.0.p_cost()
    }

    pub(crate) fn params(&self) -> &Params {
        &self.0
    }

    /// Whether `stored` takes less memory or fewer passes. More lanes make a hash neither stronger nor weaker.
    pub(crate) fn exceeds(&self, stored: &Params) -> bool {
        stored.m_cost() < self.memory_kib() || stored.t_cost() < self.passes()
    }
}

impl Default for Argon2idCost {
    /// 19 MiB, 2 passes, 1 lane.
    fn default() -> Self {
        Self(Params::DEFAULT)
    }
}

/// Whether a computation with these parameters may be made at all.
pub(crate) fn within_caps(params: &Params) -> bool {
    params.m_cost() <= HIGHEST_MEMORY_KIB && params.t_cost() <= HIGHEST_PASSES && params.p_cost() <= MOST_LANES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_what_owasp_recommends() {
        let cost = Argon2idCost::default();
        assert_eq!((cost.memory_kib(), cost.passes(), cost.lanes()), (19_456, 2, 1));
        assert_eq!(Argon2idCost::new(19_456, 2, 1).map(|cost| cost.memory_kib()), Ok(19_456));
    }

    #[test]
    fn a_cost_below_the_recommendations_or_beyond_the_caps_is_refused() {
        assert_eq!(Argon2idCost::new(19_455, 2, 1), Err(Argon2idCostError::TooWeak));
        assert_eq!(Argon2idCost::new(19_456, 1, 1), Err(Argon2idCostError::TooWeak));
        assert_eq!(Argon2idCost::new(19_456, 2, 0), Err(Argon2idCostError::TooWeak));
        assert!(Argon2idCost::new(12_288, 3, 1).is_ok());
        assert_eq!(Argon2idCost::new(1_048_577, 2, 1), Err(Argon2idCostError::TooHigh));
        assert_eq!(Argon2idCost::new(19_456, 11, 1), Err(Argon2idCostError::TooHigh));
        assert_eq!(Argon2idCost::new(19_456, 2, 17), Err(Argon2idCostError::TooHigh));
    }
}
