use countersign_core::Timestamp;

/// The time of this server. No use case, store or core function reads another clock.
pub trait Clock: Send + Sync {
    /// The present time.
    fn now(&self) -> Timestamp;
}
